import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const MKTQ = new URL('../../cli/mktq.ts', import.meta.url).pathname;
const LEAD = '{"leadRecord":{"Email":"ann@example.com"},"returnLead":false}';

let above: string;
let dataDir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'mktq-directory-'));
  dataDir = join(above, 'data');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(above, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly errors: () => string;
  readonly ended: Promise<number | null>;
}

/** Through a shell, whose limits and mask the command inherits. */
function mktq(words: string, shell = '', as: { uid?: number } = {}, input = ''): Run {
  const line = `${shell} exec "${process.execPath}" "${MKTQ}" --data "${dataDir}" ${words}`;
  const child = spawn('/bin/sh', ['-c', line], { env: {}, stdio: ['pipe', 'ignore', 'pipe'], ...as });
  children.push(child);
  child.stdin?.end(input);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return { child, errors: () => errors, ended: new Promise((resolve) => child.once('close', resolve)) };
}

const ready = (): Promise<void> =>
  vi.waitFor(() => expect(existsSync(join(dataDir, 'stack.json'))).toBe(true), { timeout: 20_000 });

/** What anybody but the owner may do, by path. */
function openToOthers(path: string): readonly string[] {
  const { mode } = statSync(path);
  const below = statSync(path).isDirectory() ? readdirSync(path) : [];
  return [
    ...((mode & 0o077) === 0 ? [] : [`${path} ${(mode & 0o777).toString(8)}`]),
    ...below.flatMap((name) => openToOthers(join(path, name))),
  ];
}

describe('the data directory of mktq local', () => {
  test('and everything in it is this user’s alone, whatever mask the shell has', async () => {
    const stack = mktq('local', 'umask 000;');
    await ready();
    const enqueued = mktq('enqueue syncLead - --wait', '', {}, LEAD);
    expect(await enqueued.ended).toBe(0);
    expect(readdirSync(dataDir).toSorted()).toEqual(
      expect.arrayContaining(['dynamodb', 'lock.json', 'lock.sqlite', 'settings.json', 'simulator', 'sqs']),
    );
    expect(openToOthers(dataDir)).toEqual([]);
    stack.child.kill('SIGTERM');
    expect(await stack.ended).toBe(0);
    expect(openToOthers(dataDir)).toEqual([]);
  });

  test('keeps its rights if somebody else has made it, and what we put in it is ours alone', async () => {
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o755);
    const stack = mktq('local', 'umask 000;');
    await ready();
    expect(openToOthers(dataDir)).toEqual([`${dataDir} 755`]);
    stack.child.kill('SIGTERM');
    expect(await stack.ended).toBe(0);
  });

  test('is refused while a stack runs on it whose lock file somebody has removed, and that one goes on', async () => {
    const first = mktq('local');
    await ready();
    rmSync(join(dataDir, 'lock.sqlite'));
    const second = mktq('local');
    expect(await second.ended).toBe(1);
    expect(second.errors()).toMatch(
      /^mktq: .* is in use by process \d+: stop it first, or choose another directory with --data\n$/,
    );
    expect(await mktq('enqueue syncLead - --wait', '', {}, LEAD).ended).toBe(0);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.errors()).toBe('');
  });

  test.each([
    ['itself', ''],
    ['of the table', 'dynamodb'],
    ['of the queue', 'sqs'],
  ])('%s is one line when nobody may write to it', async (_which, name) => {
    const path = join(dataDir, name);
    mkdirSync(path, { recursive: true });
    // To root every directory can be written: the stack runs as somebody else then.
    chmodSync(above, 0o755);
    chmodSync(dataDir, 0o777);
    chmodSync(path, 0o555);
    const run = mktq('local', '', process.getuid?.() === 0 ? { uid: 65_534 } : {});
    expect(await run.ended).toBe(1);
    expect(run.errors()).toBe(
      `mktq: ${dataDir} cannot be written: give this user the right to, or choose another directory with --data\n`,
    );
  });

  test.each([24, 28, 40, 100])('is not touched by a process that may open %i files', async (files) => {
    const run = mktq('local', `ulimit -n ${files};`);
    expect(await run.ended).toBe(1);
    expect(run.errors()).toBe(
      'mktq: this process may open too few files at once: raise the limit (ulimit -n 1024) and start again\n',
    );
    expect(existsSync(dataDir)).toBe(false);
  });
});
