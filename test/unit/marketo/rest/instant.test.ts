import { expect, test } from 'vitest';
import { dateTimeText, instantOf } from '../../../../shared/marketo/rest/activities/instant.ts';

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05+0000', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.678-06:00', '2026-01-02T09:04:05Z'],
  ['2014-11-13 12:43:04', '2014-11-13T12:43:04Z'],
  ['2014-11-13T12:43:04', '2014-11-13T12:43:04Z'],
])('the date-time %s is %s', (text, expected) => {
  expect(dateTimeText(instantOf(text) ?? 0)).toBe(expected);
});

test.each(['', 'yesterday', '2026-13-41T00:00:00Z', '2026-01-02', 5, null, {}])(
  '%j is no date-time',
  (value) => {
    expect(instantOf(value)).toBeNull();
  },
);
