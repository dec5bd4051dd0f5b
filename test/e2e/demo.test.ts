import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The demo takes a quarter of a minute, most of it after a throttle, and longer where the machine is busy. */
const PATIENCE_MS = 240_000;

describe('npm start', () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'mktq-demo-')), 'demo');
  // A setting for a real Marketo that must not be noticed: the demo would refuse to start on half a configuration.
  const env = { ...process.env, MARKETO_USER_ID: 'not-for-the-demo', NO_COLOR: '1' };
  const demo = spawn(process.execPath, ['examples/demo/demo.ts', '--data', dataDir], { cwd: ROOT, env });
  const ended = new Promise<number | null>((done) => demo.once('exit', done));
  let output = '';

  beforeAll(async () => {
    await new Promise<void>((done, fail) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (output.includes('Still serving')) done();
      };
      demo.stdout.on('data', read);
      demo.stderr.on('data', read);
      demo.once('exit', (code) => fail(new Error(`the demo ended with ${code}:\n${output}`)));
    });
  }, PATIENCE_MS);

  afterAll(async () => {
    demo.kill('SIGKILL');
    await ended;
    rmSync(resolve(dataDir, '..'), { recursive: true, force: true });
  });

  test('runs every job to its end or its wait, loses none and sends none twice', () => {
    expect(output).toMatch(/238 jobs in \d+ s/);
    expect(output).toMatch(/completed +229 +\(\d+ after a retry or a throttle\)/);
    expect(output).toContain('lost 0, sent twice 0 (counted by the simulator)');
  });

  test('says what waits and why', () => {
    expect(output).toMatch(
      /waiting +2\n +tomorrow-1 +notBefore .*\n +tomorrow-2 +notBefore .*, behind tomorrow-1/,
    );
  });

  test('shows the dead letters by cause, with what to do about each', () => {
    expect(output).toMatch(/dead letters +8\n/);
    for (const line of [
      /3 +invalid-request 1006 +Compare with describeMObject LeadRecord/,
      /2 +not-found 1004 +\S/,
      /1 +not-found 1013 +\S/,
      /1 +in-doubt +Look \S/,
      /1 +malformed +The message names what is wrong/,
    ]) {
      expect(output).toMatch(line);
    }
  });

  test('says what of the quota is spent and when it resets', () => {
    const [, spent] = /calls spent +(\d+) of 50000 today .*resets in .*UTC/.exec(output) ?? [];
    // Far fewer than jobs: most of them share a call.
    expect(Number(spent)).toBeGreaterThan(0);
    expect(Number(spent)).toBeLessThan(200);
  });

  test('prints four commands that work as they are typed', async () => {
    const commands = [...output.matchAll(/^ {2}npx mktq (.*)$/gm)].map((match) => match[1] ?? '');
    expect(commands).toHaveLength(4);
    const outputs = await Promise.all(
      commands.map(async (command) => {
        const { stdout } = await run(process.execPath, ['cli/mktq.ts', ...command.split(' ')], { cwd: ROOT });
        return stdout;
      }),
    );
    expect(outputs.every((text) => text.length > 100)).toBe(true);
    expect(outputs.join('\n')).toMatch(/1006/);
  });

  test('stops cleanly when it is told to', async () => {
    demo.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
