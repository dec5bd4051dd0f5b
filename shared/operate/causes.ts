import { adviceText } from '../deadletter/advice/advice.ts';
import { maskValues, unknownFields } from '../deadletter/cause.ts';
import type { LetterSummary } from '../deadletter/letter.ts';
import { isoTime } from '../kernel/clock.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';

/** All letters of one cause, as every program outside sees them. */
export interface CauseGroup {
  readonly cause: string;
  readonly class: FaultClass;
  readonly code: number | null;
  readonly operation: string | null;
  /** The message without its values. */
  readonly message: string;
  readonly advice: string;
  readonly count: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** The newest letter of the group. */
  readonly sampleId: string;
  /** What the letters call unknown, the most frequent first: they are values of the cause. Absent: no field. */
  readonly fields?: readonly { readonly name: string; readonly count: number }[];
  /** That somebody has seen it. Absent: nobody has, or the time is over. */
  readonly acknowledged?: AcknowledgementJson;
}

/** An acknowledgement as every program outside sees it. */
export interface AcknowledgementJson {
  readonly at: string;
  readonly by: string;
  readonly until: string;
  readonly note: string;
  /** How many letters of the cause were open then. */
  readonly count: number;
  /** Whether nothing is told of the cause now: neither is its time over, nor are there ten times as many letters. */
  readonly silent: boolean;
}

/** So many wrong columns no header has; what a hostile sender makes up beyond is not counted. */
const MOST_FIELDS = 100;

/** Letters by cause, the largest group first and among equals the one seen last. One pass; keeps one letter per cause. */
export async function groupByCause(summaries: AsyncIterable<LetterSummary>): Promise<readonly CauseGroup[]> {
  const tallies = new Map<string, Tally>();
  for await (const letter of summaries) add(tallies, letter);
  return [...tallies.values()].sort((a, b) => b.count - a.count || b.lastSeenAt - a.lastSeenAt).map(groupOf);
}

interface Tally {
  count: number;
  firstSeenAt: number;
  lastSeenAt: number;
  sample: LetterSummary;
  readonly fields: Map<string, number>;
}

function countFields(fields: Map<string, number>, { message, code }: LetterSummary): void {
  for (const name of unknownFields(message, code)) {
    if (fields.size < MOST_FIELDS || fields.has(name)) fields.set(name, (fields.get(name) ?? 0) + 1);
  }
}

function add(tallies: Map<string, Tally>, letter: LetterSummary): void {
  const at = letter.deadLetteredAt;
  const tally = tallies.get(letter.cause);
  if (tally === undefined) {
    const fields = new Map<string, number>();
    countFields(fields, letter);
    tallies.set(letter.cause, { count: 1, firstSeenAt: at, lastSeenAt: at, sample: letter, fields });
    return;
  }
  countFields(tally.fields, letter);
  tally.count += 1;
  tally.firstSeenAt = Math.min(tally.firstSeenAt, at);
  if (at <= tally.lastSeenAt) return;
  tally.lastSeenAt = at;
  tally.sample = letter;
}

const groupOf = ({ count, firstSeenAt, lastSeenAt, sample, fields }: Tally): CauseGroup => ({
  cause: sample.cause,
  class: sample.class,
  code: sample.code,
  operation: sample.operation,
  message: maskValues(sample.message, sample.code),
  advice: adviceText(sample),
  count,
  firstSeenAt: isoTime(firstSeenAt),
  lastSeenAt: isoTime(lastSeenAt),
  sampleId: sample.letterId,
  ...(fields.size === 0
    ? {}
    : {
        fields: [...fields]
          .map(([name, times]) => ({ name, count: times }))
          .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
      }),
});

/** The largest cause that a redrive by filter would send at all: what never was a job, or is in doubt, it leaves out. */
export const redrivable = (causes: readonly CauseGroup[]): CauseGroup | undefined =>
  causes.find((group) => group.class !== 'malformed' && group.class !== 'in-doubt');

export const lettersOf = (causes: readonly CauseGroup[]): number =>
  causes.reduce((sum, group) => sum + group.count, 0);
