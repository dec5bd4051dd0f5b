import type { CauseGroup } from '../../shared/deadletter/group-by-cause.ts';

/** The largest cause that a redrive by filter would send at all: what never was a job, or is in doubt, it leaves out. */
export const redrivable = (causes: readonly CauseGroup[]): CauseGroup | undefined =>
  causes.find((group) => group.class !== 'malformed' && group.class !== 'in-doubt');
