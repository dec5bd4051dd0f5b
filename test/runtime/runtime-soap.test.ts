import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Client, createClient } from '../../client/create-client.ts';
import { type LambdaStack, startLambdaStack } from './lambda-stack.ts';
import { startTraceDaemon, type TraceDaemon } from './trace-daemon.ts';

let directory: string;
let daemon: TraceDaemon;
let stack: LambdaStack;
let client: Client;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mktq-runtime-'));
  daemon = await startTraceDaemon();
  stack = await startLambdaStack(directory, 500, 'soap', daemon);
  const { jobsQueueUrl, table, region, sqs, dynamodb } = stack.local.stack;
  client = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
}, 120_000);

afterAll(async () => {
  client?.close();
  await stack?.stop();
  daemon?.stop();
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

test('the bundle for traces tells X-Ray of each job, in the trace of its invocation', async () => {
  const leadRecord = { Email: 'bo@example.com' };
  const { id } = await client.enqueue({ operation: 'syncLead', params: { leadRecord, returnLead: false } });
  const ofJob = () => daemon.subsegments().find(({ annotations }) => annotations?.['jobId'] === id);
  await vi.waitFor(() => expect(ofJob()).toBeDefined(), { timeout: 60_000, interval: 200 });
  const drawn = daemon.subsegments();
  expect(ofJob()).toMatchObject({
    name: 'job',
    parent_id: '53995c3f42cd8ad8',
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  });
  const parts = drawn.filter(({ parent_id }) => parent_id === ofJob()?.id);
  expect(parts).toMatchObject([{ name: 'wait' }, { name: 'Marketo', namespace: 'remote' }]);
  // Ids and numbers: no lead, and no request with its URL.
  expect(new Set(drawn.map(({ name }) => name))).toEqual(new Set(['job', 'wait', 'Marketo']));
  expect(JSON.stringify(drawn)).not.toMatch(/example\.com|http/);
}, 90_000);
