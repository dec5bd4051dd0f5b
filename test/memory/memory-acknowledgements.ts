import type { Acknowledgements, AcknowledgementsStore } from '../../shared/deadletter/acknowledgements.ts';
import { type FaultHook, noFaults } from './faults.ts';
import { MemoryDocuments } from './memory-documents.ts';

/** The account's acknowledgements in memory. */
export function memoryAcknowledgements(faults: FaultHook = noFaults): AcknowledgementsStore {
  const documents = new MemoryDocuments<Acknowledgements>(faults);
  return {
    get: () => documents.get('account'),
    change: async (reduce) => (await documents.change('account', reduce)).kind === 'written',
  };
}
