import type { Job } from '../job/job.ts';
import type { Copy } from '../kernel/document.ts';
import { errorText } from '../kernel/error-text.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import type { RunPorts } from './ports.ts';
import { PortFailure } from './ports.ts';

/** The row of a job that this run has claimed. Others may add to it (a late outcome); only this run moves it on. */
export interface OwnRow {
  /** As this run last wrote it. */
  copy(): Copy<JobRow>;
  /** One write, conditional on still owning the claim. Null: the claim is lost, or `next` leaves the row as it is. */
  change(next: (row: JobRow) => JobRow | null): Promise<Copy<JobRow> | null>;
}

export function ownRow(claimed: Copy<JobRow>, owner: string, ledger: Pick<Ledger, 'change'>): OwnRow {
  let copy = claimed;
  return {
    copy: () => copy,
    async change(next) {
      const changed = await ledger.change(copy, (row) =>
        row?.state.kind === 'running' && row.state.owner === owner ? next(row) : null,
      );
      if (changed.kind === 'left') return null;
      copy = changed.copy;
      return copy;
    },
  };
}

/**
 * Runs the rest of a claimed job's life; if one of our stores fails on the way, gives the claim back, so that the next
 * delivery need not wait for its end. An open intent keeps the claim, because whether the call was made is then in doubt,
 * unless it is known that nothing was sent. `starts` stays as it is: a job over which this happens again and again ends as
 * poison instead of for ever. A store that could not be asked before the call says nothing about the job: no start.
 */
export async function orGiveBack<T>(
  { job, row }: { readonly job: Pick<Job, 'id'>; readonly row: OwnRow },
  { log }: Pick<RunPorts, 'log'>,
  rest: () => Promise<T>,
): Promise<T> {
  try {
    return await rest();
  } catch (error) {
    await row.change(error instanceof PortFailure && !error.sent ? unstarted : stopped).catch((trouble) => {
      log.warn('a claim could not be given back', { jobId: job.id, error: errorText(trouble) });
    });
    throw error;
  }
}

const unstarted = (own: JobRow): JobRow => ({ ...own, starts: own.starts - 1, state: { kind: 'queued' } });

const stopped = (own: JobRow): JobRow | null =>
  own.state.kind === 'running' && own.state.intentAt !== null ? null : { ...own, state: { kind: 'queued' } };
