import type { Person } from '../../deadletter/person.ts';
import type { Bodies, BodyRef } from '../../job/bodies.ts';
import type { JobRow } from '../../ledger/row.ts';

/** Whether anything the row holds, or refers to, names the person. */
export async function rowNames(bodies: Pick<Bodies, 'load'>, row: JobRow, person: Person): Promise<boolean> {
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
          ? [state.verdict.request, state.verdict.response, state.verdict.retryBody]
          : [];
  return refs.filter((ref) => ref !== null);
}

/**
 * The ended row without the person: it stays, so that a late redelivery is still recognised, but loses key and result.
 * Null for a job that has not ended: its message still names the person, and the row must fit it.
 */
export function forgottenRow(row: JobRow, person: Person): JobRow | null {
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
