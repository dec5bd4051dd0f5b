import { buildWorker, type Worker } from './build-worker.ts';
import { onLambda } from './on-lambda.ts';

/** Lambda's entry. */
export const handler: Worker = onLambda('worker', buildWorker);
