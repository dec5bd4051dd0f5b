import {
  type ForeignGroups,
  type ForeignGroupsStore,
  foreignGroup,
  together,
} from '../job/foreign-groups.ts';
import { type Clock, MINUTE_MS } from '../kernel/clock.ts';
import { errorText } from '../kernel/error-text.ts';
import type { Log } from '../kernel/log.ts';

/** Counts, for the operator, the jobs that came in a group that is not their own. */
export interface ForeignTally {
  /** A job was seen for the first time, in such a group. */
  note(groupId: string, jobId: string): void;
  /** Writes what has gathered, if it is worth a write. Never rejects. */
  tell(): Promise<void>;
}

interface TallyPorts {
  readonly store: ForeignGroupsStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Within a minute of a write, the next is worth it when the count has grown by this part: fewer writes, the more there are. */
const WORTH_TELLING = 0.25;

/** The process's own count. A write for each job would cost a sender's slip as much as its jobs. */
export function createForeignTally({ store, clock, log }: TallyPorts): ForeignTally {
  let gathered: ForeignGroups | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  /** Within the minute that began with the first of its writes. */
  let told = 0;

  const isWorthIt = ({ jobs }: ForeignGroups): boolean =>
    clock() - toldAt >= MINUTE_MS || jobs >= told * WORTH_TELLING;

  return {
    note(groupId, jobId) {
      gathered = together(gathered, foreignGroup(groupId, jobId, clock()));
    },
    async tell() {
      if (gathered === null || !isWorthIt(gathered)) return;
      const telling = gathered;
      gathered = null;
      if (clock() - toldAt >= MINUTE_MS) {
        toldAt = clock();
        told = 0;
      }
      told += telling.jobs;
      try {
        await store.change((stored) => together(stored, telling));
      } catch (error) {
        gathered = gathered === null ? telling : together(telling, gathered);
        log.warn('jobs in groups that are not their own could not be counted', { error: errorText(error) });
      }
    },
  };
}
