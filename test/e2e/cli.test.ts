import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { main } from '../../cli/main.ts';
import { awsServices } from '../../client/aws-services.ts';
import { createClient } from '../../client/create-client.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { createAwsClients } from '../../shared/aws/clients.ts';
import { messageFor } from '../../shared/job/message.ts';

const MKTQ = new URL('../../cli/mktq.ts', import.meta.url).pathname;

let dir: string;
let local: ChildProcess;
let stack: StackFile;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [MKTQ, ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', MKTQ_DATA: 'data', ...env },
  });
}

async function mktq(args: readonly string[], stdin = ''): Promise<Ran> {
  const child = start(args);
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdin?.end(stdin);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

const json = ({ out }: Ran) => JSON.parse(out);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-cli-'));
  local = start(['local', '--json'], { MARKETO_DAILY_QUOTA: '321' });
  let first = '';
  local.stdout?.on('data', (chunk: Buffer) => {
    first += chunk.toString();
  });
  await vi.waitFor(() => expect(first).toContain('\n'), { timeout: 25_000 });
  stack = JSON.parse(first);
});

afterAll(async () => {
  const ended = new Promise((resolve) => local.once('close', resolve));
  local.kill('SIGTERM');
  await ended;
  rmSync(dir, { recursive: true, force: true });
});

