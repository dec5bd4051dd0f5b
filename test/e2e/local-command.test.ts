import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const MKTQ = new URL('../../cli/mktq.ts', import.meta.url).pathname;

let dataDir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mktq-command-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly output: { text: string };
  readonly errors: { text: string };
  readonly ended: Promise<number | null>;
}

function mktq(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [MKTQ, '--data', dataDir, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output = { text: '' };
  const errors = { text: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors.text += chunk.toString();
  });
  return { child, output, errors, ended: new Promise((resolve) => child.once('close', resolve)) };
}

const until = <T>(condition: () => T | Promise<T>) => vi.waitFor(condition, { timeout: 25_000 });

describe('mktq local', () => {
  test('prints with --json one line, the one in stack.json, and stops cleanly on a signal', async () => {
    const run = mktq(['local', '--json']);
    await until(() => expect(run.output.text).toMatch(/\n$/));
    expect(run.output.text).toBe(readFileSync(join(dataDir, 'stack.json'), 'utf8'));
    expect(JSON.parse(run.output.text)).toMatchObject({ ready: true, table: 'mktq' });
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.output.text.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
    expect(run.errors.text).toBe('');
  });

  test('tells a person where everything is, what to try and how to stop it', async () => {
    const run = mktq(['local']);
    await until(() => expect(run.output.text).toContain('Stop with Ctrl-C'));
    expect(run.output.text.match(/^ {2}.*npx mktq .* --data /gm)).toHaveLength(4);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });

  test('prints its addresses again with --show, to people as to programs, and says where none runs', async () => {
    const none = mktq(['local', '--show']);
    expect(await none.ended).toBe(1);
    expect(none.errors.text).toMatch(/^mktq: no stack runs on .*; start one with npx mktq local --data /);
    expect(none.output.text).toBe('');
    const run = mktq(['local']);
    await until(() => expect(run.output.text).toContain('Stop with Ctrl-C'));
    const again = mktq(['local', '--show']);
    expect(await again.ended).toBe(0);
    expect(again.output.text).toBe(run.output.text);
    const json = mktq(['local', '--show', '--json']);
    expect(await json.ended).toBe(0);
    expect(json.output.text).toBe(readFileSync(join(dataDir, 'stack.json'), 'utf8'));
    const both = mktq(['local', '--show', '--port', '4560']);
    expect(await both.ended).toBe(2);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });

  test('plays a game day: a trouble with its hold, and the line that ends it', async () => {
    const run = mktq(['local', '--trouble', 'credentials']);
    await until(() => expect(run.output.text).toContain('Stop with Ctrl-C'));
    expect(run.output.text).toContain('Trouble   credentials: Marketo refuses the credentials');
    const lead = join(dataDir, 'lead.json');
    writeFileSync(lead, '{"leadRecord":{"Email":"ann@example.com"},"returnLead":false}');
    expect(await mktq(['enqueue', 'syncLead', lead]).ended).toBe(0);
    await until(async () => {
      const status = mktq(['status', '--json']);
      await status.ended;
      expect(JSON.parse(status.output.text).budget.hold).toMatchObject({ reason: 'credentials' });
    });
    const [, body = '', url = ''] = /it ends with {2}curl --data '(.*)' (\S+)/.exec(run.output.text) ?? [];
    expect(await (await fetch(url, { method: 'POST', body })).json()).toEqual({ ok: true });
    const stack = JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8'));
    expect(stack.marketo).toMatchObject({ simulated: true, trouble: 'credentials' });
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });

  test('has no trouble to make at a real Marketo, and knows the kinds', async () => {
    const real = {
      MARKETO_SOAP_ENDPOINT: 'http://127.0.0.1:9/soap',
      MARKETO_USER_ID: 'user',
      MARKETO_ENCRYPTION_KEY: 'key',
    };
    const refused = mktq(['local', '--trouble', 'down'], real);
    const unknown = mktq(['local', '--trouble', 'flood']);
    expect([await refused.ended, await unknown.ended]).toEqual([1, 2]);
    expect(refused.errors.text).toMatch(/^mktq: --trouble is of the pretend Marketo[^\n]*\n$/);
    expect(unknown.errors.text).toContain('quota, credentials, throttle, down, slow');
  });

  test('names a variable that is wrong in one line', async () => {
    const run = mktq(['local', '--json'], { MARKETO_ENCRYPTION_KEY: 'secret' });
    expect(await run.ended).toBe(1);
    expect(run.errors.text).toMatch(/^mktq: MARKETO_SOAP_ENDPOINT is not set[^\n]*\n$/);
    expect(run.errors.text).not.toContain('secret');
    expect(run.output.text).toBe('');
  });

  test('takes a port that is none for wrong usage', async () => {
    const run = mktq(['local', '--port', 'http']);
    expect(await run.ended).toBe(2);
    expect(run.errors.text).toContain('a whole number from 1 to 65533');
  });
});
