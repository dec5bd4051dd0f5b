import { buildWorker, type Worker } from './build-worker.ts';
import { eventsOf } from './compose-events.ts';
import { onLambda } from './on-lambda.ts';

/**
 * Lambda's entry where programs are told of completed jobs. A bundle of its own, because the clients of EventBridge and SNS are 60 kB
 * that every cold start would pay for.
 */
export const handler: Worker = onLambda('worker', (env, given) =>
  buildWorker(env, { ...given, events: eventsOf(env) }),
);
