import { expect, test } from 'vitest';
import { deedLines } from '../../../../cli/render/deeds.ts';
import { NOON } from '../../../support/letters.ts';

test('what was done to a letter, and said of its cause, stands in the order of its times', () => {
  const actions = [
    { action: 'discard', at: NOON, by: 'ann', note: 'a slip' },
    { action: 'reopen', at: NOON + 20, by: 'bo' },
    { action: 'edited-redrive', at: NOON + 60_000, by: 'ann' },
  ] as const;
  const said = {
    cause: '0123456789ab',
    at: NOON + 10,
    by: 'cy',
    until: NOON + 90_000,
    note: 'seen',
    count: 1,
  };
  const lifted = { at: NOON + 120_000, by: 'bo' };
  expect(deedLines({ actions }, [{ ...said, lifted }], 100)).toEqual([
    '2026-11-22 12:00:00Z  ann: discarded: a slip',
    '2026-11-22 12:00:00Z  cy: acknowledged the cause until 2026-11-22 12:01:30Z: seen',
    '2026-11-22 12:00:00Z  bo: reopened',
    '2026-11-22 12:01:00Z  ann: redriven, edited',
    '2026-11-22 12:02:00Z  bo: lifted that',
  ]);
  expect(deedLines({}, [], 100)).toEqual([]);
});
