import { type AcknowledgementsStore, isSilenced } from '../deadletter/acknowledgements.ts';
import { UNREADABLE_CAUSE } from '../deadletter/letter.ts';
import { type CausesTold, type Telling, tellings, withSeen, withTold } from '../events/causes-told.ts';
import { type DeadLettered, EVENT_VERSION, type Events, MOST_EVENTS } from '../events/event.ts';
import { type Clock, isoTime, MINUTE_MS } from '../kernel/clock.ts';
import type { Documents } from '../kernel/document.ts';
import { causeOf } from './batch-causes.ts';
import type { LettersOfCause, OpenLetters } from './letters.ts';

export interface TellCausesPorts {
  /** By the name of who is told. */
  readonly causesTold: Documents<CausesTold>;
  /** What somebody has seen is not told of. */
  readonly acknowledgements: Pick<AcknowledgementsStore, 'get'>;
  /** Who is told: each remembers for itself, so that one who is away delays and repeats nothing for another. */
  readonly reader: string;
  readonly events: Events;
  readonly letters: () => Promise<OpenLetters>;
  readonly stack: string;
  /** What an operator of this stack types behind a command. */
  readonly stackOption: string;
  readonly clock: Clock;
}

/** Counting reads the summary of each letter: at 100,000 of them every minute it would cost more than all the rest. */
const FEW_LETTERS = 2_000;
const MANY_EVERY_MS = 5 * MINUTE_MS;

/**
 * Tells of each cause of dead letters once, then when it has ten, a hundred, a thousand letters, at most ten causes a minute. Told
 * first, remembered after: a crash in between tells once more, under the same id. Answers how many were told.
 */
export async function tellCauses(ports: TellCausesPorts): Promise<number> {
  const now = ports.clock();
  const before = await ports.causesTold.get(ports.reader);
  if ((before?.letters ?? 0) > FEW_LETTERS && now % MANY_EVERY_MS >= MINUTE_MS) return 0;
  const { byCause } = await ports.letters();
  const counts = new Map([...byCause].map(([cause, { count }]) => [cause, count]));
  const { copy } = await ports.causesTold.change(ports.reader, (stored) => withSeen(stored, counts, now));
  const news = copy.value === null ? [] : tellings(copy.value, counts);
  if (news.length === 0) return 0;
  const seen = await ports.acknowledgements.get();
  const isToTell = ({ cause }: Telling) => !isSilenced(seen, { cause, count: counts.get(cause) ?? 0 }, now);
  const due = news.filter(isToTell).slice(0, MOST_EVENTS);
  for (const telling of due) {
    const letters = byCause.get(telling.cause);
    if (letters !== undefined) await tellOne(telling, letters, ports);
  }
  return due.length;
}

async function tellOne(telling: Telling, letters: LettersOfCause, ports: TellCausesPorts): Promise<void> {
  const event = eventOf(telling, letters, ports);
  if ((await ports.events.publish([event])) > 0) throw new Error(`the event ${event.id} was refused`);
  await ports.causesTold.change(ports.reader, (stored) => withTold(stored, telling.cause, letters.count));
}

const eventOf = (
  { id, isNew, cause }: Telling,
  { sample, count, firstSeenAt }: LettersOfCause,
  { stack, stackOption, clock }: TellCausesPorts,
): DeadLettered => ({
  version: EVENT_VERSION,
  id,
  type: 'dead-lettered',
  at: isoTime(clock()),
  stack,
  ...causeOf(sample, count),
  isNew,
  firstSeenAt: isoTime(firstSeenAt),
  lastSeenAt: isoTime(sample.deadLetteredAt),
  sampleId: sample.letterId,
  // What cannot be read has no cause of its own to filter by.
  command: `mktq dlq list${cause === UNREADABLE_CAUSE ? '' : ` --cause ${cause}`}${stackOption}`,
});
