import { activityMappings } from './activities.ts';
import { campaignMappings } from './campaigns.ts';
import { channelTagMappings } from './channels-tags.ts';
import { customObjectMappings } from './custom-objects.ts';
import { leadMappings } from './leads.ts';
import { listMappings } from './lists.ts';
import type { Mappings } from './mapping.ts';
import { mObjectMappings } from './mobjects.ts';

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
