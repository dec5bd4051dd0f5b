import type { Job } from '../job/job.ts';
import type { JobRow } from '../ledger/row.ts';

/** What is said of jobs to whoever wants to be told. None of the first three waits for anything, nor throws. */
export interface JobEvents {
  /** A run has the job, and works on it. */
  taken(job: Pick<Job, 'batch'>): void;
  /** Its row says so. */
  completed(row: JobRow): void;
  /** Its row says since when (epoch ms). Also of one that no run has taken, and of one that another process may not have lived to tell of. */
  ended(job: { readonly batch?: string | null | undefined }, at: number): void;
  /** What must be remembered of all that was said is written down, or cannot be within a bounded time. Never rejects. */
  written(): Promise<void>;
  /** Sends on what has gathered, within a bounded time; once no run is left. Never rejects. */
  flush(): Promise<void>;
}

/** Where nobody wants to be told. */
export const noJobEvents: JobEvents = {
  taken() {},
  completed() {},
  ended() {},
  written: async () => {},
  flush: async () => {},
};

/** Several as one. */
export const allOf = (all: readonly JobEvents[]): JobEvents => ({
  taken: (job) => {
    for (const one of all) one.taken(job);
  },
  completed: (row) => {
    for (const one of all) one.completed(row);
  },
  ended: (job, at) => {
    for (const one of all) one.ended(job, at);
  },
  written: async () => {
    await Promise.all(all.map((one) => one.written()));
  },
  flush: async () => {
    await Promise.all(all.map((one) => one.flush()));
  },
});
