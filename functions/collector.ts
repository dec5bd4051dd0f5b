import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { collectBatch } from '../shared/collect/collect.ts';
import type { Environment } from '../shared/config/environment.ts';
import { compose, type FunctionPorts } from './compose.ts';
import { type Context, deliveryOf } from './deliveries.ts';
import { onLambda } from './on-lambda.ts';

type Collector = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The dead-letter queue's function: sees to it that every letter is filed. */
export async function buildCollector(env: Environment, given: FunctionPorts): Promise<Collector> {
  const { ports } = compose(env, given);
  return async (event) => {
    const { failed } = await collectBatch(event.Records.map(deliveryOf), ports);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Lambda's entry. */
export const handler: Collector = onLambda('collector', buildCollector);
