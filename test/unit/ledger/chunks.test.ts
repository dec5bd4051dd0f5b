import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../shared/kernel/clock.ts';
import {
  type Chunk,
  chunkKeepMs,
  lastSentAt,
  lineChunkId,
  lineIdOf,
  lineOf,
  looseChunkId,
  mayBeQueued,
  type SentJob,
  withJobs,
  withoutDigests,
} from '../../../shared/ledger/chunks.ts';
import { SOME_TIME } from '../../support/rows.ts';

const sent = (id: string, at = SOME_TIME): SentJob => ({ id, digest: `d-${id}`, operation: 'syncLead', at });
const many = (count: number, from = 0) => Array.from({ length: count }, (_, i) => sent(`j${from + i}`));

describe('the id of a line', () => {
  test.each([
    ['import-2026-11-22', 17],
    ['b', 0],
    ['a-1', 2],
  ])('of batch %s and line %d says both', (batch, line) => {
    expect(lineOf(lineIdOf(batch, line))).toEqual({ batch, line });
  });

  test.each(['import', '-5', 'b-', 'b-05', '01JD7Z8N4Q6F5T3V2W1X0Y9Z8A'])('is not %s', (id) => {
    expect(lineOf(id)).toBeNull();
  });
});

describe('the id of a chunk', () => {
  test('is the same for 300 consecutive lines, and another for the next', () => {
    const ids = Array.from({ length: 900 }, (_, line) => lineChunkId('b', line));
    expect(new Set(ids).size).toBe(3);
    expect(new Set(ids.slice(0, 300)).size).toBe(1);
    expect(lineChunkId('b', 1)).not.toBe(lineChunkId('c', 1));
  });

  test('says which jobs are in it where they stand on no line', () => {
    expect(looseChunkId('b', many(3))).toBe(looseChunkId('b', many(3)));
    expect(looseChunkId('b', many(3))).not.toBe(looseChunkId('b', many(2)));
    expect(looseChunkId('b', many(3))).not.toBe(looseChunkId('c', many(3)));
  });
});

describe('withJobs', () => {
  test('keeps what is there, and changes nothing where all of it is', () => {
    const { chunk } = withJobs({ jobs: many(2) }, many(3));
    expect(chunk?.jobs).toEqual(many(3));
    expect(withJobs({ jobs: many(3) }, many(2))).toEqual({ chunk: null, left: [] });
  });

  test('takes the later of two sends of one job, whichever is written first', () => {
    const [early, late] = [sent('a', SOME_TIME), sent('a', SOME_TIME + 1)];
    expect(withJobs({ jobs: [early] }, [late]).chunk).toEqual({ jobs: [late] });
    expect(withJobs({ jobs: [late] }, [early]).chunk).toBeNull();
  });

  test('leaves what it has no room for, and still takes a later send of what is in it', () => {
    const full = withJobs({ jobs: many(1_199) }, [...many(2, 1_199), sent('j5', SOME_TIME + 1)]);
    expect(full.left).toEqual([sent('j1200')]);
    expect(full.chunk?.jobs).toHaveLength(1_200);
    expect(full.chunk?.jobs[5]).toEqual(sent('j5', SOME_TIME + 1));
  });
});

describe('time', () => {
  test('takes a job out of the queue after 14 days, and its chunk after the retention and as much', () => {
    expect(mayBeQueued(sent('a'), SOME_TIME + 14 * DAY_MS - 1)).toBe(true);
    expect(mayBeQueued(sent('a'), SOME_TIME + 14 * DAY_MS)).toBe(false);
    expect(chunkKeepMs(30 * DAY_MS)).toBe(44 * DAY_MS);
    expect(lastSentAt({ jobs: [sent('a', 5), sent('b', 9), sent('c', 7)] })).toBe(9);
  });
});

describe('withoutDigests', () => {
  const chunk: Chunk = { jobs: [sent('young'), sent('named'), sent('old', SOME_TIME - 14 * DAY_MS)] };

  test('blanks the jobs that are named and those that have outlived the queue, and no others', () => {
    const blanked = withoutDigests(chunk, new Set(['named']), SOME_TIME);
    expect(blanked?.jobs.map(({ id, digest }) => [id, digest])).toEqual([
      ['young', 'd-young'],
      ['named', ''],
      ['old', ''],
    ]);
  });

  test('changes nothing where nothing is left to blank', () => {
    const blanked = withoutDigests(chunk, new Set(['named']), SOME_TIME);
    expect(withoutDigests(blanked ?? chunk, new Set(['named']), SOME_TIME)).toBeNull();
    expect(withoutDigests({ jobs: [sent('young')] }, new Set(['named']), SOME_TIME)).toBeNull();
  });
});
