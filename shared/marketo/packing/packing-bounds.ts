import type { Fault } from '../faults/fault.ts';

/** What one call of a transport may hold, and what the transport says of one that stands alone. */
export interface PackingBounds {
  /** Of the records of a body, as JSON. */
  readonly bytes: number;
  readonly leadRecords: number;
  readonly leadKeys: number;
  readonly listMembers: number;
  readonly objects: number;
  readonly campaignLeads: number;
  /** Whether a workspace can be said of a bulk write of leads: over SOAP `syncLead` alone has the header for it. */
  readonly workspaces: boolean;
  /** What `getLead` answers where no lead has the key, as it would have said it itself. */
  leadNotFound(keyType: string, keyValue: string): Fault;
}
