import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClient } from '../../client/create-client.ts';
import { type LocalStack, startLocal } from '../../local/start-local.ts';
import type { StackEvent } from '../../shared/events/event.ts';

let dataDir: string;
let stack: LocalStack | null = null;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-events-'));
});
afterEach(async () => {
  await stack?.stop(0);
  rmSync(dataDir, { recursive: true, force: true });
});

const lead = (id: string, attrName: string) => ({
  id,
  operation: 'syncLead' as const,
  batch: 'import',
  params: {
    leadRecord: {
      Email: `${id}@example.com`,
      leadAttributeList: { attribute: [{ attrName, attrValue: 'Ann' }] },
    },
    returnLead: false,
  },
});

test('the file of a local stack tells of a batch that was sent, from its first job to its end, and of no lead', async () => {
  const file = join(dataDir, 'events.ndjson');
  stack = await startLocal({
    dataDir,
    env: {},
    events: { file, completed: true },
    wardenIntervalMs: 300,
  });
  const { sqs, dynamodb, region, jobsQueueUrl, table } = stack.stack;
  const client = createClient({ jobsQueueUrl, table, region, endpoint: { sqs, dynamodb } });
  const jobs = [lead('ann', 'FirstName'), lead('bea', 'NoSuchField'), lead('cay', 'FirstName')];
  for await (const result of client.enqueueAll(jobs)) expect(result).not.toHaveProperty('error');
  const events = (): readonly StackEvent[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as StackEvent)
      : [];
  // Ten seconds after the last was sent, its sender may be taken to be done.
  await vi.waitFor(() => expect(events().some(({ type }) => type === 'batch-ended')).toBe(true), {
    timeout: 25_000,
    interval: 200,
  });
  expect(events()).toHaveLength(4);
  expect(events()).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ type: 'completed', jobId: 'ann', batch: 'import' }),
      expect.objectContaining({ type: 'completed', jobId: 'cay' }),
      expect.objectContaining({ type: 'dead-lettered', sampleId: 'bea', count: 1, isNew: true }),
      expect.objectContaining({
        type: 'batch-ended',
        stack: 'mktq-default',
        batch: 'import',
        total: 3,
        completed: 2,
        deadLettered: 1,
        causes: [expect.objectContaining({ operation: 'syncLead', count: 1 })],
      }),
    ]),
  );
  expect(readFileSync(file, 'utf8')).not.toMatch(/@example\.com|NoSuchField/);
});
