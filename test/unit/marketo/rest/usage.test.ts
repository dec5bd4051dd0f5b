import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usageIn } from '../../../../shared/marketo/rest/usage.ts';

test("reads the day's total of all users", () => {
  const users = [{ userId: 'api@example.com', count: 300 }];
  expect(usageIn([{ date: '2026-11-25', total: 412, users }])).toEqual({ day: '2026-11-25', total: 412 });
});

test('takes the newest of several days, and the day alone of a time', () => {
  const rows = [
    { date: '2026-11-24', total: 9 },
    { date: '2026-11-25T00:00:00Z', total: 4 },
  ];
  expect(usageIn(rows)).toEqual({ day: '2026-11-25', total: 4 });
});

test('tells nothing of a reply that is none', () => {
  const hostile = fc.oneof(
    fc.jsonValue(),
    fc.array(
      fc.record({
        date: fc.oneof(fc.string(), fc.jsonValue()),
        total: fc.oneof(fc.double(), fc.jsonValue()),
      }),
    ),
  );
  fc.assert(
    fc.property(hostile, (rows) => {
      const usage = usageIn(rows);
      return usage === null || (usage.total >= 0 && Number.isSafeInteger(usage.total));
    }),
  );
  expect(usageIn([{ date: '2026-11-25', total: -1 }])).toBeNull();
});
