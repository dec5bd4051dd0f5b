import { lineOf } from '../ledger/chunks.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';

/** Keys of one BatchGetItem. */
const MOST_READ = 100;

/** So many are sorted at once: of a million no list is made. */
const SORTED_AT_ONCE = 1_000;

/**
 * The last of these jobs in the order in which they are taken, more or less: by their lines, those without one first. At most so
 * many, the last one last.
 */
export function lastInLine(jobIds: Iterable<string>, most: number): readonly string[] {
  let placed: { readonly jobId: string; readonly line: number }[] = [];
  const last = () => placed.sort((a, b) => a.line - b.line).slice(-most);
  for (const jobId of jobIds) {
    placed.push({ jobId, line: lineOf(jobId)?.line ?? -1 });
    if (placed.length >= most + SORTED_AT_ONCE) placed = last();
  }
  return last().map(({ jobId }) => jobId);
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
  const last = lastInLine(jobIds, waitedFor === null ? MOST_READ : MOST_READ - 1);
  const rows = await ledger.getAll(waitedFor === null ? last : [...last, waitedFor], () => {});
  const ends = rows.flatMap((row) => endOf(row) ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

const endOf = ({ state }: JobRow): number | null =>
  state.kind === 'completed' || state.kind === 'dead-lettered' || state.kind === 'cancelled'
    ? state.at
    : null;
