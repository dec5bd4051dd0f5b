import { describe, expect, test } from 'vitest';
import {
  isToldAlready,
  type OpenBatch,
  withLook,
  withTaken,
  withToldEnd,
} from '../../../shared/ledger/open-batches.ts';
import { SOME_TIME } from '../../support/rows.ts';

const COUNT = { total: 2, completed: 1, deadLettered: 1, cancelled: 0 };
const open = (more: Partial<OpenBatch> = {}): OpenBatch => ({
  batch: 'b',
  startedAt: SOME_TIME,
  takenAt: SOME_TIME,
  lookAt: SOME_TIME,
  witness: null,
  ...more,
});
const told = (at: number) => ({ times: 1, at, count: COUNT });

describe('withTaken', () => {
  test('opens a batch with its first job, and writes no more than twice a minute after that', () => {
    const first = withTaken(null, 'b', SOME_TIME);
    expect(first).toEqual(open());
    expect(withTaken(first, 'b', SOME_TIME + 29_999)).toBeNull();
    expect(withTaken(first, 'b', SOME_TIME + 30_000)).toEqual(open({ takenAt: SOME_TIME + 30_000 }));
  });

  test('opens it again for a job that was taken after its end was told', () => {
    const ended = open({ lookAt: null, told: told(SOME_TIME + 60_000) });
    const at = SOME_TIME + 90_000;
    expect(withTaken(ended, 'b', at)).toEqual({ ...ended, startedAt: at, takenAt: at, lookAt: at });
  });

  test('leaves it closed for a job that was taken before, and is spoken of late', () => {
    const ended = open({ lookAt: null, told: told(SOME_TIME + 60_000) });
    expect(withTaken(ended, 'b', SOME_TIME + 57_000)).toBeNull();
    // The clocks of two machines.
    expect(withTaken(ended, 'b', SOME_TIME + 59_000)).not.toBeNull();
  });
});

describe('withLook', () => {
  test('lets one look, and nobody else until most of a minute is over', () => {
    const looking = withLook(open(), SOME_TIME);
    expect(looking?.lookAt).toBe(SOME_TIME + 45_000);
    expect(withLook(looking, SOME_TIME + 1)).toBeNull();
    expect(withLook(looking, SOME_TIME + 45_000)).not.toBeNull();
    expect(withLook(open({ lookAt: null }), SOME_TIME)).toBeNull();
    expect(withLook(null, SOME_TIME)).toBeNull();
  });
});

describe('withToldEnd', () => {
  test('closes the batch, unless a job of it was taken during the look', () => {
    const end = told(SOME_TIME + 60_000);
    expect(withToldEnd(open(), open(), end)?.lookAt).toBeNull();
    const taken = withToldEnd(open({ takenAt: SOME_TIME + 59_000 }), open(), end);
    expect(taken?.lookAt).toBe(SOME_TIME + 105_000);
    expect(taken?.told).toEqual(end);
  });
});

describe('isToldAlready', () => {
  test('holds for the same counts of a batch of which nothing was taken since', () => {
    const before = open({ told: told(SOME_TIME) });
    expect(isToldAlready(before, COUNT)).toBe(true);
    expect(isToldAlready(before, { ...COUNT, total: 3, completed: 2 })).toBe(false);
    expect(isToldAlready({ ...before, startedAt: SOME_TIME + 3_000 }, COUNT)).toBe(false);
    expect(isToldAlready(open(), COUNT)).toBe(false);
  });
});
