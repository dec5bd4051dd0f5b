import { describe, expect, test } from 'vitest';
import { MAX_AGE_MS, MAX_RECEIVE_COUNT } from '../../../shared/config/limits.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/kernel/clock.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { visibilityMs } from '../../../shared/run/settlement.ts';

const NOW = Date.parse('2026-11-22T18:00:00Z');
const hidden = (receiveCount: number, untilMs: number | null, held: boolean): number =>
  visibilityMs({ kind: 'hide', until: untilMs === null ? null : NOW + untilMs, held }, NOW, receiveCount, 0);

const longest = (untilMs: number | null, held: boolean): number =>
  Array.from({ length: MAX_RECEIVE_COUNT }, (_, i) => hidden(i + 1, untilMs, held)).reduce((a, b) => a + b);

describe('visibilityMs', () => {
  test.each([
    ['a slot of the concurrency limit, each time for a second', 1_000, false],
    ['nothing but time in the invocation', 0, false],
    ['an account that is held without an end', null, true],
  ] as const)('a job that waits for %s expires before SQS moves it away as poison', (_, untilMs, held) => {
    expect(longest(untilMs, held)).toBeGreaterThan(MAX_AGE_MS);
  });

  test('a job under a hold without an end looks again in five minutes, and later on in an hour', () => {
    expect(hidden(50, null, true)).toBe(5 * MINUTE_MS);
    expect(hidden(51, null, true)).toBe(60 * MINUTE_MS);
  });

  test('a job that has been received a hundred times comes back when it asked to', () => {
    expect(hidden(100, 1_000, false)).toBe(1_000);
    expect(hidden(101, 1_000, false)).toBe(60_000);
  });
});

describe('13 days of answers that throttle', () => {
  test.each([1_000, 20_000, 60_000])('of %i ms each leave a tenth of SQS’s thousand receives', (waitMs) => {
    let receives = 0;
    for (let age = 0; age < MAX_AGE_MS; ) {
      receives += 1;
      age += visibilityMs({ kind: 'hide', until: age + waitMs, held: false }, age, receives, age);
    }
    expect(receives).toBeLessThan(MAX_RECEIVE_COUNT * 0.9);
  });
});

interface Backlog {
  readonly longestWaitMs: number;
  readonly expired: number;
  readonly mostReceives: number;
}

/**
 * So many days' quota of jobs at once, and a day's quota more each day: what waits is given out in no order, a call is spent if
 * one is left of the day, and a job without one is hidden until the reset.
 */
function simulate(days: number, quota: boolean): Backlog {
  const perDay = 200;
  const random = seededRandom(7);
  const count = days * perDay + 12 * perDay;
  const waiting = new Map<number, { readonly sentAt: number; receives: number }[]>();
  const put = (minute: number, job: { readonly sentAt: number; receives: number }) => {
    const there = waiting.get(minute);
    if (there === undefined) waiting.set(minute, [job]);
    else there.push(job);
  };
  for (let n = 0; n < count; n += 1) {
    const sentAt = n < days * perDay ? 0 : ((n - days * perDay) * DAY_MS) / perDay;
    put(Math.floor(sentAt / MINUTE_MS), { sentAt, receives: 0 });
  }
  let [spent, longestWaitMs, expired, mostReceives] = [0, 0, 0, 0];
  for (let minute = 0; minute < (26 * DAY_MS) / MINUTE_MS; minute += 1) {
    const now = minute * MINUTE_MS;
    if (now % DAY_MS === 0) spent = 0;
    const ready = (waiting.get(minute) ?? []).sort(() => random() - 0.5);
    waiting.delete(minute);
    for (const [nth, job] of ready.entries()) {
      // Marketo takes five calls a second of the account, here as many in proportion.
      if (nth >= perDay / 30 && spent < perDay) {
        put(minute + 1, job);
        continue;
      }
      job.receives += 1;
      const ageMs = now - job.sentAt;
      if (ageMs > MAX_AGE_MS) expired += 1;
      else if (spent < perDay) {
        spent += 1;
        longestWaitMs = Math.max(longestWaitMs, ageMs);
        mostReceives = Math.max(mostReceives, job.receives);
      } else {
        const until = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
        const hidden = visibilityMs({ kind: 'hide', until, held: true, quota }, now, job.receives, ageMs);
        put(Math.ceil((now + hidden) / MINUTE_MS), job);
      }
    }
  }
  return { longestWaitMs, expired, mostReceives };
}

describe('a backlog of several days’ quota', () => {
  test('is worked off oldest first, near enough: nobody waits until he expires', () => {
    const { longestWaitMs, expired, mostReceives } = simulate(4, true);
    expect(expired).toBe(0);
    expect(longestWaitMs).toBeLessThan(7 * DAY_MS);
    expect(mostReceives).toBeLessThan(MAX_RECEIVE_COUNT / 2);
  });

  test('left to chance would keep some waiting for most of their 13 days', () => {
    const { longestWaitMs, expired } = simulate(4, false);
    expect(longestWaitMs > 9 * DAY_MS || expired > 0).toBe(true);
  });

  test('is what the order is for: a job that waits for another hold comes back when that ends', () => {
    expect(hidden(60, 10 * MINUTE_MS, true)).toBe(10 * MINUTE_MS);
    const waitFor = (ageMs: number, restMs: number) =>
      visibilityMs({ kind: 'hide', until: NOW + restMs, held: true, quota: true }, NOW, 60, ageMs);
    expect(waitFor(0, 5 * MINUTE_MS)).toBe(60 * MINUTE_MS);
    expect(waitFor(4 * DAY_MS, 5 * MINUTE_MS)).toBe(32.5 * MINUTE_MS);
    expect(waitFor(9 * DAY_MS, 5 * MINUTE_MS)).toBe(5 * MINUTE_MS);
    // A young one is hidden so that a whole hour is left for the last time.
    expect(waitFor(0, 30 * MINUTE_MS)).toBe(25 * MINUTE_MS);
  });
});
