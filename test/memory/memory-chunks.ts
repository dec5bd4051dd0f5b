import { batchKey, type Chunk, type Chunks } from '../../shared/ledger/chunks.ts';
import { type FaultHook, noFaults } from './faults.ts';
import { MemoryDocuments } from './memory-documents.ts';

/** Chunks in memory; `all` and `put` let a test look and prepare without asking. */
export interface MemoryChunks extends Chunks {
  all(): readonly Chunk[];
  put(id: string, chunk: Chunk): void;
}

export function memoryChunks(faults: FaultHook = noFaults): MemoryChunks {
  const documents = new MemoryDocuments<Chunk>(faults);
  return {
    all: () => documents.all(),
    put: (id, chunk) => documents.put(id, chunk),
    get: (id) => documents.get(id),
    read: (id) => documents.read(id),
    change: (at, reduce) => documents.change(at, reduce),
    async *ofBatch(batch) {
      for (const id of documents.ids()) {
        const chunk = id.startsWith(`${batchKey(batch)}/`) ? documents.peek(id) : null;
        if (chunk !== null) yield chunk;
      }
    },
    async *ids() {
      yield* documents.ids();
    },
  };
}
