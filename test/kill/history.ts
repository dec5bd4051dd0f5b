import { existsSync, readFileSync } from 'node:fs';

/** What one child passed, in order, from its log. */
export interface ChildRecord {
  readonly passed: readonly Passed[];
  /** Where it killed itself; null if it was killed from outside, or lived on. */
  readonly killedAt: string | null;
  /** It was asked to end, and did. */
  readonly stopped: boolean;
}

interface Passed {
  readonly point: string;
  readonly jobId: string;
  /** Whether it is of the request that must not be sent twice. */
  readonly announced: boolean;
}

export function readRecord(log: string, stopped = false): ChildRecord {
  // Killed before it had opened it.
  if (!existsSync(log)) return { passed: [], killedAt: null, stopped };
  // The last line may be cut off: the process was killed while it wrote.
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  const passed = lines.map((line) => {
    const [point = '', jobId = '', of = ''] = line.split(' ');
    return { point, jobId, announced: of === 'announced' };
  });
  return {
    passed: passed.filter(({ point }) => point !== 'killed'),
    killedAt: passed.find(({ point }) => point === 'killed')?.jobId ?? null,
    stopped,
  };
}

/**
 * The most children in a row that may have taken the job and ended before they had recorded anything about it. A kill can
 * come between the claim and its note, so whoever received the job may have taken it. A child that was asked to end hands back
 * what it has not called.
 */
export function killsInARow(children: readonly ChildRecord[], jobId: string): number {
  let longest = 0;
  let row = 0;
  for (const { passed, stopped } of children) {
    const own = passed.filter((pass) => pass.jobId === jobId).map(({ point }) => point);
    if (own.includes('recorded')) row = 0;
    const sinceRecord = own.slice(own.lastIndexOf('recorded') + 1);
    if (sinceRecord.includes('received') && !stopped) row += 1;
    longest = Math.max(longest, row);
  }
  return longest;
}

/** Whether some child may have announced the job's call, and ended before it had recorded an answer. */
export const diedOverIntent = (children: readonly ChildRecord[], jobId: string): boolean =>
  children.some(({ passed, stopped }) => {
    // It let its calls end.
    if (stopped) return false;
    const own = passed.filter((pass) => pass.jobId === jobId);
    // The permit of what is announced is the last point before the intent is written, `recorded` the first after it is closed.
    const admitted = own.findLastIndex(({ point, announced }) => point === 'admitted' && announced);
    return admitted > own.findLastIndex(({ point }) => point === 'recorded');
  });

/** What each child passed of a job, for the report of a failure. */
export const storyOf = (children: readonly ChildRecord[], jobId: string): string =>
  children
    .flatMap(({ passed, killedAt, stopped }, index) => {
      const own = passed.filter((pass) => pass.jobId === jobId).map(({ point }) => point);
      const end = stopped ? 'stopped' : `killed at ${killedAt ?? 'any time'}`;
      return own.length === 0 ? [] : [`child ${index} (${end}): ${own.join(' ')}`];
    })
    .join('; ');
