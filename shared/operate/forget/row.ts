import type { Person } from '../../deadletter/person.ts';
import type { Attempt } from '../../job/attempt.ts';
import type { Bodies, BodyRef } from '../../job/bodies.ts';
import { ownKeyOf } from '../../job/ordering-key.ts';
import { isEndedKind } from '../../ledger/ledger.ts';
import { FORGOTTEN_DIGEST, type JobRow } from '../../ledger/row.ts';
import type { OperatePorts } from '../ports.ts';

export type ForgetPorts = Pick<
  OperatePorts,
  | 'archive'
  | 'bodies'
  | 'calls'
  | 'ledger'
  | 'chunks'
  | 'budgetStore'
  | 'foreignGroups'
  | 'acknowledgements'
  | 'clock'
>;

/** What came of looking for a person in one letter, row or text. */
export type Became =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'row-erased' }
  | { readonly kind: 'letter-removed' }
  | { readonly kind: 'letter-redacted' }
  /** `id` has not come to rest. */
  | { readonly kind: 'waiting'; readonly id: string };

type RowPorts = Pick<ForgetPorts, 'ledger' | 'bodies' | 'calls'>;

/** Erases the person from the row of a job, if it has ended. */
export async function forgetRow(ports: RowPorts, row: JobRow, person: Person): Promise<Became> {
  if (!(await rowNames(ports.bodies, row, person))) return { kind: 'untouched' };
  if (!isEnded(row)) return { kind: 'waiting', id: row.jobId };
  // What is found through the row goes before it: the row still names the person, and a repeat finds it.
  if (row.state.kind === 'completed' && row.state.result !== null) {
    await ports.bodies.remove(row.state.result);
  }
  await forgetCalls(ports, row.attempts);
  const changed = await ports.ledger.change(row.jobId, (stored) => stored && forgottenRow(stored, person));
  return changed.kind === 'written' || changed.copy.value === null
    ? { kind: 'row-erased' }
    : { kind: 'waiting', id: row.jobId };
}

/** A call that several shared holds what was asked for the person in the midst of others: it goes whole. */
export async function forgetCalls(
  { calls }: Pick<RowPorts, 'calls'>,
  attempts: readonly Attempt[],
): Promise<void> {
  const shared = attempts.filter((attempt) => attempt.shared !== undefined);
  for (const callId of new Set(shared.map((attempt) => attempt.callId))) await calls.remove(callId);
}

/** The hash of what the job asked for says whom it was about to whoever tries some addresses. */
export async function forgetDigest({ ledger }: Pick<RowPorts, 'ledger'>, jobId: string): Promise<void> {
  await ledger.change(jobId, (row) =>
    row === null || !isEnded(row) || row.digest === FORGOTTEN_DIGEST
      ? null
      : { ...row, digest: FORGOTTEN_DIGEST },
  );
}

export const isEnded = ({ state }: JobRow): boolean => isEndedKind(state.kind);

const isOf = (orderingKey: string, person: Person): boolean =>
  person.orderingKeys.includes(orderingKey) || person.isNamedIn(orderingKey);

/** Whether anything the row holds, or refers to, names the person. */
async function rowNames(bodies: Pick<Bodies, 'load'>, row: JobRow, person: Person): Promise<boolean> {
  if (isOf(row.orderingKey, person) || person.isNamedIn(JSON.stringify(row))) return true;
  for (const ref of textsOfRow(row)) {
    const text = await bodies.load(ref);
    if (text !== null && person.isNamedIn(text)) return true;
  }
  return false;
}

export function textsOfRow({ state }: JobRow): readonly BodyRef[] {
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
 * The ended row without the person: it stays, so that a late redelivery is still recognised, but loses key, digest and result.
 * Null for a job that has not ended: its message still names the person, and the row must fit it.
 */
function forgottenRow(row: JobRow, person: Person): JobRow | null {
  if (!isEnded(row)) return null;
  return {
    ...row,
    digest: FORGOTTEN_DIGEST,
    // A key of the job's own: no two forgotten jobs are the same lead's any more.
    orderingKey: isOf(row.orderingKey, person) ? ownKeyOf(row.jobId) : row.orderingKey,
    batch: row.batch === null ? null : person.redact(row.batch),
    attempts: row.attempts.map((attempt) => ({ ...attempt, message: person.redact(attempt.message) })),
    lateOutcome:
      row.lateOutcome === null
        ? null
        : { ...row.lateOutcome, message: person.redact(row.lateOutcome.message) },
    state: row.state.kind === 'completed' ? { ...row.state, result: null, resultDropped: true } : row.state,
  };
}
