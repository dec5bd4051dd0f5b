import type { Endpoint } from './endpoint.ts';
import { activityEndpoints } from './endpoints/activities.ts';
import { bulkImportEndpoints } from './endpoints/bulk-import.ts';
import { campaignEndpoints } from './endpoints/campaigns.ts';
import { channelAndTagEndpoints } from './endpoints/channels-and-tags.ts';
import { leadDescribeEndpoints } from './endpoints/lead-describe.ts';
import { leadReadEndpoints } from './endpoints/lead-read.ts';
import { leadVerbEndpoints } from './endpoints/lead-verbs.ts';
import { leadWriteEndpoints } from './endpoints/lead-write.ts';
import { listEndpoints } from './endpoints/lists.ts';
import { objectEndpoints } from './endpoints/objects.ts';
import { programEndpoints } from './endpoints/programs.ts';
import { statsEndpoints } from './endpoints/stats.ts';

/** Every endpoint there is. A path that fits two patterns belongs to the first. */
export const endpoints: readonly Endpoint[] = [
  ...leadReadEndpoints,
  ...leadDescribeEndpoints,
  ...leadWriteEndpoints,
  ...leadVerbEndpoints,
  ...listEndpoints,
  ...bulkImportEndpoints,
  ...campaignEndpoints,
  ...activityEndpoints,
  ...objectEndpoints,
  ...channelAndTagEndpoints,
  ...programEndpoints,
  ...statsEndpoints,
];
