import { expect, test } from 'vitest';
import { gatheredLog } from '../../../local/gathered-log.ts';
import { lineLog } from '../../../local/line-log.ts';

/** A log whose pauses end when the test says so. */
function watched() {
  const lines: string[] = [];
  const pauses: number[] = [];
  const wakes: (() => void)[] = [];
  const write = (line: string): void => void lines.push(line.slice(25).trimEnd());
  const log = gatheredLog(
    lineLog({ write, clock: () => 0, verbose: false }),
    (ms) =>
      new Promise((resolve) => {
        pauses.push(ms);
        wakes.push(resolve);
      }),
  );
  const endPause = async (): Promise<void> => {
    wakes.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { log, lines, pauses, endPause };
}

const deaths = ({ log }: ReturnType<typeof watched>, ids: readonly number[]): void => {
  for (const id of ids) log.warn('dead-lettered', { letterId: `job-${id}` });
};

test('a thousand dead letters are the line of the first and one with their number', async () => {
  const here = watched();
  deaths(here, [...Array(1_000).keys()]);
  expect(here.lines).toEqual(['warn dead-lettered letterId="job-0"']);
  await here.endPause();
  expect(here.lines.slice(1)).toEqual(['warn dead-lettered events=999 letterId="job-999"']);
});

test('lines of what goes on come a second apart and then further, up to a minute', async () => {
  const here = watched();
  deaths(here, [0]);
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) {
    deaths(here, [id]);
    await here.endPause();
  }
  expect(here.lines).toHaveLength(9);
  expect(here.pauses.map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('what happens once more after a quiet pause has its line at once', async () => {
  const here = watched();
  deaths(here, [0]);
  await here.endPause();
  deaths(here, [1]);
  expect(here.lines).toEqual(['warn dead-lettered letterId="job-0"', 'warn dead-lettered letterId="job-1"']);
  expect(here.pauses).toEqual([1_000, 1_000]);
});

test('another message, or the same as an error, waits for none', () => {
  const here = watched();
  deaths(here, [0, 1]);
  here.log.warn('the queue does not answer');
  here.log.error('dead-lettered');
  expect(here.lines).toEqual([
    'warn dead-lettered letterId="job-0"',
    'warn the queue does not answer',
    'error dead-lettered',
  ]);
});

test('what is held back is written at the end, once, and nothing is held after it', async () => {
  const here = watched();
  deaths(here, [0, 1, 2]);
  here.log.end();
  await here.endPause();
  deaths(here, [3, 4]);
  expect(here.lines).toEqual([
    'warn dead-lettered letterId="job-0"',
    'warn dead-lettered events=2 letterId="job-2"',
    'warn dead-lettered letterId="job-3"',
    'warn dead-lettered letterId="job-4"',
  ]);
});
