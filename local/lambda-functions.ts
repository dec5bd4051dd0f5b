import { buildCollector } from '../functions/collector.ts';
import { buildWarden } from '../functions/warden.ts';
import { buildWorker } from '../functions/worker.ts';
import type { FunctionBuilders } from './functions.ts';

/** The functions that run on Lambda, as they are there. */
export const lambdaFunctions: FunctionBuilders = {
  worker: buildWorker,
  collector: buildCollector,
  warden: buildWarden,
};
