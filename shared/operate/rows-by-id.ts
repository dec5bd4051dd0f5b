import type { Ledger } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';

/** What was read of each id: its row, or why that cannot be read; an id without a row is left out. */
export type RowsById = ReadonlyMap<string, JobRow | { readonly error: unknown }>;

/** The rows of these jobs, a hundred in one request of the table. One that cannot be read keeps no other from being read. */
export async function rowsById(
  { ledger }: { readonly ledger: Pick<Ledger, 'getAll'> },
  jobIds: readonly string[],
): Promise<RowsById> {
  const rows = new Map<string, JobRow | { readonly error: unknown }>();
  const found = await ledger.getAll(jobIds, (jobId, error) => void rows.set(jobId, { error }));
  for (const row of found) rows.set(row.jobId, row);
  return rows;
}

/** The row of one of them, null if it has none; throws what kept it from being read. */
export function rowIn(rows: RowsById, jobId: string): JobRow | null {
  const row = rows.get(jobId) ?? null;
  if (row !== null && 'error' in row) throw row.error;
  return row;
}
