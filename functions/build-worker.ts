import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Environment } from '../shared/config/environment.ts';
import { runBatch } from '../shared/run/batch.ts';
import { CREDENTIALS_MAX_AGE_MS, checkCredentials } from '../shared/run/credentials.ts';
import type { FunctionPorts } from './compose.ts';
import { composeJobEvents } from './compose-job-events.ts';
import { composeWork } from './compose-marketo.ts';
import { type Context, deliveryOf, invocationOf } from './deliveries.ts';

export type Worker = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The jobs queue's function: runs a batch and reports what has to come back. */
export async function buildWorker(env: Environment, given: FunctionPorts): Promise<Worker> {
  const work = await composeWork(env, given);
  const { credentials } = work;
  const ports = { ...work.ports, jobEvents: composeJobEvents(env, given, work) };
  return async (event, context) => {
    const invocation = invocationOf(context, ports.clock());
    // Without credentials the account is held from here on, and every record of the batch waits for that hold.
    await checkCredentials(credentials, CREDENTIALS_MAX_AGE_MS, ports);
    const { failed } = await runBatch(event.Records.map(deliveryOf), invocation, ports);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
