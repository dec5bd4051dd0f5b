import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect } from '../../cli/connect.ts';
import type { Connection } from '../../cli/connection.ts';
import { readStack } from '../../local/stack-file.ts';
import { countEntries } from '../../shared/ledger/outcomes.ts';

const MKTQ = new URL('../../cli/mktq.ts', import.meta.url).pathname;

let dataDir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-stop-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly errors: () => string;
  readonly ended: Promise<number | null>;
}

function mktq(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Run {
  const child = spawn(process.execPath, [MKTQ, '--data', dataDir, ...args], {
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  children.push(child);
  child.stdin?.end(input);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return { child, errors: () => errors, ended: new Promise((resolve) => child.once('close', resolve)) };
}

const until = <T>(condition: () => T | Promise<T>) =>
  vi.waitFor(condition, { timeout: 25_000, interval: 50 });

async function start(env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const run = mktq(['local'], env);
  await until(() => expect(existsSync(join(dataDir, 'stack.json'))).toBe(true));
  return run;
}

/** Answers how long the process took to end, in ms, and its exit code. */
async function stop(
  { child, ended }: Run,
  signal: 'SIGINT' | 'SIGTERM',
): Promise<readonly [number, number | null]> {
  const at = Date.now();
  child.kill(signal);
  const code = await ended;
  return [Date.now() - at, code];
}

async function connected<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect({ dataDir, stack: undefined, env: {} });
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** A call takes so long that a stop meets it under way. */
async function slow(operation: string, delayMs: number): Promise<void> {
  const { soap } = (await readStack(dataDir))?.marketo ?? { soap: '' };
  const body = JSON.stringify([{ match: { operation }, times: 'always', delayMs }]);
  const reply = await fetch(new URL('/_simulator/script', soap), { method: 'POST', body });
  expect(reply.status).toBe(200);
}

interface Books {
  readonly arrived: number;
  readonly replied: number;
  readonly arrivedByOperation: Readonly<Record<string, number>>;
}

async function books(): Promise<Books> {
  const { soap } = (await readStack(dataDir))?.marketo ?? { soap: '' };
  const reply = await fetch(new URL('/_simulator/witness', soap));
  return (await reply.json()) as Books;
}

const arrivals = async (operation: string): Promise<number> =>
  (await books()).arrivedByOperation[operation] ?? 0;

/** Until nothing is at Marketo, and nothing goes there: the calls of the window are spent. */
const spent = () =>
  until(async () => {
    const { arrived } = await books();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const later = await books();
    expect(later.arrived).toBe(arrived);
    expect(later.replied).toBe(arrived);
  });

const LEAD = '{"leadRecord":{"Email":"lead@example.com"},"returnLead":false}';

/** A campaign of the simulator's seed. */
const CAMPAIGN = JSON.stringify({
  source: 'MKTOWS',
  campaignId: 1001,
  leadList: { leadKey: [{ keyType: 'EMAIL', keyValue: 'ann@example.com' }] },
});
/** What the simulator calls the requests of a syncLead and a requestCampaign. */
const SYNC = 'POST leads.json';
const TRIGGER = 'POST campaigns/{id}/trigger.json';
const ENDS_AT_ONCE_MS = 2_000;

describe('mktq local, asked to end', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends within two seconds of %s when it has nothing to do',
    async (signal) => {
      const run = await start();
      const [tookMs, code] = await stop(run, signal);
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(ENDS_AT_ONCE_MS);
      expect(run.errors()).toBe('');
    },
  );

  test('hands back what waits for the rate, so that no number of restarts makes poison of a job', async () => {
    // Three calls a window: the rest waits for its permit, a short wait in the worker's own time.
    const env = { MARKETO_RATE_LIMIT: '3' };
    let run = await start(env);
    // No two of these share a call.
    const reads = '{"source":"MKTOWS"}\n'.repeat(12);
    const enqueued = mktq(['enqueue', 'getCampaignsForSource', '-', '--batch', 'b'], {}, reads);
    expect(await enqueued.ended).toBe(0);
    for (let restarts = 0; restarts < 6; restarts += 1) {
      await until(() =>
        connected(async ({ ledger }) => {
          const rows = await Array.fromAsync(ledger.scan());
          expect(rows.filter(({ state }) => state.kind === 'running').length).toBeGreaterThan(3);
        }),
      );
      await spent();
      const [tookMs, code] = await stop(run, 'SIGTERM');
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(ENDS_AT_ONCE_MS);
      expect(run.errors()).toBe('');
      run = await start(env);
    }
    // Without waiting for the rate any more.
    await stop(run, 'SIGTERM');
    run = await start({ MARKETO_RATE_LIMIT: '10000' });
    await until(() =>
      connected(async ({ ledger, archive }) => {
        expect(await countEntries('b', ledger.ofBatch('b'))).toEqual({
          total: 12,
          completed: 12,
          deadLettered: 0,
          cancelled: 0,
        });
        expect(await Array.fromAsync(archive.summaries(['open']))).toEqual([]);
      }),
    );
    expect(await arrivals('GET campaigns.json')).toBe(12);
  }, 90_000);

  test('lets a campaign that is under way end, says for what it waits, and leaves no letter', async () => {
    let run = await start();
    const ann = '{"leadRecord":{"Email":"ann@example.com"},"returnLead":false}';
    expect(await mktq(['enqueue', 'syncLead', '-', '--wait'], {}, ann).ended).toBe(0);
    await slow(TRIGGER, 5_000);
    expect(await mktq(['enqueue', 'requestCampaign', '-', '--id', 'c1'], {}, CAMPAIGN).ended).toBe(0);
    await until(async () => expect(await arrivals(TRIGGER)).toBe(1));
    const [tookMs, code] = await stop(run, 'SIGINT');
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThan(2_000);
    expect(tookMs).toBeLessThan(8_000);
    expect(run.errors()).toBe(
      'mktq: 1 call is at Marketo and gets ten seconds to end; stop again to end now\n',
    );
    run = await start();
    await connected(async ({ ledger, archive }) => {
      expect((await ledger.get('c1'))?.state.kind).toBe('completed');
      expect(await Array.fromAsync(archive.summaries(['open']))).toEqual([]);
    });
    expect(await arrivals(TRIGGER)).toBe(1);
  }, 60_000);

  test('ends now at the second signal, whatever is under way', async () => {
    const run = await start();
    await slow(SYNC, 60_000);
    expect(await mktq(['enqueue', 'syncLead', '-'], {}, LEAD).ended).toBe(0);
    await until(async () => expect(await arrivals(SYNC)).toBe(1));
    run.child.kill('SIGINT');
    await until(() => expect(run.errors()).toContain('1 call is at Marketo'));
    const [tookMs, code] = await stop(run, 'SIGINT');
    expect(code).toBe(1);
    expect(tookMs).toBeLessThan(1_000);
    // The lock went with the process: the next start needs nobody's help.
    expect(readFileSync(join(dataDir, 'lock.json'), 'utf8')).toContain('"pid"');
    await start();
  });

  test('gives a call no more than its ten seconds', async () => {
    const run = await start();
    await slow(SYNC, 60_000);
    expect(await mktq(['enqueue', 'syncLead', '-'], {}, LEAD).ended).toBe(0);
    await until(async () => expect(await arrivals(SYNC)).toBe(1));
    const [tookMs, code] = await stop(run, 'SIGTERM');
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThan(9_000);
    expect(tookMs).toBeLessThan(13_000);
    expect(run.errors()).toContain('1 running batch was cut off');
  });
});
