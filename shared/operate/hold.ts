import { type HoldInForce, pause, resume } from '../budget/holds.ts';
import { type Narrowing, narrowings } from '../budget/narrowing.ts';
import { askForQuotaProbe } from '../budget/probe.ts';
import { type BudgetState, initialState } from '../budget/state.ts';
import { budgetFigures, closures } from '../budget/status.ts';
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

/** Lifts what a person may lift; never the quota's hold, about which `askForQuota` asks. */
export const resumeAccount = (ports: HoldPorts): Promise<HoldsChanged> => change(ports, resume);

/** What came of asking whether the day's quota is there again. */
export type QuotaAnswer =
  /** Marketo never said that it was spent, or it was found to be there while nobody asked. */
  | { readonly kind: 'not-held' }
  /** Our own limit closed the day: Marketo was not asked, and has nothing to say about it. */
  | { readonly kind: 'own-limit'; readonly limit: number }
  | { readonly kind: 'lifted' }
  | { readonly kind: 'stands'; readonly hold: HoldInForce }
  /** Nobody has probed in the time given; the question stays, for when somebody does. */
  | { readonly kind: 'unanswered'; readonly waitedMs: number };

/** The warden comes by each minute, and a probe may take most of another half. */
const QUOTA_WAIT_MS = 90_000;
const QUOTA_LOOK_MS = 1_000;

/** Has the warden probe the quota now, and waits for what it finds. Lift the operator's hold first: no probe passes that one. */
export async function askForQuota(
  ports: HoldPorts & Pick<OperatePorts, 'sleep'>,
): Promise<QuotaAnswer & { readonly after: readonly HoldInForce[] }> {
  const { budgetStore, limits, clock, sleep } = ports;
  const holdsOf = (state: BudgetState) => closures(state, limits, clock());
  const startedAt = clock();
  const now = (await budgetStore.get()) ?? initialState(startedAt);
  const { left, limit } = budgetFigures(now, limits, startedAt);
  if (left === 0) return { kind: 'own-limit', limit, after: holdsOf(now) };
  if (now.holds.quota === undefined) return { kind: 'not-held', after: holdsOf(now) };
  let state = await replaceState(ports, askForQuotaProbe);
  while (state.holds.quota?.asked === true) {
    if (clock() - startedAt >= QUOTA_WAIT_MS) {
      return { kind: 'unanswered', waitedMs: QUOTA_WAIT_MS, after: holdsOf(state) };
    }
    await sleep(QUOTA_LOOK_MS);
    state = (await budgetStore.get()) ?? state;
  }
  const after = holdsOf(state);
  const hold = after.find(({ reason }) => reason === 'quota');
  return hold === undefined ? { kind: 'lifted', after } : { kind: 'stands', hold, after };
}

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
