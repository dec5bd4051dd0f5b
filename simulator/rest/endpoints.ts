import type { Endpoint } from './endpoint.ts';
import { leadReadEndpoints } from './endpoints/lead-read.ts';
import { statsEndpoints } from './endpoints/stats.ts';

/** Every endpoint there is. A path that fits two patterns belongs to the first. */
export const endpoints: readonly Endpoint[] = [...leadReadEndpoints, ...statsEndpoints];
