import { LETTER_STATUSES } from '../deadletter/letter.ts';
import { type Person, personOf } from '../deadletter/person.ts';
import type { Bodies, BodyRef } from '../job/bodies.ts';
import type { JobRow } from '../ledger/row.ts';
import { forgetInLetter } from './forget-letter.ts';
import type { LetterPorts } from './redrive/letter.ts';

/** What was erased, by id where somebody may want to look. */
export interface Forgotten {
  /** Ended jobs whose row lost its key, its result and its mentions of the person. */
  readonly jobs: number;
  readonly lettersRemoved: readonly string[];
  /** Letters about others as well: the person's address is replaced in them. */
  readonly lettersRedacted: readonly string[];
  /** Jobs and letters that have not come to rest: SQS cannot be searched. Repeat when they have ended. */
  readonly waiting: readonly string[];
}

/**
 * Erases a person, known by an e-mail address, from ledger and letters. Looks at everything there is. Letters go first:
 * interrupted, it has left rows behind that a repeat finds again.
 */
export async function forget(ports: LetterPorts, email: string): Promise<Forgotten> {
  const person = personOf(email);
  const waiting = new Set<string>();
  const lettersRemoved: string[] = [];
  const lettersRedacted: string[] = [];
  const letterIds: string[] = [];
  for await (const { letterId } of ports.archive.summaries(LETTER_STATUSES)) letterIds.push(letterId);
  for (const letterId of letterIds) {
    const became = await forgetInLetter(ports, letterId, person);
    if (became === 'removed') lettersRemoved.push(letterId);
    if (became === 'redacted') lettersRedacted.push(letterId);
    if (became === 'waiting') waiting.add(letterId);
  }
  let jobs = 0;
  for await (const row of ports.ledger.scan()) {
    if (!(await rowNames(ports.bodies, row, person))) continue;
    if (await forgetRow(ports, row, person)) jobs += 1;
    else waiting.add(row.jobId);
  }
  return { jobs, lettersRemoved, lettersRedacted, waiting: [...waiting] };
}

/** False if the job has not ended. */
async function forgetRow(ports: LetterPorts, row: JobRow, person: Person): Promise<boolean> {
  if (forgottenRow(row, person) === null) return false;
  // The result first: parts that no row points at would be found by no repeat.
  if (row.state.kind === 'completed') await removeBody(ports.bodies, row.state.result);
  const changed = await ports.ledger.change(row.jobId, (stored) => stored && forgottenRow(stored, person));
  return changed.kind === 'written' || changed.copy.value === null;
}

async function removeBody(
  bodies: Pick<Bodies, 'remove'>,
  ref: Parameters<Bodies['remove']>[0] | null,
): Promise<void> {
  if (ref !== null) await bodies.remove(ref);
}

/** Whether anything the row holds, or refers to, names the person. */
async function rowNames(bodies: Pick<Bodies, 'load'>, row: JobRow, person: Person): Promise<boolean> {
  if (person.isNamedIn(JSON.stringify(row))) return true;
  for (const ref of bodiesOf(row)) {
    const text = ref.kind === 'inline' ? null : await bodies.load(ref);
    if (text !== null && person.isNamedIn(text)) return true;
  }
  return false;
}

function bodiesOf({ state }: JobRow): readonly BodyRef[] {
  const refs =
    state.kind === 'completed'
      ? [state.result]
      : state.kind === 'parked'
        ? [state.body]
        : state.kind === 'decided'
          ? [state.decision.request, state.decision.response, state.decision.retryBody]
          : [];
  return refs.filter((ref) => ref !== null);
}

/**
 * The ended row without the person: it stays, so that a late redelivery is still recognised, but loses key and result.
 * Null for a job that has not ended: its message still names the person, and the row must fit it.
 */
function forgottenRow(row: JobRow, person: Person): JobRow | null {
  if (row.state.kind !== 'completed' && row.state.kind !== 'dead-lettered') return null;
  return {
    ...row,
    // A key of the job's own: no two forgotten jobs are the same lead's any more.
    orderingKey: person.isNamedIn(row.orderingKey) ? `job:${row.jobId}` : row.orderingKey,
    batch: row.batch === null ? null : person.redact(row.batch),
    attempts: row.attempts.map((attempt) => ({ ...attempt, message: person.redact(attempt.message) })),
    lateOutcome:
      row.lateOutcome === null
        ? null
        : { ...row.lateOutcome, message: person.redact(row.lateOutcome.message) },
    state: row.state.kind === 'completed' ? { ...row.state, result: null, resultDropped: true } : row.state,
  };
}
