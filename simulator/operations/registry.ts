import { campaignOperations } from './campaign.ts';
import { leadOperations } from './lead.ts';
import { listOperations } from './list.ts';
import type { OperationTable } from './operation.ts';

/** The operations of the WSDL (facts 1.4), by name. */
export const operations: ReadonlyMap<string, OperationTable[string]> = new Map(
  Object.entries({
    ...leadOperations,
    ...listOperations,
    ...campaignOperations,
  }),
);
