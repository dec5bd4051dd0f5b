import { getLeadMixes } from './cases/get-lead.ts';
import { listOperationMixes } from './cases/list-operation.ts';
import { objectMixes } from './cases/objects.ts';
import { requestCampaignMixes } from './cases/request-campaign.ts';
import { syncLeadMixes } from './cases/sync-lead.ts';
import type { Mix } from './mix.ts';

export const MIXES: readonly Mix[] = [
  ...syncLeadMixes,
  ...getLeadMixes,
  ...listOperationMixes,
  ...objectMixes,
  ...requestCampaignMixes,
];
