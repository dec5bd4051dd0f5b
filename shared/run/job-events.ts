import type { Job } from '../job/job.ts';
import type { JobRow } from '../ledger/row.ts';

/** What a run says of its job to whoever wants to be told. Neither waits for anything, nor throws. */
export interface JobEvents {
  /** A run has the job, and works on it. */
  taken(job: Pick<Job, 'batch'>): void;
  /** Its row says so. */
  completed(row: JobRow): void;
  /** Sends on what has gathered, within a bounded time; once no run is left. Never rejects. */
  flush(): Promise<void>;
}

/** Where nobody wants to be told. */
export const noJobEvents: JobEvents = { taken() {}, completed() {}, flush: async () => {} };

/** Several as one. */
export const allOf = (all: readonly JobEvents[]): JobEvents => ({
  taken: (job) => {
    for (const one of all) one.taken(job);
  },
  completed: (row) => {
    for (const one of all) one.completed(row);
  },
  flush: async () => {
    await Promise.all(all.map((one) => one.flush()));
  },
});
