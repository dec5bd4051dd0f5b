import type { HoldInForce } from '../shared/budget/holds.ts';
import { closures } from '../shared/budget/status.ts';
import type { JobRow } from '../shared/ledger/row.ts';
import { blockerOf, type JobView, jobView } from '../shared/operate/job-json.ts';
import type { Connection } from './connection.ts';

type Stack = Pick<Connection, 'ledger' | 'bodies' | 'budgetStore' | 'limits' | 'clock'>;

/** More jobs of one lead than this do not wait at once; the one before a job is among the newest. */
const KEY_DEPTH = 200;

/** Why the account is closed now, longest first. Nothing if it was never written to. */
export async function holdsNow(
  stack: Pick<Stack, 'budgetStore' | 'limits' | 'clock'>,
): Promise<readonly HoldInForce[]> {
  const state = await stack.budgetStore.get();
  return state === null ? [] : closures(state, stack.limits, stack.clock());
}

/** The row as people see it: with what keeps it, and on request what Marketo answered. */
export async function viewOf(
  row: JobRow,
  stack: Stack,
  holds: readonly HoldInForce[],
  withResult: boolean,
): Promise<JobView> {
  const blocker = holds.length === 0 && canBeBlocked(row) ? await findBlocker(row, stack) : null;
  const result = withResult ? await resultOf(row, stack) : null;
  return jobView(row, { now: stack.clock(), holds, blocker }, result);
}

const canBeBlocked = ({ state }: JobRow): boolean => state.kind === 'queued' || state.kind === 'waiting';

async function findBlocker(row: JobRow, { ledger }: Stack): Promise<JobRow | null> {
  const rows: JobRow[] = [];
  const query = { by: { kind: 'key', orderingKey: row.orderingKey }, limit: KEY_DEPTH } as const;
  for await (const other of ledger.list(query)) rows.push(other);
  return blockerOf(row, rows);
}

async function resultOf({ state }: JobRow, { bodies }: Stack): Promise<unknown> {
  if (state.kind !== 'completed' || state.result === null) return null;
  const text = await bodies.load(state.result);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
