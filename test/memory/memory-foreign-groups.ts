import type { ForeignGroups, ForeignGroupsStore } from '../../shared/job/foreign-groups.ts';
import { type FaultHook, noFaults } from './faults.ts';
import { MemoryDocuments } from './memory-documents.ts';

/** The account's count in memory; `writes` are those that were tried. */
export function memoryForeignGroups(faults: FaultHook = noFaults): ForeignGroupsStore & { writes(): number } {
  let writes = 0;
  const documents = new MemoryDocuments<ForeignGroups>(faults);
  return {
    writes: () => writes,
    get: () => documents.get('account'),
    change: async (reduce) => {
      writes += 1;
      await documents.change('account', reduce);
    },
  };
}
