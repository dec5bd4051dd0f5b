import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../local/dynamo-server.ts';
import { type LocalStack, startLocal } from '../../local/start-local.ts';
import { createAdapters } from '../../shared/aws/adapters.ts';
import { createAwsClients } from '../../shared/aws/clients.ts';
import { DEFAULT_ACCOUNT } from '../../shared/config/names.ts';
import { systemClock, systemSleep } from '../../shared/kernel/clock.ts';
import { systemRandom } from '../../shared/kernel/random.ts';
import { fenced, textOf } from '../support/documents.ts';
import { pythonWith } from './python.ts';

const [SENDER = ''] = fenced(textOf('docs/senders.md'), 'python');
/** Every group a message's own, as a sender has it who has not read the page. */
const CARELESS = SENDER.replace('sha256(ordering_key(job))', 'job["id"]');
const SOON = { timeout: 60_000, interval: 200 };

let scratch: string;
let python: string;
let local: LocalStack;

beforeAll(async () => {
  python = pythonWith('sender-requirements.txt');
  scratch = mkdtempSync(join(tmpdir(), 'mktq-senders-'));
  local = await startLocal({
    dataDir: join(scratch, 'stack'),
    env: { MARKETO_RATE_LIMIT: '1000' },
    simulator: { latency: { minMs: 20, maxMs: 60 } },
  });
});
afterAll(async () => {
  await local?.stop(0);
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs a sender as the page says, with a job a line on its stdin. */
function send(program: string, jobs: readonly object[]): Promise<string> {
  const file = join(scratch, 'sender.py');
  writeFileSync(file, program);
  const { jobsQueueUrl, sqs, region } = local.stack;
  const env = {
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: scratch,
  };
  return new Promise((resolve, reject) => {
    const child = execFile(python, [file, jobsQueueUrl, sqs], { env }, (error, _out, err) =>
      error === null ? resolve(err) : reject(new Error(err)),
    );
    child.stdin?.end(jobs.map((job) => `${JSON.stringify(job)}\n`).join(''));
  });
}

const write = (id: string, email: string, value: string) => ({
  version: 1,
  id,
  operation: 'syncLead',
  params: {
    leadRecord: {
      Email: email,
      leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: value }] },
    },
    returnLead: false,
  },
});

const writes = (name: string, email: string) =>
  Array.from({ length: 40 }, (_, nth) => write(`${name}-${nth}`, email, `value ${nth}`));

function adapters() {
  const { stack } = local;
  const at = { region: stack.region, credentials: LOCAL_CREDENTIALS };
  return createAdapters({
    clients: createAwsClients({
      sqs: { ...at, endpoint: stack.sqs },
      dynamodb: { ...at, endpoint: stack.dynamodb },
    }),
    table: stack.table,
    jobsQueueUrl: stack.jobsQueueUrl,
    deadLetterQueueUrl: stack.deadLetterQueueUrl,
    account: DEFAULT_ACCOUNT,
    clock: systemClock,
    random: systemRandom,
    sleep: systemSleep,
  });
}

/** When each job's call began and ended, once all have completed. */
async function callsOf(jobs: readonly { readonly id: string }[]) {
  const { ledger } = adapters();
  return vi.waitFor(async () => {
    const rows = await Promise.all(jobs.map(({ id }) => ledger.get(id)));
    expect(rows.filter((row) => row?.state.kind === 'completed')).toHaveLength(jobs.length);
    return rows.flatMap((row) => row?.attempts ?? []).map(({ at, durationMs }) => [at, at + durationMs]);
  }, SOON);
}

const leadsOf = (address: string) =>
  [...(local.simulator?.instance().leads.values() ?? [])].filter(({ email }) => email === address);

const inOrder = (times: readonly (readonly number[])[]): boolean =>
  times.flat().every((at, index, all) => index === 0 || at >= (all[index - 1] ?? 0));

describe('the sender in Python of docs/senders.md', () => {
  test('has the writes of a lead reach Marketo in their order', async () => {
    const jobs = writes('ordered', 'ann@example.com');
    expect(await send(SENDER, jobs)).toBe('');
    expect(inOrder(await callsOf(jobs))).toBe(true);
    const leads = leadsOf('ann@example.com').map(({ attributes }) => [...attributes.values()]);
    expect(leads).toEqual([['value 39']]);
    expect(await adapters().foreignGroups.get()).toBeNull();
  });

  test('makes a send that is repeated harmless', async () => {
    const job = write('repeated', 'bob@example.com', 'once');
    await send(SENDER, [job, job]);
    await send(SENDER, [job]);
    expect(await callsOf([job])).toHaveLength(1);
    expect(await adapters().archive.get('repeated')).toBeNull();
    expect(leadsOf('bob@example.com')).toHaveLength(1);
  });

  test('with groups of its own loses no job, has no two calls of the lead at once, and is told of', async () => {
    const jobs = writes('careless', 'cid@example.com');
    await send(CARELESS, jobs);
    const times = (await callsOf(jobs)).toSorted(([a = 0], [b = 0]) => a - b);
    expect(inOrder(times)).toBe(true);
    expect(leadsOf('cid@example.com')).toHaveLength(1);
    const told = await adapters().foreignGroups.get();
    expect(told?.groups).toContainEqual({ name: 'careless-0', jobId: 'careless-0' });
    expect(told?.jobs).toBeGreaterThanOrEqual(32);
  });
});