describe('the command line on a running stack', () => {
  // First: nobody has asked for the fields of the instance yet.
  test('spends a call at most on a file whose header is wrong, and none once the fields are known', async () => {
    const spent = async (): Promise<number> => {
      const reply = await fetch(new URL('/_simulator', stack.marketo.rest ?? ''));
      return JSON.parse(await reply.text()).quota.spent;
    };
    const rows = Array.from({ length: 2_000 }, (_, i) =>
      i % 500 === 3 ? 'NULL,Ann' : i === 40 ? '"one, cell"' : `lead-${i}@example.com,"Ann, ${i}"`,
    );
    const write = (most: number): void =>
      writeFileSync(join(dir, 'messy.csv'), ['Email,Frist Name', ...rows.slice(0, most)].join('\r\n'));
    const send = (...words: readonly string[]) =>
      mktq(['enqueue', 'syncLead', '--csv', 'messy.csv', '--key', 'Email', ...words]);
    write(2_000);

    const unknown = await send('--batch', 'messy');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('stopped: 10 of the first 10 jobs died of what the rest would die of');
    expect(await spent()).toBeLessThanOrEqual(1);
    const [discard = ''] = /(?<=npx mktq )dlq discard --cause [0-9a-f]{12}/.exec(unknown.err) ?? [];
    expect((await mktq([...discard.split(' '), '--reason', 'sent anew'])).code).toBe(0);

    const before = await spent();
    const known = await send('--batch', 'messy-2');
    expect(known.code).toBe(1);
    expect(known.err).toContain('no lead field is named "Frist Name"; near it are FirstName');
    writeFileSync(join(dir, 'map.json'), '{"Frist Name":"FirstName"}');
    const rehearsed = await send('--batch', 'messy-2', '--map', 'map.json', '--dry-run', '--json');
    expect(JSON.parse(rehearsed.out.trim().split('\n').at(-1) ?? '')).toMatchObject({
      dryRun: { rows: 2_000, jobs: 1_995, known: 0, refused: 5, calls: 7, quota: 321 },
    });
    expect(await spent()).toBe(before);
    write(500);
    const mended = await send('--batch', 'messy-2', '--map', 'map.json');
    expect(mended.out).toContain('498 jobs enqueued, 2 refused');
    expect(mended.err).not.toContain('--canary');
    expect((await mktq(['batch', 'wait', 'messy-2'])).code).toBe(0);
  }, 60_000);

  test('runs a CSV to its end, and a second time sends nothing', async () => {
    const csv = join(dir, 'leads.csv');
    writeFileSync(csv, 'Email,FirstName\nann@example.com,Ann\nbroken\nbo@example.com,"Bo\nB"\n');
    const args = ['enqueue', 'syncLead', '--csv', csv, '--key', 'Email', '--batch', 'import'];
    const run = await mktq([...args, '--json', '--wait']);
    const [refused, ...ended] = run.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(refused).toEqual({ line: 3, error: expect.any(String) });
    // In the order in which they ended, which is theirs.
    expect(ended.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      expect.objectContaining({ id: 'import-2', state: 'completed', result: expect.anything() }),
      expect.objectContaining({ id: 'import-4', state: 'completed', result: expect.anything() }),
    ]);
    expect(run.code).toBe(1);
    expect(json(await mktq(['batch', 'show', 'import', '--json']))).toEqual({
      batch: 'import',
      total: 2,
      completed: 2,
      deadLettered: 0,
      cancelled: 0,
      waiting: 0,
    });
    expect((await mktq(args)).out).toContain('0 jobs enqueued, 2 had been before');
    const job = json(await mktq(['jobs', 'show', 'import-4', '--json']));
    expect(job).toMatchObject({
      state: 'completed',
      waiting: null,
      attempts: [{ class: null, httpStatus: 200 }],
    });
    expect(JSON.stringify(job.result)).toContain('leadId');
  });

  test('takes a file back whose failed rows were corrected in a spreadsheet, and leaves the others alone', async () => {
    const [original, failed, corrected] = ['people.csv', 'failed.csv', 'corrected.csv'].map((name) =>
      join(dir, name),
    ) as [string, string, string];
    // Nobody has the ids of the lines 3, 6 and 9.
    const rows = Array.from(
      { length: 10 },
      (_, i) => `p${i + 2}@example.com,${i % 3 === 1 ? 9e6 + i : ''},"A, ${i}"`,
    );
    writeFileSync(original, ['Email,Id,FirstName', ...rows, ''].join('\n'));
    const enqueue = (csv: string) =>
      mktq(['enqueue', 'syncLead', '--csv', csv, '--key', 'Email', '--batch', 'people', '--wait']);
    expect((await enqueue(original)).out).toContain('7 jobs completed, 3 dead-lettered');
    const results = async () =>
      (await mktq(['batch', 'results', 'people', '--csv', original])).out.split('\n');
    const before = await results();

    const { out } = await mktq(['batch', 'failures', 'people', '--csv', original]);
    writeFileSync(failed, out);
    const [header, three, six, nine] = out
      .trim()
      .split('\n')
      .map((line) => line.split(',').slice(0, 3));
    expect([header, three, six, nine].map((cells) => cells?.[0])).toEqual([
      'mktq:id',
      'people-3',
      'people-6',
      'people-9',
    ]);
    // Sorted, one removed, columns moved, saved as spreadsheets do.
    const kept = [nine, three].map((cells) => `"x",${cells?.[1]},,"Ann ""A""",${cells?.[0]}\r\n`);
    writeFileSync(corrected, `\ufeffmktq:reason,Email,Id,FirstName,mktq:id\r\n${kept.join('')},,,,\r\n`);
    const run = await enqueue(corrected);
    expect(run.out).toContain('0 jobs enqueued, 2 redriven\n');
    expect(run.out).toContain('2 jobs completed, 0 dead-lettered');
    expect(run.code).toBe(0);

    const after = await results();
    const changed = after.filter((line, i) => line !== before[i]).map((line) => line.split(','));
    expect(changed.map((cells) => [cells[0], cells.at(-2)])).toEqual([
      ['people-3', 'CREATED'],
      ['people-9', 'CREATED'],
    ]);
    // Its row was left out, so it is as open as it was.
    const discard = await mktq(['dlq', 'discard', 'people-6', '--reason', 'left out', '--json']);
    expect(json(discard)).toMatchObject({ discarded: 1 });
  });

  test('dead-letters what Marketo does not know, and shows it in the status', async () => {
    const params = '{"leadKey":{"keyType":"EMAIL","keyValue":"nobody@example.com"}}';
    const run = await mktq(['enqueue', 'getLead', '-', '--id', 'doomed', '--wait'], params);
    expect(run.code).toBe(1);
    expect(run.err).toContain('mktq dlq show doomed');
    const status = await mktq(['status']);
    expect(status.code).toBe(0);
    expect(status.out).toContain('getLead    not-found 1004');
    // The quota is the one the stack was started with, not the one of this shell.
    expect(json(await mktq(['status', '--json']))).toMatchObject({
      budget: { limit: 321, hold: null },
      queue: { inFlight: 0 },
      deadLetters: { open: 1 },
    });
  });

  test('lists letters in the width that the terminal has then', async () => {
    let looks = 0;
    const written: string[] = [];
    const stdout = {
      on: () => stdout,
      write: (text: string) => written.push(text) > 0,
      isTTY: true,
      // Somebody makes the window smaller once the command has begun.
      get columns() {
        looks += 1;
        return looks === 1 ? 200 : 70;
      },
    };
    const argv = ['node', 'mktq', 'dlq', 'list', '--data', join(dir, 'data')];
    const own = { argv, stdout, stderr: process.stderr, env: {} };
    expect(await main(Object.create(process, Object.getOwnPropertyDescriptors(own)))).toBe(0);
    expect(written.join('')).toContain('doomed');
    expect(written.join('')).not.toContain('OPERATION');
  });

  test('repairs letters with one wrong column by one command, which shows it first and waits for the ends', async () => {
    const rows = ['a', 'b', 'c', 'd'].map(
      (name, nth) => `${name}@example.com,${nth === 3 ? '' : 'red'},${name}`,
    );
    const csv = join(dir, 'colours.csv');
    writeFileSync(csv, ['Email,Shoe colour,FirstName', ...rows].join('\n'));
    const file = ['--csv', csv, '--key', 'Email', '--batch', 'colours', '--no-header-check'];
    const run = await mktq(['enqueue', 'syncLead', ...file, '--wait']);
    expect(run.out).toContain('1 job completed, 3 dead-lettered');
    const redrive = ['dlq', 'redrive', '--batch', 'colours', '--rename', 'Shoe colour=LastName'];
    const shown = await mktq([...redrive, '--dry-run']);
    expect(shown.out.match(/- "Shoe colour"\n {2}\+ "LastName"/g)).toHaveLength(3);
    expect(shown.out).toContain('Nothing was sent.');
    const repaired = await mktq([...redrive, '--wait', '--json']);
    expect(json(repaired)).toMatchObject({
      selected: 3,
      redriven: 3,
      ended: { completed: 3, deadLettered: 0 },
    });
    expect(repaired.code).toBe(0);
    const letter = json(await mktq(['dlq', 'show', 'colours-2', '--json']));
    expect(letter.actions).toEqual([
      { action: 'edited-redrive', at: expect.any(String), by: userInfo().username },
    ]);
  });

  test('ends what comes of a cancelled batch without a call, and refuses more of it', async () => {
    const enqueue = () => mktq(['enqueue', 'getTags', '--batch', 'wrong', '--wait']);
    expect((await enqueue()).code).toBe(0);
    expect((await mktq(['batch', 'cancel', 'wrong'])).out).toContain('none of it waits any more');
    const clients = createAwsClients(awsServices(stack.region, { sqs: stack.sqs, dynamodb: stack.dynamodb }));
    try {
      let sent = 0;
      // A worker that has just looked at the batch may run some more of it.
      await vi.waitFor(
        async () => {
          sent += 1;
          const id = `late-${sent}`;
          const message = messageFor({ version: 1, id, operation: 'getTags', params: {}, batch: 'wrong' });
          await clients.sqs.send(
            new SendMessageCommand({
              QueueUrl: stack.jobsQueueUrl,
              MessageBody: message.body,
              MessageGroupId: message.groupId,
              MessageDeduplicationId: message.deduplicationId,
            }),
          );
          const shown = () => mktq(['jobs', 'show', id, '--json']);
          await vi.waitFor(
            async () => expect(json(await shown()).state).toMatch(/completed|cancelled/),
            10_000,
          );
          expect(json(await shown())).toMatchObject({ state: 'cancelled', attempts: [] });
        },
        { timeout: 25_000, interval: 500 },
      );
    } finally {
      clients.destroy();
    }
    expect(json(await mktq(['batch', 'show', 'wrong', '--json']))).toMatchObject({
      cancelled: 1,
      waiting: 0,
    });
    const again = await enqueue();
    expect(again.code).toBe(1);
    expect(again.err).toContain('the batch wrong was cancelled');
  }, 120_000);

  test('takes jobs from the library, typed and in order', async () => {
    const client = createClient({
      jobsQueueUrl: stack.jobsQueueUrl,
      table: stack.table,
      endpoint: { sqs: stack.sqs, dynamodb: stack.dynamodb },
    });
    try {
      const lead = { leadRecord: { Email: 'lib@example.com' }, returnLead: false };
      const { id, sent } = await client.enqueue({ operation: 'syncLead', params: lead });
      expect(sent).toBe(true);
      const results = await Array.fromAsync(
        client.enqueueAll([
          { operation: 'syncLead', params: lead, id: 'lib-1' },
          { operation: 'getTags', params: {}, id: 'lib-2', epoch: 1 } as never,
        ]),
      );
      expect(results).toMatchObject([
        { index: 0, id: 'lib-1' },
        { index: 1, error: expect.stringContaining('epoch') },
      ]);
      expect(await client.enqueue({ operation: 'syncLead', params: lead, id: 'lib-1' })).toEqual({
        id: 'lib-1',
        sent: false,
      });
      await expect(
        client.enqueue({ operation: 'syncLead', params: { ...lead, returnLead: true }, id: 'lib-1' }),
      ).rejects.toThrow('another id');
      const jobs = json(await mktq(['jobs', 'list', '--lead', 'lib@example.com', '--json']));
      expect(jobs.map((job: { id: string }) => job.id)).toEqual(['lib-1', id]);
    } finally {
      client.close();
    }
  });

  test('tells the library what became of its jobs, alone and as a batch, and the command line the same', async () => {
    const client = createClient({
      jobsQueueUrl: stack.jobsQueueUrl,
      table: stack.table,
      endpoint: { sqs: stack.sqs, dynamodb: stack.dynamodb },
    });
    try {
      const params = { leadRecord: { Email: 'answer@example.com' }, returnLead: false } as const;
      const written = await client.enqueueAndWait({
        operation: 'syncLead',
        params,
        id: 'answer',
        batch: 'told',
      });
      if (written.kind !== 'completed') throw new Error(`it is ${written.kind}`);
      expect(written.result?.result.syncStatus.status).toBe('CREATED');
      const nobody = { leadKey: { keyType: 'EMAIL', keyValue: 'never@example.com' } } as const;
      const later = new Date(Date.now() + 1_000);
      const died = await client.enqueueAndWait({
        operation: 'getLead',
        params: nobody,
        id: 'died',
        batch: 'told',
        notBefore: later,
      });
      expect(died).toMatchObject({ kind: 'dead-lettered', code: 1004, letterId: 'died' });
      expect(await client.result('nobody', { timeoutMs: 300 })).toMatchObject({ pending: 'unknown' });
      await expect(client.result('nobody', { signal: AbortSignal.timeout(300) })).rejects.toThrow('timeout');
      expect((await client.job('answer'))?.state).toBe('completed');
      const batch = client.batch('told');
      expect(await batch.wait()).toMatchObject({ kind: 'ended', completed: 1, deadLettered: 1 });
      const [results, failures] = await Promise.all([
        Array.fromAsync(batch.results()),
        Array.fromAsync(batch.failures()),
      ]);
      expect(results).toEqual([written]);
      expect(failures).toEqual([died]);
      expect(json(await mktq(['batch', 'results', 'told', '--json']))).toEqual(written);
      expect(json(await mktq(['batch', 'failures', 'told', '--json']))).toEqual(died);
      const waited = await mktq(['batch', 'wait', 'told', '--timeout', '1m']);
      expect(waited.code).toBe(1);
      expect(json(await mktq(['batch', 'list', '--json']))).toContainEqual(
        expect.objectContaining({ batch: 'told', total: 2, waiting: 0 }),
      );
    } finally {
      client.close();
    }
  });

  // Last: a warden that comes round while it is paused keeps the worker from its queue for a minute.
  test('holds every job while paused and says so, and runs them when resumed', async () => {
    await mktq(['pause']);
    const enqueued = json(await mktq(['enqueue', 'getTags', '--json']));
    const shown = json(await mktq(['jobs', 'show', enqueued.id, '--json']));
    expect(shown).toMatchObject({ state: 'waiting', waiting: { reason: 'operator', until: null } });
    expect((await mktq(['resume'])).code).toBe(0);
    expect(json(await mktq(['status', '--json'])).budget.hold).toBeNull();
  });
});

