import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Environment } from '../shared/config/environment.ts';
import { collectBatch } from '../shared/work/collect-batch.ts';
import { compose, type Parts } from './compose.ts';
import { type Context, deliveryOf } from './deliveries.ts';
import { jsonLog } from './json-log.ts';

type Collector = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The dead-letter queue's function: sees to it that every letter is filed. */
export async function buildCollector(env: Environment, parts: Parts): Promise<Collector> {
  const { ports } = await compose(env, parts);
  return async (event) => {
    const { failed } = await collectBatch(event.Records.map(deliveryOf), ports);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

let collector: Promise<Collector> | undefined;

export const handler: Collector = async (event, context) => {
  collector ??= buildCollector(process.env, { log: jsonLog('collector') });
  return (await collector)(event, context);
};
