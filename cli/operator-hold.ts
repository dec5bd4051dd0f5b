import { type HoldInForce, pause, resume } from '../shared/budget/holds.ts';
import type { BudgetState } from '../shared/budget/state.ts';
import { initialState } from '../shared/budget/state.ts';
import { budgetStatus, closures } from '../shared/budget/status.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connection.ts';
import { holdLine } from './render/hold.ts';
import { print } from './render/print.ts';

/**
 * A job that met a hold was hidden for at most five minutes at a time, an hour after its fiftieth return, and SQS tells
 * nobody which message that is: it cannot be called back sooner.
 */
const COME_BACK =
  'jobs go on now; one that met the hold comes back within 5 min (within 1 h if that lasted some hours)';

/** Sets the operator's hold and says how the account stands. */
export const pauseAccount = (cli: Cli, message: string): Promise<void> =>
  change(
    cli,
    (state, now) => pause(state, now, message),
    (_before, holds) => [
      'paused: no job is sent to Marketo until mktq resume',
      ...holds
        .filter(({ reason }) => reason !== 'operator')
        .map((hold) => `also held by ${lineOf(cli, hold)}`),
    ],
  );

/** Lifts what a person may lift and says what still holds. */
export const resumeAccount = (cli: Cli): Promise<void> =>
  change(cli, resume, (before, holds) => {
    const still = holds.map((hold) => `still held by ${lineOf(cli, hold)}`);
    const lifted = before.filter(({ reason }) => holds.every((hold) => hold.reason !== reason));
    if (lifted.length === 0) return still.length > 0 ? still : ['nothing was held'];
    const ended = `ended the hold${lifted.length === 1 ? '' : 's'} ${lifted.map(({ reason }) => reason).join(', ')}`;
    return still.length > 0 ? [ended, ...still] : [ended, COME_BACK];
  });

const lineOf = (cli: Cli, hold: HoldInForce): string => holdLine(hold, cli.clock());

async function change(
  cli: Cli,
  reduce: (state: BudgetState, now: number) => BudgetState,
  words: (before: readonly HoldInForce[], holds: readonly HoldInForce[]) => readonly string[],
): Promise<void> {
  const stack = await cli.connect();
  let before: readonly HoldInForce[] = [];
  const state = await replaceState(stack, (old, now) => {
    before = closures(old, stack.limits, now);
    return reduce(old, now);
  });
  const now = stack.clock();
  const { holds, hold } = budgetStatus(stack.stack.account, state, stack.limits, now);
  await print(cli, { hold, holds }, () => words(before, closures(state, stack.limits, now)).join('\n'));
}

/** The worker writes the same document several times a second: `reduce` is asked again of whatever it left. */
export async function replaceState(
  { budgetStore, clock }: Pick<Connection, 'budgetStore' | 'clock'>,
  reduce: (state: BudgetState, now: number) => BudgetState,
): Promise<BudgetState> {
  const now = clock();
  const changed = await budgetStore.change(await budgetStore.read(), (state) =>
    reduce(state ?? initialState(now), now),
  );
  return changed.copy.value ?? initialState(now);
}
