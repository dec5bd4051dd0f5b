import { type HoldInForce, pause, resume } from '../budget/holds.ts';
import { type Narrowing, narrowings } from '../budget/narrowing.ts';
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

/** What keeps jobs of the account: what closes it, longest first, and what narrows it. */
export interface Obstacles {
  readonly holds: readonly HoldInForce[];
  readonly narrowings: readonly Narrowing[];
}

/** As it is now. Nothing if the account was never written to. */
export async function obstaclesNow({ budgetStore, limits, clock }: HoldPorts): Promise<Obstacles> {
  const state = await budgetStore.get();
  if (state === null) return { holds: [], narrowings: [] };
  return { holds: closures(state, limits, clock()), narrowings: narrowings(state, limits, clock()) };
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
