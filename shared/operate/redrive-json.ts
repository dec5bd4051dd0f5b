import type { HoldReason } from '../budget/state.ts';
import { isoOrNull } from '../kernel/clock.ts';
import type { EditSample } from './redrive/edits.ts';
import type { RedriveEstimate } from './redrive/estimate.ts';
import type { RedrivePlan } from './redrive/redrive.ts';
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
  readonly dryRun: {
    readonly jobs: number;
    readonly calls: number;
    /** Of today's quota, and the quota of a day. */
    readonly left: number;
    readonly quota: number;
    readonly hold: { readonly reason: HoldReason; readonly until: string | null } | null;
    /** Null while a hold has no end. */
    readonly doneAt: string | null;
    /** What an edit would make of the first three. Absent: nothing is edited. */
    readonly edits?: readonly EditJson[];
  };
}

/** A letter, and the places at which what is sent would differ. */
interface EditJson {
  readonly id: string;
  readonly changes: EditSample['differences'];
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

export function dryRunJson(
  plan: RedrivePlan,
  estimate: RedriveEstimate,
  samples: readonly EditSample[] = [],
): DryRunJson {
  const { calls, left, quota, hold, doneAt } = estimate;
  return {
    selected: selectedOf(plan),
    redriven: 0,
    skipped: plan.skipped.length,
    stopped: false,
    dryRun: {
      jobs: plan.candidates.length,
      calls,
      left,
      quota,
      hold: hold === null ? null : { reason: hold.reason, until: isoOrNull(hold.until) },
      doneAt: isoOrNull(doneAt),
      ...(samples.length === 0
        ? {}
        : { edits: samples.map(({ letterId, differences }) => ({ id: letterId, changes: differences })) }),
    },
  };
}

const selectedOf = (plan: RedrivePlan): number => plan.candidates.length + plan.skipped.length;
