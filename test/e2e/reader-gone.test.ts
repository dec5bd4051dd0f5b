import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const MKTQ = new URL('../../cli/mktq.ts', import.meta.url).pathname;
const ROWS = 400;
/** So many are at Marketo at once, within its rate: to wait for them takes no window. */
const FEW = 60;

let dir: string;
let local: ChildProcess;

const start = (args: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess =>
  spawn(process.execPath, [MKTQ, ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', MKTQ_DATA: 'data' },
    stdio: ['pipe', stdout, 'pipe'],
  });

/** Waits for the end; `stderr` is what was read of it. */
async function ended(child: ChildProcess): Promise<{ code: number | null; err: string }> {
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return { code: await new Promise((resolve) => child.once('close', resolve)), err };
}

/** Closes the stream as `head -1` does: after the first piece. */
const readOnce = (child: ChildProcess, name: 'stdout' | 'stderr'): void => {
  child[name]?.once('data', () => child[name]?.destroy());
};

async function totalOf(batch: string): Promise<number> {
  const child = start(['batch', 'show', batch, '--json']);
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  await ended(child);
  return JSON.parse(out).total;
}

const lead = (i: number): string =>
  JSON.stringify({
    operation: 'syncLead',
    params: { leadRecord: { Email: `pipe${i}@example.com` }, returnLead: false },
  });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mktq-gone-'));
  const rows = Array.from({ length: ROWS }, (_, i) => lead(i));
  writeFileSync(join(dir, 'good.ndjson'), `${rows.join('\n')}\n`);
  writeFileSync(join(dir, 'few.ndjson'), `${rows.slice(0, FEW).join('\n')}\n`);
  writeFileSync(join(dir, 'mixed.ndjson'), `${rows.flatMap((row) => ['{}', row]).join('\n')}\n`);
  local = start(['local', '--json']);
  // Its reader goes away, too, and it must go on serving.
  readOnce(local, 'stdout');
  await vi.waitFor(() => expect(local.stdout?.destroyed).toBe(true), { timeout: 25_000 });
}, 30_000);

afterAll(async () => {
  const gone = new Promise((resolve) => local.once('close', resolve));
  local.kill('SIGTERM');
  await gone;
  rmSync(dir, { recursive: true, force: true });
});

describe('a command that changes something', () => {
  test.each([
    ['with --wait', ['--wait'], 'few.ndjson', FEW, 'completed'],
    ['with --json', ['--json'], 'good.ndjson', ROWS, 'enqueued'],
  ])(
    'sends every row though the reader of stdout goes away after one, %s',
    async (_, words, file, rows, became) => {
      const batch = `of-${rows}`;
      const child = start(['enqueue', '--jobs', file, '--batch', batch, ...words]);
      readOnce(child, 'stdout');
      const { code, err } = await ended(child);
      expect(err).toContain('went away');
      expect(err).toContain(`${rows} jobs ${became}`);
      expect(code).toBe(0);
      expect(await totalOf(batch)).toBe(rows);
    },
    60_000,
  );

  test('sends every row though the reader of the refusals goes away', async () => {
    const child = start(['enqueue', '--jobs', 'mixed.ndjson', '--batch', 'three']);
    child.stdout?.resume();
    readOnce(child, 'stderr');
    expect((await ended(child)).code).toBe(1);
    expect(await totalOf('three')).toBe(ROWS);
  }, 60_000);

  test('sends every row though the disk of its output is full, and says so without a stack trace', async () => {
    const full = openSync('/dev/full', 'w');
    const { code, err } = await ended(
      start(['enqueue', '--jobs', 'good.ndjson', '--batch', 'four', '--json'], full),
    );
    closeSync(full);
    expect(err).toContain('no space left on device');
    expect(err).not.toContain('    at ');
    expect(code).toBe(0);
    expect(await totalOf('four')).toBe(ROWS);
  }, 60_000);

  test('says at Ctrl-C how many were sent and how to go on, and what is said is so', async () => {
    const child = start(['enqueue', '--jobs', '-', '--batch', 'five']);
    child.stdout?.resume();
    child.stdin?.write(`${Array.from({ length: 60 }, (_, i) => lead(i)).join('\n')}\n`);
    const done = ended(child);
    await vi.waitFor(async () => expect(await totalOf('five').catch(() => 0)).toBeGreaterThan(0), {
      timeout: 20_000,
      interval: 300,
    });
    child.kill('SIGINT');
    const { code, err } = await done;
    const sent = Number(/stopped after line \d+: (\d+) jobs? sent/.exec(err)?.[1]);
    expect(code).toBe(1);
    expect(sent).toBe(await totalOf('five'));
    expect(err).toContain('the same command again');
  }, 60_000);
});

describe('a command that only prints', () => {
  test('stops quietly with 0 when its reader goes away', async () => {
    const child = start(['jobs', 'list', '--json']);
    child.stdout?.destroy();
    expect(await ended(child)).toEqual({ code: 0, err: '' });
  });

  test('prints on though the reader of stderr goes away', async () => {
    const child = start(['check', 'mixed.ndjson']);
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    readOnce(child, 'stderr');
    expect((await ended(child)).code).toBe(1);
    expect(out).toContain(`${ROWS} invalid`);
  }, 30_000);

  test('fails with words when what it prints cannot be kept', async () => {
    const full = openSync('/dev/full', 'w');
    const { code, err } = await ended(start(['jobs', 'list', '--json'], full));
    closeSync(full);
    expect(code).toBe(1);
    expect(err).toMatch(/^mktq: .*no space left on device/);
    expect(err).not.toContain('    at ');
  });
});
