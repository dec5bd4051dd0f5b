import type { Cancellation, Cancellations } from '../../shared/ledger/cancellations.ts';
import { type FaultHook, noFaults } from './faults.ts';
import { MemoryDocuments } from './memory-documents.ts';

export const memoryCancellations = (faults: FaultHook = noFaults): Cancellations =>
  new MemoryDocuments<Cancellation>(faults);
