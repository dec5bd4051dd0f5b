import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { main } from '../../../cli/main.ts';

/** Runs a command line and answers what stood on stderr. */
async function stderrOf(...words: readonly string[]): Promise<string> {
  const written: string[] = [];
  const stream = { on: () => stream, write: (text: string) => written.push(text) > 0, isTTY: false };
  const argv = ['node', 'mktq', ...words];
  const own = { argv, stdout: stream, stderr: stream, env: {} };
  await main(Object.create(process, Object.getOwnPropertyDescriptors(own)));
  return written.join('');
}

describe('main', () => {
  test('says its version, the one of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(await stderrOf('--version')).toBe(`${version}\n`);
  });

  test.each([
    [['local', '--completed-events'], 'name a file with --events'],
    [['local', '--show', '--events', 'events.ndjson'], 'leave out --port, --verbose, --events and --trouble'],
    [['local', '--events', 'events.ndjson', '--stack', 'mktq-acme'], 'leave out --stack'],
  ])('refuses what contradicts itself: %j', async (words, told) => {
    expect(await stderrOf(...words)).toContain(told);
  });

  test.each([
    ['the words of a failure', ['--data', '/no/such\u001b[2J\u009b31m\u202e', 'status']],
    ['the words of a wrong usage', ['enqueue', 'sync\u001b[31mLead\u0007']],
    ['an option nobody knows', ['status', '--\u001b]0;title\u0007']],
  ])('%s move no cursor', async (_, words) => {
    const text = await stderrOf(...words);
    expect(text).toMatch(/\S/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not come out.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
