import type { PackingBounds } from '../packing/packing-bounds.ts';

/** What Adobe documents for one call (docs/marketo-facts.md 7). */
export const SOAP_BOUNDS: PackingBounds = {
  // Documented nowhere: what REST takes. A larger body is split when it is refused.
  bytes: 1_000_000,
  leadRecords: 300,
  leadKeys: 100,
  listMembers: 1_000,
  objects: 100,
  campaignLeads: 100,
  workspaces: false,
  leadNotFound: (keyType, keyValue) => ({
    kind: 'decided',
    code: 20103,
    message: `No lead found with ${keyType} = ${keyValue} (20103)`,
  }),
};
