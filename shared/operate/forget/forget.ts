import { LETTER_STATUSES } from '../../deadletter/letter.ts';
import { type Person, personOf } from '../../deadletter/person.ts';
import { errorText } from '../../kernel/error-text.ts';
import { withoutDigests } from '../../ledger/chunks.ts';
import { FORGOTTEN_DIGEST } from '../../ledger/row.ts';
import { headsOf } from '../heads.ts';
import { replaceState } from '../hold.ts';
import { forgetInLetter } from './letter.ts';
import { type Became, type ForgetPorts, forgetRow } from './row.ts';
import { forgetText } from './text.ts';

/** What was erased, by id where somebody may want to look. */
export interface Forgotten {
  /** Ended jobs whose row lost its key, its result and its mentions of the person. */
  readonly jobs: number;
  readonly lettersRemoved: readonly string[];
  /** Letters about others as well: the person's address is replaced in them. */
  readonly lettersRedacted: readonly string[];
  /** Jobs and letters that have not come to rest: SQS cannot be searched. Repeat when they have ended. */
  readonly waiting: readonly string[];
  /** What could not be read or written, so that nobody can say whom it still names. */
  readonly failed: readonly NotErased[];
  /** Absent unless a stop was asked for before all was looked at: so many letters, rows and texts were. A repeat finds the rest. */
  readonly stoppedAfter?: number;
}

export interface NotErased {
  readonly id: string;
  readonly message: string;
}

/**
 * Erases a person, known by any key that a job may name, from ledger, letters, texts and holds. Looks at everything there is.
 * Every step leaves what a repeat finds: a letter or a row that still names the person, or a text that nothing refers to. It
 * ends between two steps where a stop is asked for.
 */
export async function forget(
  ports: ForgetPorts,
  key: string,
  isStopAsked: () => boolean = () => false,
): Promise<Forgotten> {
  const person = personOf(key);
  const tally = new Tally();
  await forgetInHolds(ports, person);
  await forgetInGroups(ports, person);
  await forgetInAcknowledgements(ports, person);
  const letterIds: string[] = [];
  for await (const { letterId } of ports.archive.summaries(LETTER_STATUSES)) letterIds.push(letterId);
  for await (const read of headsOf(ports, letterIds)) {
    if (isStopAsked()) return tally.stopped();
    if (read.kind === 'unreadable') tally.fail(read.letterId, read.message);
    else await tally.take(read.head.letterId, () => forgetInLetter(ports, read.head, person));
  }
  const rows = ports.ledger.scan((jobId, error) => tally.fail(jobId, error));
  const forgotten = new Set<string>();
  for await (const row of rows) {
    if (isStopAsked()) return tally.stopped();
    const became = await tally.take(row.jobId, () => forgetRow(ports, row, person));
    // Those of an earlier run as well: it may have been stopped before their chunks.
    if (became?.kind === 'row-erased' || row.digest === FORGOTTEN_DIGEST) forgotten.add(row.jobId);
  }
  for await (const id of ports.chunks.ids()) {
    if (isStopAsked()) return tally.stopped();
    await tally.take(id, () => forgetInChunk(ports, id, forgotten));
  }
  for await (const callId of ports.calls.ids()) {
    if (isStopAsked()) return tally.stopped();
    await tally.take(callId, () => forgetInCall(ports, callId, person));
  }
  for await (const text of ports.bodies.scan()) {
    if (isStopAsked()) return tally.stopped();
    await tally.take(text.key, () => forgetText(ports, text, person));
  }
  return tally.forgotten();
}

/** Marketo's words stand in a hold, and may name whom the call was about. */
async function forgetInHolds(ports: ForgetPorts, person: Person): Promise<void> {
  const state = await ports.budgetStore.get();
  if (state === null || !person.isNamedIn(JSON.stringify(state.holds))) return;
  await replaceState(ports, ({ holds, ...rest }) => ({
    ...rest,
    holds: Object.fromEntries(
      Object.entries(holds).map(([reason, hold]) => [
        reason,
        { ...hold, message: person.redact(hold.message) },
      ]),
    ),
  }));
}

/** A bare sender may name a group, or an id, after its lead. */
const forgetInGroups = ({ foreignGroups }: ForgetPorts, person: Person): Promise<void> =>
  foreignGroups.change((stored) => {
    const groups = stored?.groups.filter((group) => !person.isNamedIn(JSON.stringify(group))) ?? [];
    return stored === null || groups.length === stored.groups.length ? null : { ...stored, groups };
  });

/** A note may say whose record it was, and the person may have an operator's name. */
async function forgetInAcknowledgements({ acknowledgements }: ForgetPorts, person: Person): Promise<void> {
  await acknowledgements.change((stored) => {
    if (stored === null || !person.isNamedIn(JSON.stringify(stored))) return null;
    return {
      causes: stored.causes.map((one) => ({
        ...one,
        by: person.redact(one.by),
        note: person.redact(one.note),
        ...(one.lifted === undefined ? {} : { lifted: { ...one.lifted, by: person.redact(one.lifted.by) } }),
      })),
    };
  });
}

/** The digest of what a job asked for stands in its chunk, too. */
async function forgetInChunk(
  { chunks, clock }: ForgetPorts,
  id: string,
  jobIds: ReadonlySet<string>,
): Promise<Became> {
  await chunks.change(id, (chunk) => chunk && withoutDigests(chunk, jobIds, clock()));
  return { kind: 'untouched' };
}

/**
 * Not every row says whom its job was about: a completed one keeps no params, and may stand under a key of its sender's own. One
 * that cannot be read whole is of no use.
 */
async function forgetInCall({ calls }: ForgetPorts, callId: string, person: Person): Promise<Became> {
  const call = await calls.get(callId);
  const isNamed = call === null || person.isNamedIn(call.request) || person.isNamedIn(call.response ?? '');
  if (isNamed) await calls.remove(callId);
  return { kind: 'untouched' };
}

/** What has been erased so far. One thing that cannot be read keeps nothing else from being erased. */
class Tally {
  readonly #became: Readonly<Record<Exclude<Became['kind'], 'untouched' | 'waiting'>, string[]>> = {
    'row-erased': [],
    'letter-removed': [],
    'letter-redacted': [],
  };
  readonly #waiting = new Set<string>();
  readonly #failed = new Map<string, string>();
  #looked = 0;

  /** Null for a step that failed. */
  async take(id: string, step: () => Promise<Became>): Promise<Became | null> {
    this.#looked += 1;
    try {
      const became = await step();
      if (became.kind === 'waiting') this.#waiting.add(became.id);
      else if (became.kind !== 'untouched') this.#became[became.kind].push(id);
      return became;
    } catch (error) {
      this.fail(id, error);
      return null;
    }
  }

  fail(id: string, error: unknown): void {
    this.#failed.set(id, errorText(error));
  }

  stopped(): Forgotten {
    return { ...this.forgotten(), stoppedAfter: this.#looked };
  }

  forgotten(): Forgotten {
    return {
      jobs: this.#became['row-erased'].length,
      lettersRemoved: this.#became['letter-removed'],
      lettersRedacted: this.#became['letter-redacted'],
      waiting: [...this.#waiting],
      failed: [...this.#failed].map(([id, message]) => ({ id, message })),
    };
  }
}
