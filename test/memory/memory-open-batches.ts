import type { OpenBatch, OpenBatches } from '../../shared/ledger/open-batches.ts';
import { type FaultHook, noFaults, withFaults } from './faults.ts';
import { MemoryDocuments } from './memory-documents.ts';

/** Batches under way in memory; `all` lets a test look without asking. */
export function memoryOpenBatches(
  faults: FaultHook = noFaults,
): OpenBatches & { all(): readonly OpenBatch[] } {
  const documents = new MemoryDocuments<OpenBatch>(faults);
  const dueAt = ({ lookAt }: OpenBatch) => lookAt ?? Number.POSITIVE_INFINITY;
  return {
    all: () => documents.all(),
    get: (batch) => documents.get(batch),
    read: (batch) => documents.read(batch),
    change: (at, reduce) => documents.change(at, reduce),
    due: (now, limit) =>
      withFaults(faults, 'due', '', () =>
        documents
          .all()
          .filter((batch) => dueAt(batch) <= now)
          .toSorted((a, b) => dueAt(a) - dueAt(b))
          .slice(0, limit),
      ),
  };
}
