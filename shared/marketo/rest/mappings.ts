import { activityMappings } from './activities/activities.ts';
import { channelTagMappings } from './assets/channels-tags.ts';
import type { Mappings } from './call/mapping.ts';
import { campaignMappings } from './campaigns/campaigns.ts';
import { leadMappings } from './leads/leads.ts';
import { listMappings } from './lists/lists.ts';
import { customObjectMappings } from './objects/custom-objects.ts';
import { mObjectMappings } from './objects/mobjects.ts';

/** The 23 operations over REST. */
export const MAPPINGS: Mappings = {
  ...leadMappings,
  ...listMappings,
  ...campaignMappings,
  ...mObjectMappings,
  ...customObjectMappings,
  ...activityMappings,
  ...channelTagMappings,
};
