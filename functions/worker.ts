import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Environment } from '../shared/config/environment.ts';
import { runBatch } from '../shared/work/run-batch.ts';
import { compose, type Parts } from './compose.ts';
import { type Context, deliveryOf, invocationOf } from './deliveries.ts';
import { jsonLog } from './json-log.ts';

type Worker = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The jobs queue's function: runs a batch and reports what has to come back. */
export async function buildWorker(env: Environment, parts: Parts): Promise<Worker> {
  const { ports } = await compose(env, parts);
  return async (event, context) => {
    const invocation = invocationOf(context, ports.clock());
    const { failed } = await runBatch(event.Records.map(deliveryOf), invocation, ports);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

let worker: Promise<Worker> | undefined;

/** Lambda's entry. Built at the first event, so that a configuration error names its variable in the log of that event. */
export const handler: Worker = async (event, context) => {
  worker ??= buildWorker(process.env, { log: jsonLog('worker') });
  return (await worker)(event, context);
};
