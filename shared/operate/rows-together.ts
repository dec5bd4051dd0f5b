import type { Sleep } from '../kernel/clock.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { type RowsById, rowIn, rowsById } from './rows-by-id.ts';

/** Whoever asks within this time is answered by one read; who waits for seconds does not notice it. */
const GATHER_MS = 20;

/** What was read for several: the row of an id, or why it cannot be read. */
interface Look {
  readonly jobIds: Set<string>;
  readonly rows: Promise<RowsById>;
}

/**
 * Reads rows for whoever waits for a job, each by itself: thousands who look every few seconds cost a request for a hundred of
 * them, not one each.
 */
export function rowsTogether(
  ledger: Pick<Ledger, 'getAll'>,
  sleep: Sleep,
): (jobId: string) => Promise<JobRow | null> {
  let open: Look | null = null;

  function begin(): Look {
    const jobIds = new Set<string>();
    const rows = sleep(GATHER_MS).then(() => {
      open = null;
      return rowsById({ ledger }, [...jobIds]);
    });
    return { jobIds, rows };
  }

  return async (jobId) => {
    open ??= begin();
    open.jobIds.add(jobId);
    return rowIn(await open.rows, jobId);
  };
}
