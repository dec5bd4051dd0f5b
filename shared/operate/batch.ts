import { absent } from '../kernel/document.ts';
import { entriesOf } from '../ledger/batch-entries.ts';
import { countEntries } from '../ledger/outcomes.ts';
import type { OperatePorts } from './ports.ts';

/** How far a batch is. */
export interface BatchJson {
  readonly batch: string;
  readonly total: number;
  readonly completed: number;
  readonly deadLettered: number;
  /** Ended without being run, because the batch was cancelled. */
  readonly cancelled: number;
  readonly waiting: number;
}

export type BatchPorts = Pick<OperatePorts, 'ledger' | 'chunks' | 'clock'>;

/** Null for a batch that no job names. Its total is every id that a row or a chunk tells of, once. */
export async function findBatch(ports: BatchPorts, batch: string): Promise<BatchJson | null> {
  const { total, completed, deadLettered, cancelled } = await countEntries(batch, entriesOf(ports, batch));
  if (total === 0) return null;
  const waiting = total - completed - deadLettered - cancelled;
  return { batch, total, completed, deadLettered, cancelled, waiting };
}

/**
 * Has every job of the batch that no run has taken end as cancelled when its message comes up; what is under way ends as it
 * ends. Again it changes nothing. Answers how far the batch is at that moment; null for a batch that no job names.
 */
export async function cancelBatch(
  ports: BatchPorts & Pick<OperatePorts, 'cancellations'>,
  batch: string,
): Promise<BatchJson | null> {
  const found = await findBatch(ports, batch);
  if (found === null) return null;
  const at = ports.clock();
  await ports.cancellations.change(absent(batch), (stored) => (stored === null ? { at } : null));
  return found;
}
