import { describeHold, pause, resume } from '../shared/budget/hold.ts';
import { initialState } from '../shared/budget/initial-state.ts';
import type { BudgetState } from '../shared/budget/state.ts';
import { budgetStatus, closures } from '../shared/budget/status.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connection.ts';
import { print } from './render/print.ts';

/** Sets the operator's hold and says how the account stands. */
export const pauseAccount = (cli: Cli, message: string): Promise<void> =>
  change(
    cli,
    (state, now) => pause(state, now, message),
    'paused: no job is sent to Marketo until mktq resume',
  );

/** Lifts what a person may lift and says what still holds. */
export const resumeAccount = (cli: Cli): Promise<void> => change(cli, resume, 'resumed');

async function change(
  cli: Cli,
  reduce: (state: BudgetState, now: number) => BudgetState,
  done: string,
): Promise<void> {
  const stack = await cli.connect();
  const state = await replaceState(stack, reduce);
  const { holds, hold } = budgetStatus(stack.stack.account, state, stack.limits, stack.clock());
  await print(cli, { hold, holds }, () =>
    [done, ...closures(state, stack.limits, stack.clock()).map((each) => `still ${describeHold(each)}`)].join(
      '\n',
    ),
  );
}

/** Compare-and-swap until nobody writes in between: the worker writes the same document several times a second. */
export async function replaceState(
  { budgetStore, clock, makeToken }: Pick<Connection, 'budgetStore' | 'clock' | 'makeToken'>,
  reduce: (state: BudgetState, now: number) => BudgetState,
): Promise<BudgetState> {
  let stored = await budgetStore.read();
  for (;;) {
    const now = clock();
    const before = stored ?? { ...initialState(now), version: 0 };
    const next = { ...reduce(before, now), version: before.version + 1, writeToken: makeToken() };
    const replaced = await budgetStore.replace(next);
    if (replaced.kind === 'written') return next;
    stored = replaced.stored;
  }
}
