import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '../../client/create-client.ts';
import { type LocalStack, startLocal } from '../../local/start-local.ts';

const JOBS = 130;

let dataDir: string;
const stacks: LocalStack[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-limits-'));
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
  // No two of these share a call.
  const jobs = Array.from({ length: count }, () => ({
    operation: 'getCampaignsForSource' as const,
    params: { source: 'MKTOWS' as const },
  }));
  for await (const result of client.enqueueAll(jobs)) expect(result).not.toHaveProperty('error');
  client.close();
  vi.unstubAllEnvs();
}

describe('the simulated account', () => {
  test('has the limits that the variables name, so that what they allow is not rejected', async () => {
    const stack = await startLocal({
      dataDir,
      env: { MARKETO_RATE_LIMIT: '400', MARKETO_CONCURRENCY: '30', MARKETO_DAILY_QUOTA: '500' },
      simulator: { latency: { minMs: 200, maxMs: 300 } },
    });
    stacks.push(stack);
    await enqueue(stack, JOBS);
    const asked = () => stack.simulator?.witness().executedByOperation['GET campaigns.json'];
    await vi.waitFor(() => expect(asked()).toBe(JOBS), { timeout: 25_000 });
    const witness = stack.simulator?.witness();
    expect(witness?.rejected).toEqual({ rate: 0, concurrency: 0, quota: 0, authentication: 0 });
    expect(witness?.maxConcurrency).toBeGreaterThan(10);
    expect(witness?.quota.limit).toBe(500);
    // Beside the jobs, now and then how much is spent.
    expect((witness?.quota.spent ?? 0) - JOBS).toBeLessThanOrEqual(3);
  });

  test('enforces a smaller account than Marketo’s own, too', async () => {
    const stack = await startLocal({ dataDir, env: { MARKETO_DAILY_QUOTA: '7' } });
    stacks.push(stack);
    expect(stack.simulator?.witness().quota.limit).toBe(7);
  });

  test('has Marketo’s own limits where no variable says otherwise, and those of a test where it does', async () => {
    const plain = await startLocal({ dataDir, env: {} });
    stacks.push(plain);
    expect(plain.simulator?.witness().quota.limit).toBe(50_000);
    await stacks.pop()?.stop(0);
    const limits = { dailyQuota: 3 };
    const scripted = await startLocal({ dataDir, env: { MARKETO_DAILY_QUOTA: '7' }, simulator: { limits } });
    stacks.push(scripted);
    expect(scripted.simulator?.witness().quota.limit).toBe(3);
  });
});
