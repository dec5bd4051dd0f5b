import { resolve } from 'node:path';
import type { Connection } from '../../cli/connection.ts';
import type { Style } from '../../cli/render/style.ts';
import { bar } from '../../cli/render/text.ts';
import { untilText } from '../../cli/render/time.ts';
import { mktq } from '../../cli/render/typed.ts';
import { budgetFigures } from '../../shared/budget/status.ts';
import { firstStep } from '../../shared/deadletter/advice/advice.ts';
import type { JobRow } from '../../shared/ledger/row.ts';
import { type CauseGroup, groupByCause } from '../../shared/operate/causes.ts';
import { executedTwice, type Witness } from '../../simulator/witness.ts';
import { SAMPLE } from './demo-jobs.ts';

/** What became of every job of the demo, by the ledger, and what reached Marketo, by the simulator's own count. */
interface DemoResult {
  readonly accepted: number;
  readonly rows: readonly JobRow[];
  readonly causes: readonly CauseGroup[];
  readonly letters: number;
  readonly lost: number;
  readonly sentTwice: number;
}

const UNSAFE = ['POST campaigns/{id}/trigger.json'];

export async function demoResult(
  accepted: number,
  connection: Connection,
  witness: Witness,
): Promise<DemoResult> {
  const rows = await Array.fromAsync(connection.ledger.scan());
  const causes = await groupByCause(connection.archive.summaries(['open']));
  return {
    accepted,
    rows,
    causes,
    letters: causes.reduce((sum, { count }) => sum + count, 0),
    lost: lostOf(accepted, rows, witness),
    sentTwice: executedTwice(witness, UNSAFE).length,
  };
}

/** The request that does what an operation of the demo is for. */
const REQUEST_OF: Readonly<Record<string, string>> = {
  syncLead: 'POST leads.json',
  listOperation: 'POST lists/{id}/leads.json',
  requestCampaign: 'POST campaigns/{id}/trigger.json',
};

/** Accepted and nowhere, or said to be completed while Marketo never executed it. A request names a lead for each job that shared it. */
function lostOf(accepted: number, rows: readonly JobRow[], { entries }: Witness): number {
  const unexecuted = Object.entries(REQUEST_OF).map(([operation, request]) => {
    const completed = rows.filter(
      (row) => row.operation === operation && row.state.kind === 'completed',
    ).length;
    const executed = entries
      .filter((entry) => entry.operation === request && entry.outcome === 'executed')
      .reduce((sum, { keys }) => sum + keys.length, 0);
    return Math.max(0, completed - executed);
  });
  return Math.max(0, accepted - rows.length) + unexecuted.reduce((sum, n) => sum + n, 0);
}

export async function summaryText(
  result: DemoResult,
  connection: Connection,
  seconds: number,
  style: Style,
): Promise<string> {
  const now = connection.clock();
  const state = await connection.budgetStore.get();
  const budget = state === null ? null : budgetFigures(state, connection.limits, now);
  const completed = result.rows.filter((row) => row.state.kind === 'completed').length;
  const retried = result.rows.filter(
    (row) => row.state.kind === 'completed' && row.attempts.length > 1,
  ).length;
  const waiting = result.rows
    .filter((row) => row.state.kind !== 'completed' && row.state.kind !== 'dead-lettered')
    .sort((a, b) => untilOf(a) - untilOf(b));
  return [
    '',
    style.bold(`${result.accepted} jobs in ${seconds.toFixed(0)} s`),
    '',
    `  completed     ${completed}${retried === 0 ? '' : `  (${retried} after a retry or a throttle)`}`,
    `  waiting       ${waiting.length}${waiting.map((row, index) => `\n    ${row.jobId}  ${whyWaiting(row, waiting[index - 1], now)}`).join('')}`,
    `  dead letters  ${result.letters}`,
    ...result.causes.map(causeLine),
    ...(budget === null
      ? []
      : [
          `  calls spent   ${budget.spent} of ${budget.limit} today ${bar(budget.spent, budget.limit, 20)} resets ${untilText(budget.resetsAt, now)}`,
        ]),
    '',
    style.bold(`  lost ${result.lost}, sent twice ${result.sentTwice} (counted by the simulator)`),
    '',
  ].join('\n');
}

const untilOf = ({ state }: JobRow): number =>
  state.kind === 'parked' || state.kind === 'waiting' ? state.until : 0;

/** The second of a lead's jobs is told as what it is: behind the first, in its order. */
function whyWaiting(row: JobRow, before: JobRow | undefined, now: number): string {
  const { state } = row;
  const behind = before?.orderingKey === row.orderingKey ? `, behind ${before.jobId}` : '';
  if (state.kind === 'parked') return `notBefore ${untilText(state.until, now)}${behind}`;
  if (state.kind === 'waiting') return `${state.reason} ${untilText(state.until, now)}${behind}`;
  return state.kind;
}

const causeLine = (cause: CauseGroup): string => {
  const code = cause.code === null ? cause.class : `${cause.class} ${cause.code}`;
  return `    ${String(cause.count).padStart(2)}  ${code.padEnd(22)}  ${firstStep(cause)}`;
};

/** Commands to type in a second terminal, with ids of this run. */
export const nextCommands = (dataDir: string): string =>
  [
    '',
    'Try in a second terminal:',
    '',
    ...['status', `dlq show ${SAMPLE.doomed}`, 'dlq list --by-cause', `jobs show ${SAMPLE.lead}`].map(
      (words) => `  ${mktq({ dataDir: resolve(dataDir), stackName: undefined, env: {} }, words)}`,
    ),
    '',
    'Still serving; stop with Ctrl-C.',
    '',
  ].join('\n');
