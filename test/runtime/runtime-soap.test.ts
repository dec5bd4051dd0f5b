import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Client, createClient } from '../../client/create-client.ts';
import { type LambdaStack, startLambdaStack } from './lambda-stack.ts';

let directory: string;
let stack: LambdaStack;
let client: Client;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mktq-runtime-'));
  stack = await startLambdaStack(directory, 500, 'soap');
  const { jobsQueueUrl, table, region, sqs, dynamodb } = stack.local.stack;
  client = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
}, 120_000);

afterAll(async () => {
  client?.close();
  await stack?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('the bundles for SOAP run a job in Lambda’s runtime loop, over SOAP', async () => {
  const leadRecord = { Email: 'ann@example.com' };
  await client.enqueue({ operation: 'syncLead', params: { leadRecord, returnLead: false } });
  await vi.waitFor(() => expect(stack.local.simulator?.instance().leads.size).toBe(1), {
    timeout: 60_000,
    interval: 200,
  });
  // The name of the operation, as SOAP alone knows it.
  expect(stack.local.simulator?.witness().executedByOperation).toMatchObject({ syncLead: 1 });
}, 90_000);
