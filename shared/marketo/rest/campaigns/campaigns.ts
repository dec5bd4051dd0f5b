import type { Mappings } from '../call/mapping.ts';
import { getCampaignsForSource } from './campaigns-for-source.ts';
import { requestCampaign } from './request-campaign.ts';
import { scheduleCampaign } from './schedule-campaign.ts';

export const campaignMappings = {
  getCampaignsForSource,
  requestCampaign,
  scheduleCampaign,
} satisfies Partial<Mappings>;
