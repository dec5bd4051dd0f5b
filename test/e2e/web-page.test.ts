import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../local/dynamo-server.ts';
import { type LocalStack, startLocal } from '../../local/start-local.ts';
import { createAwsClients } from '../../shared/aws/clients.ts';
import { dynamoLedger } from '../../shared/aws/dynamo-ledger.ts';
import { asciiJson } from '../../shared/kernel/hash.ts';
import { firstRow, type JobRow } from '../../shared/ledger/row.ts';
import { syncLeadJob } from '../support/work-world.ts';

const WARDEN_INTERVAL_MS = 50;

let dataDir: string;
let stack: LocalStack;
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-page-'));
  stack = await startLocal({ dataDir, env: {}, wardenIntervalMs: WARDEN_INTERVAL_MS });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await stack.stop(0);
  rmSync(dataDir, { recursive: true, force: true });
});

function tableOf(headers: Readonly<Record<string, string>>): DynamoDBClient {
  const { region, dynamodb, sqs } = stack.stack;
  const credentials = LOCAL_CREDENTIALS;
  const made = createAwsClients({
    dynamodb: { region, endpoint: dynamodb, credentials },
    sqs: { region, endpoint: sqs, credentials },
  });
  clients.push(made);
  made.dynamodb.middlewareStack.add(
    (next) => (given) => {
      Object.assign((given.request as { headers: Record<string, string> }).headers, headers);
      return next(given);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return made.dynamodb;
}

/** A job that nobody has enqueued, as a page would write it: due at once, its text in its row. */
function forgedRow(jobId: string): JobRow {
  const job = syncLeadJob(jobId);
  const row = firstRow(job, { sequenceNumber: null, enqueuedAt: Date.now() });
  return {
    ...row,
    state: { kind: 'parked', until: 0, body: { kind: 'inline', text: asciiJson(job) }, groupId: 'forged' },
  };
}

async function forge(jobId: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const ledger = dynamoLedger({ client: tableOf(headers), table: stack.stack.table });
  return ledger.change(jobId, (row) => (row === null ? forgedRow(jobId) : null)).catch((error) => error);
}

const calls = (): number => stack.simulator?.witness().arrivedByOperation['POST leads.json'] ?? 0;

describe('a parked row that somebody else has written', () => {
  test('makes no call at Marketo when a web page wrote it, and a call when a program did', async () => {
    const refused = { $metadata: { httpStatusCode: 403 } };
    expect(await forge('page', { origin: 'https://example.com' })).toMatchObject(refused);
    expect(await forge('rebound', { host: 'rebound.example.com' })).toMatchObject(refused);
    expect(await forge('asked', { 'sec-fetch-site': 'cross-site' })).toMatchObject(refused);
    expect(await forge('program', {})).toMatchObject({ kind: 'written' });
    // The control: a later minute of the warden than any of the pages' writes has sent what was due.
    await vi.waitFor(() => expect(calls()).toBe(1), { timeout: 15_000 });
    const ledger = dynamoLedger({ client: tableOf({}), table: stack.stack.table });
    for (const id of ['page', 'rebound', 'asked']) expect(await ledger.get(id)).toBeNull();
    expect(calls()).toBe(1);
  });
});
