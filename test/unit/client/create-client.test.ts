import { describe, expect, test } from 'vitest';
import { createClient } from '../../../client/create-client.ts';
import { datesAsText } from '../../../client/dates-as-text.ts';
import { enqueueJobs } from '../../../client/enqueue-jobs.ts';
import { WITHOUT_TABLE } from '../../../client/no-table.ts';
import { memoryJobsQueue } from '../../memory/memory-jobs-queue.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('without a table', () => {
  const client = createClient({
    jobsQueueUrl: 'http://127.0.0.1:9/jobs.fifo',
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:9',
  });

  test('everything that reads says what is missing, before anything is sent', async () => {
    const message = /createClient was given no table/;
    await expect(client.job('a')).rejects.toThrow(message);
    await expect(client.result('a')).rejects.toThrow(message);
    await expect(client.enqueueAndWait({ operation: 'getTags', params: {} })).rejects.toThrow(message);
    expect(() => client.batch('b')).toThrow(message);
  });

  test('jobs are sent, under an id and a batch of their own too, and nothing promises a row', async () => {
    const jobsQueue = memoryJobsQueue(() => NOW);
    const ports = { ...WITHOUT_TABLE, jobsQueue, clock: () => NOW, makeId: () => 'made' };
    const value = { id: 'own', operation: 'getTags', params: {}, batch: 'b' };
    const results = await Array.fromAsync(enqueueJobs(ports, [{ kind: 'job', value, line: null }]));
    expect(results).toEqual([{ index: 0, id: 'own', sent: true }]);
    expect(jobsQueue.messages().map(({ hasRow }) => hasRow)).toEqual([undefined]);
  });
});

test('nothing is sent where the wait for it is over before', async () => {
  const address = 'http://127.0.0.1:9';
  const at = { jobsQueueUrl: `${address}/jobs.fifo`, table: 't', region: 'us-east-1', endpoint: address };
  const client = createClient(at);
  const job = { operation: 'getTags', params: {} } as const;
  const reason = new Error('enough');
  await expect(client.enqueueAndWait(job, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(client.enqueueAndWait(job, { timeoutMs: Number.NaN })).rejects.toThrow(RangeError);
  await expect(client.enqueueAndWait(job, { timeoutMs: 1 })).rejects.toThrow('ECONNREFUSED');
});

describe('a time that is a Date', () => {
  test('is sent as its instant, and what is none stays for the check to refuse', () => {
    const at = new Date(NOW);
    expect(datesAsText({ notBefore: at, expiresAt: 'soon', meta: { at } })).toEqual({
      notBefore: '2026-11-22T12:00:00.000Z',
      expiresAt: 'soon',
      meta: { at },
    });
    expect(datesAsText({ expiresAt: new Date(Number.NaN) })).toEqual({ expiresAt: 'Invalid Date' });
    expect(datesAsText(null)).toBeNull();
  });
});
