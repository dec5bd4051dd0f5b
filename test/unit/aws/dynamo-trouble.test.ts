import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AwsClients, createAwsClients } from '../../../shared/aws/clients.ts';
import { dynamoLedger } from '../../../shared/aws/dynamo-ledger.ts';
import { absent } from '../../../shared/kernel/document.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import type { JobRow } from '../../../shared/ledger/row.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../support/embedded.ts';
import { type FlakyProxy, type Passage, startFlakyProxy } from '../../support/flaky-proxy.ts';
import { jobRow } from '../../support/rows.ts';

let aws: EmbeddedAws;
let table: string;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  table = await aws.createTable();
});
afterAll(() => aws.stop());

const open: { proxy: FlakyProxy; clients: AwsClients }[] = [];
afterEach(async () => {
  for (const { proxy, clients } of open.splice(0)) {
    clients.destroy();
    await proxy.stop();
  }
});

async function ledgerThrough(
  passage: (request: number) => Passage,
  requestTimeoutMs?: number,
): Promise<{ ledger: Ledger; proxy: FlakyProxy }> {
  const proxy = await startFlakyProxy(aws.dynamodbEndpoint, passage);
  const service = {
    region: 'us-east-1',
    endpoint: proxy.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestTimeoutMs,
  };
  const clients = createAwsClients({ dynamodb: service, sqs: service });
  open.push({ proxy, clients });
  return { ledger: dynamoLedger({ client: clients.dynamodb, table }), proxy };
}

const insert = (ledger: Ledger, row: JobRow) => ledger.change(absent(row.jobId), () => row);

const first =
  (passage: Passage) =>
  (request: number): Passage =>
    request === 1 ? passage : { kind: 'pass' };

describe('the ledger behind a bad connection', () => {
  test('answers written when the reply to its write was lost and the repeated write was refused', async () => {
    const { ledger, proxy } = await ledgerThrough(first({ kind: 'lose-reply' }));
    const row = jobRow({ jobId: 'lost-reply' });
    expect((await insert(ledger, row)).kind).toBe('written');
    expect(await ledger.get('lost-reply')).toEqual(row);
    // The write, its repetition, the read that clears it up, and the read of this test.
    expect(proxy.requests()).toBe(4);
  });

  test('answers written when every reply to its write was lost', async () => {
    const { ledger } = await ledgerThrough((request) => ({ kind: request <= 5 ? 'lose-reply' : 'pass' }));
    const row = jobRow({ jobId: 'all-lost' });
    expect((await insert(ledger, row)).kind).toBe('written');
  });

  test('waits out throttling', async () => {
    const body = '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}';
    const throttled: Passage = { kind: 'answer', status: 400, body };
    const { ledger, proxy } = await ledgerThrough((request) => (request <= 2 ? throttled : { kind: 'pass' }));
    expect((await insert(ledger, jobRow({ jobId: 'throttled' }))).kind).toBe('written');
    expect(proxy.requests()).toBe(3);
  });

  test('gives up on a silent server, so that a half-open connection blocks nobody for ever', async () => {
    const { ledger, proxy } = await ledgerThrough(() => ({ kind: 'silence' }), 50);
    await expect(ledger.get('silent')).rejects.toThrow();
    expect(proxy.requests()).toBeGreaterThan(1);
  });

  test('fails when the service is down, and does not try for ever', async () => {
    const unavailable: Passage = { kind: 'answer', status: 503, body: '{}' };
    const { ledger, proxy } = await ledgerThrough(() => unavailable);
    await expect(insert(ledger, jobRow({ jobId: 'nowhere' }))).rejects.toThrow();
    expect(proxy.requests()).toBeLessThanOrEqual(10);
  });
});
