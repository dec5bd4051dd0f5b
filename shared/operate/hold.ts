import { type HoldInForce, pause, resume } from '../budget/holds.ts';
import { type BudgetState, initialState } from '../budget/state.ts';
import { closures } from '../budget/status.ts';
import type { OperatePorts } from './ports.ts';

type HoldPorts = Pick<OperatePorts, 'budgetStore' | 'limits' | 'clock'>;

/** What closed the account before, and what closes it now; each with the longest first. */
export interface HoldsChanged {
  readonly before: readonly HoldInForce[];
  readonly after: readonly HoldInForce[];
}

/** Sets the operator's hold: no job is sent to Marketo until it is lifted. */
export const pauseAccount = (ports: HoldPorts, message: string): Promise<HoldsChanged> =>
  change(ports, (state, now) => pause(state, now, message));

/** Lifts what a person may lift; never the quota's hold. */
export const resumeAccount = (ports: HoldPorts): Promise<HoldsChanged> => change(ports, resume);

/** Why the account is closed now, longest first. Nothing if it was never written to. */
export async function holdsNow({ budgetStore, limits, clock }: HoldPorts): Promise<readonly HoldInForce[]> {
  const state = await budgetStore.get();
  return state === null ? [] : closures(state, limits, clock());
}

async function change(
  ports: HoldPorts,
  reduce: (state: BudgetState, now: number) => BudgetState,
): Promise<HoldsChanged> {
  let before: readonly HoldInForce[] = [];
  const state = await replaceState(ports, (old, now) => {
    before = closures(old, ports.limits, now);
    return reduce(old, now);
  });
  return { before, after: closures(state, ports.limits, ports.clock()) };
}

/** The worker writes the same document several times a second: `reduce` is asked again of whatever it left. */
export async function replaceState(
  { budgetStore, clock }: Pick<HoldPorts, 'budgetStore' | 'clock'>,
  reduce: (state: BudgetState, now: number) => BudgetState,
): Promise<BudgetState> {
  const now = clock();
  const changed = await budgetStore.change(await budgetStore.read(), (state) =>
    reduce(state ?? initialState(now), now),
  );
  return changed.copy.value ?? initialState(now);
}
