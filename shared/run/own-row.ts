import type { Copy } from '../kernel/document.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';

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
