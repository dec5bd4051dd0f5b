import type { HoldReason } from '../budget/state.ts';
import { isoOrNull } from '../kernel/clock.ts';
import type { EditSample } from './redrive/edits.ts';
import type { RedriveEstimate } from './redrive/estimate.ts';
import type { RedrivePlan } from './redrive/plan-redrive.ts';
import type { RedriveOutcome } from './redrive/sending.ts';

/** What came of a redrive, in letters. */
interface RedriveJson {
  readonly selected: number;
  readonly redriven: number;
  readonly skipped: number;
  readonly stopped: boolean;
  /** How many of those that were waited for died again. Absent: none. */
  readonly diedAgain?: number;
  /** How those that were sent have ended, where all were waited for. Absent: they were not. */
  readonly ended?: RedrivenEnds;
}

/** In jobs. */
export interface RedrivenEnds {
  readonly completed: number;
  readonly deadLettered: number;
  readonly cancelled: number;
  /** Somebody stopped the wait: they go on in the queue. */
  readonly notEnded: number;
}

/** What would come of one: nothing was sent. */
export interface DryRunJson extends RedriveJson {
  /** `edits`: what an edit would make of the first three; absent: nothing is edited. */
  readonly dryRun: { readonly jobs: number } & EstimateJson & { readonly edits?: readonly EditJson[] };
}

/** A letter, and the places at which what is sent would differ. */
interface EditJson {
  readonly id: string;
  readonly changes: EditSample['differences'];
}

/** What jobs would cost, and when they would be done. */
export interface EstimateJson {
  readonly calls: number;
  /** Of today's quota, and the quota of a day. */
  readonly left: number;
  readonly quota: number;
  readonly hold: { readonly reason: HoldReason; readonly until: string | null } | null;
  /** Null while a hold has no end. */
  readonly doneAt: string | null;
}

export const redriveJson = (
  plan: RedrivePlan,
  outcome: RedriveOutcome,
  ended: RedrivenEnds | null = null,
): RedriveJson => ({
  selected: selectedOf(plan),
  redriven: outcome.redriven,
  skipped: plan.skipped.length + outcome.closedMeanwhile,
  stopped: outcome.stopped !== null,
  ...(outcome.trial === null || outcome.trial.died.length === 0
    ? {}
    : { diedAgain: outcome.trial.died.length }),
  ...(ended === null ? {} : { ended }),
});

export const estimateJson = ({ calls, left, quota, hold, doneAt }: RedriveEstimate): EstimateJson => ({
  calls,
  left,
  quota,
  hold: hold === null ? null : { reason: hold.reason, until: isoOrNull(hold.until) },
  doneAt: isoOrNull(doneAt),
});

export function dryRunJson(
  plan: RedrivePlan,
  estimate: RedriveEstimate,
  samples: readonly EditSample[] = [],
): DryRunJson {
  const edits = samples.map(({ letterId, differences }) => ({ id: letterId, changes: differences }));
  return {
    selected: selectedOf(plan),
    redriven: 0,
    skipped: plan.skipped.length,
    stopped: false,
    dryRun: {
      jobs: plan.candidates.length,
      ...estimateJson(estimate),
      ...(edits.length === 0 ? {} : { edits }),
    },
  };
}

const selectedOf = (plan: RedrivePlan): number => plan.candidates.length + plan.skipped.length;
