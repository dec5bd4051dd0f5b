import type { PackingBounds } from '../packing/packing-bounds.ts';
import { MOST_BODY_BYTES } from './call/request.ts';
import { leadNotFound } from './leads/get-lead.ts';

/** What one request takes: the names around the records have a thousandth of the body. */
export const REST_BOUNDS: PackingBounds = {
  bytes: MOST_BODY_BYTES - MOST_BODY_BYTES / 1_000,
  leadRecords: 300,
  leadKeys: 100,
  listMembers: 300,
  objects: 300,
  campaignLeads: 100,
  workspaces: true,
  leadNotFound: (keyType) => leadNotFound(keyType).fault,
};
