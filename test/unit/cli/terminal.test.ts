import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { terminalOf } from '../../../cli/terminal.ts';

/** Streams as a process has them; `isTTY` as on a terminal. */
function streams(stdin: { readonly isTTY: boolean }, stderr: { readonly isTTY: boolean }) {
  const shown: string[] = [];
  const typed = Object.assign(new PassThrough(), stdin);
  const written = { ...stderr, write: (text: string) => shown.push(text) > 0 };
  return { shown, typed, process: { stdin: typed, stderr: written } as unknown as NodeJS.Process };
}

describe('a terminal', () => {
  test('asks on stderr, and answers with the line that is typed', async () => {
    const { shown, typed, process } = streams({ isTTY: true }, { isTTY: true });
    const answer = terminalOf(process)?.ask('Really? ');
    typed.write('yes\nand more\n');
    expect(await answer).toBe('yes');
    expect(shown).toEqual(['Really? ']);
  });

  test('answers with nothing where its input ends', async () => {
    const { typed, process } = streams({ isTTY: true }, { isTTY: true });
    const answer = terminalOf(process)?.ask('Really? ');
    typed.end();
    expect(await answer).toBe('');
  });

  test('is none where stdin or stderr is a file or a pipe', () => {
    expect(terminalOf(streams({ isTTY: false }, { isTTY: true }).process)).toBeUndefined();
    expect(terminalOf(streams({ isTTY: true }, { isTTY: false }).process)).toBeUndefined();
  });
});
