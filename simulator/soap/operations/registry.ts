import { activityOperations } from './activity.ts';
import { campaignOperations } from './campaign.ts';
import { customObjectOperations } from './custom-object.ts';
import { leadOperations } from './lead.ts';
import { listOperations } from './list.ts';
import { mObjectOperations } from './mobject.ts';
import type { OperationTable } from './operation.ts';
import { programOperations } from './program.ts';

/** The operations of the WSDL, by name. */
export const operations: ReadonlyMap<string, OperationTable[string]> = new Map(
  Object.entries({
    ...leadOperations,
    ...listOperations,
    ...campaignOperations,
    ...activityOperations,
    ...mObjectOperations,
    ...customObjectOperations,
    ...programOperations,
  }),
);
