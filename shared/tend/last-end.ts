import { lineOf } from '../ledger/chunks.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';

/** Keys of one BatchGetItem. */
const MOST_READ = 100;

/** These jobs in the order in which they are taken, more or less: by their lines, those without one first. */
export function inLineOrder(jobIds: Iterable<string>): readonly string[] {
  const placed = [...jobIds].map((jobId) => ({ jobId, line: lineOf(jobId)?.line ?? -1 }));
  return placed.sort((a, b) => a.line - b.line).map(({ jobId }) => jobId);
}

/**
 * When the last job of a batch ended (epoch ms), as its last hundred and the one that was waited for tell; null if none of their
 * rows is left. To read all of a large batch for it would cost more than to be a moment off.
 */
export async function lastEnd(
  jobIds: Iterable<string>,
  waitedFor: string | null,
  { ledger }: { readonly ledger: Pick<Ledger, 'getAll'> },
): Promise<number | null> {
  const last = inLineOrder(jobIds).slice(waitedFor === null ? -MOST_READ : 1 - MOST_READ);
  const rows = await ledger.getAll(waitedFor === null ? last : [...last, waitedFor], () => {});
  const ends = rows.flatMap((row) => endOf(row) ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

const endOf = ({ state }: JobRow): number | null =>
  state.kind === 'completed' || state.kind === 'dead-lettered' || state.kind === 'cancelled'
    ? state.at
    : null;
