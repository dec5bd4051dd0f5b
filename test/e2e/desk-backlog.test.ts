import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClient } from '../../client/create-client.ts';
import { type LocalStack, startLocal } from '../../local/start-local.ts';

const JOBS = 1_000;

let dataDir: string;
const stacks: LocalStack[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-backlog-'));
});

afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.stop(0);
  rmSync(dataDir, { recursive: true, force: true });
});

async function enqueue({ stack }: LocalStack, count: number): Promise<void> {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const { jobsQueueUrl, table, region, sqs, dynamodb } = stack;
  const client = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
  const jobs = Array.from({ length: count }, (_, nth) => ({
    operation: 'syncLead' as const,
    params: { leadRecord: { Email: `lead${nth}@example.com` }, returnLead: false },
  }));
  for await (const result of client.enqueueAll(jobs)) expect(result).not.toHaveProperty('error');
  client.close();
  vi.unstubAllEnvs();
}

test('a backlog of a thousand single jobs takes a few calls on the local stack', async () => {
  const stack = await startLocal({ dataDir, env: {}, simulator: { latency: { minMs: 200, maxMs: 400 } } });
  stacks.push(stack);
  await enqueue(stack, JOBS);
  const emails = () => [...(stack.simulator?.instance().leads.values() ?? [])].map(({ email }) => email);
  const written = () => emails().filter((email) => email?.startsWith('lead')).length;
  await vi.waitFor(() => expect(written()).toBe(JOBS), { timeout: 25_000, interval: 100 });
  // Ten workers share the backlog, and some take up the first of it while the rest is still being sent.
  expect(stack.simulator?.witness().executedByOperation['POST leads.json']).toBeLessThanOrEqual(40);
});
