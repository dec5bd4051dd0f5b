import { describe, expect, test } from 'vitest';
import { createTurns } from '../../../shared/run/turns.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a turn alone', () => {
  test('keeps out whoever comes while it lasts', async () => {
    const turns = createTurns();
    const alone = await turns.enter();
    await alone.untilAlone();
    let entered = false;
    const next = turns.enter().then((turn) => {
      entered = true;
      return turn;
    });
    await settled();
    expect(entered).toBe(false);
    expect(alone.isAlone()).toBe(true);
    alone.leave();
    expect((await next).isAlone()).toBe(true);
  });

  test('is over with it: all who waited go on side by side, and others join them at once', async () => {
    const turns = createTurns();
    const alone = await turns.enter();
    await alone.untilAlone();
    const waiting = Promise.all([turns.enter(), turns.enter()]);
    alone.leave();
    const [first, second] = await waiting;
    const third = await turns.enter();
    expect([first, second, third].map((turn) => turn.isAlone())).toEqual([false, false, false]);
    second.leave();
    third.leave();
    expect(first.isAlone()).toBe(true);
  });
});
