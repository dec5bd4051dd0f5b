import { Tracer } from '@aws-lambda-powertools/tracer';
import { systemClock } from '../shared/kernel/clock.ts';
import { buildWorker, type Worker } from './build-worker.ts';
import { eventsOf } from './compose-events.ts';
import { createJobTraces } from './job-traces.ts';
import { onLambda } from './on-lambda.ts';

/**
 * Lambda's entry where traces are asked for: the worker, with each job's run in the trace of its invocation. A bundle of its own,
 * because X-Ray's SDK is 125 kB that every cold start would pay for; it tells of completed jobs, too, where that is asked for.
 */
export const handler: Worker = onLambda('worker', async (env, given) => {
  // The addresses of requests name leads; and its patch of node:http would stand between a call and its socket.
  const tracer = new Tracer({ captureHTTPsRequests: false });
  const traces = createJobTraces(() => tracer.getSegment(), systemClock);
  const worker = await buildWorker(env, { ...given, trace: traces.trace, events: eventsOf(env) });
  return async (event, context) => {
    traces.begin();
    try {
      return await worker(event, context);
    } finally {
      traces.end();
    }
  };
});
