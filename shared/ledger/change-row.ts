import type { MakeId } from '../kernel/random.ts';
import type { Ledger } from './ledger.ts';
import type { JobRow } from './row.ts';

/** A row as a pure step describes it; version and token are added by the write. */
export type RowContent = Omit<JobRow, 'version' | 'writeToken'>;

/** The row as it would be written after `previous`. */
export const nextRow = (previous: JobRow | null, content: RowContent, makeId: MakeId): JobRow => ({
  ...content,
  version: (previous?.version ?? 0) + 1,
  writeToken: makeId(),
});

/**
 * Reads, changes and writes until no one else writes in between. `change` answers null to leave the row as it is;
 * the answer is then the row it saw. Ends because every conflict means that somebody else made progress.
 */
export async function changeRow(
  ports: { readonly ledger: Ledger; readonly makeId: MakeId },
  jobId: string,
  change: (row: JobRow | null) => RowContent | null,
): Promise<{ readonly changed: boolean; readonly row: JobRow | null }> {
  for (;;) {
    const row = await ports.ledger.get(jobId);
    const content = change(row);
    if (content === null) return { changed: false, row };
    const next = nextRow(row, content, ports.makeId);
    if ((await ports.ledger.replace(next)) === 'written') return { changed: true, row: next };
  }
}
