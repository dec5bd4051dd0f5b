import { expect, test } from 'vitest';
import { sayDone } from '../../../../cli/render/print.ts';

test('what was done is said on stderr where stdout turns out to be lost by saying it', () => {
  const err: string[] = [];
  const stderr = { write: (text: string) => err.push(text) > 0 };
  const stdout = (error: Error | null) => ({
    write: (_text: string, onWritten?: (error?: Error | null) => void) => {
      onWritten?.(error);
      return true;
    },
  });
  sayDone({ json: false, stdout: stdout(null), stderr }, '60 jobs completed');
  expect(err).toEqual([]);
  sayDone({ json: false, stdout: stdout(new Error('EPIPE')), stderr }, '60 jobs completed');
  expect(err).toEqual(['60 jobs completed\n']);
});