describe('the exit code', () => {
  test.each([
    [['nonsense'], 2],
    [['status', '--nonsense'], 2],
    [['jobs', 'list', '--state', 'nonsense'], 2],
    [['enqueue', 'synclead', '-'], 2],
    [['--help'], 0],
    [['jobs', 'show', 'nobody'], 1],
    [['batch', 'show', 'nobody'], 1],
    [['enqueue', 'getTags', 'no-such-file'], 1],
    [['status', '--data', 'nowhere'], 1],
  ])('of %j is %d, with words on stderr and nothing on stdout', async (args, code) => {
    const run = await mktq(args);
    expect(run.code).toBe(code);
    if (code === 0) return;
    expect(run.out).toBe('');
    expect(run.err.trim()).not.toBe('');
    expect(run.err).not.toContain('    at ');
  });

  test('says how to start a stack where none runs', async () => {
    const run = await mktq(['jobs', 'list', '--data', 'nowhere']);
    expect(run.err).toMatch(
      /^mktq: no stack is running on .*; start one with: npx mktq local --data \/.*nowhere\n$/,
    );
  });

  test('is 0 when the reader of stdout goes away', async () => {
    const child = start(['jobs', 'list', '--json']);
    child.stdout?.destroy();
    let err = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(err).toBe('');
  });
});
