import { describe, expect, test } from 'vitest';
import { createTurns } from '../../../shared/run/turns.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('turns apart', () => {
  /** Tells in which order those are let in who want so many at most beside each other. */
  const letIn = async (...wanted: readonly number[]) => {
    const turns = createTurns();
    const running = new Set<number>();
    const rounds: (readonly number[])[] = [];
    const entered = await Promise.all(wanted.map(() => turns.enter()));
    await Promise.all(
      entered.map(async (turn, nth) => {
        await turn.untilApart(wanted[nth] ?? 0);
        running.add(nth);
        await settled();
        if (running.size > 0) rounds.push([...running]);
        running.clear();
        turn.leave();
      }),
    );
    return rounds;
  };

  test('are had together by as many as each of them allows, in the order in which they asked', async () => {
    expect(await letIn(3, 3, 3, 3)).toEqual([[0, 1, 2], [3]]);
    expect(await letIn(1, 1)).toEqual([[0], [1]]);
    expect(await letIn(3, 1, 3, 3)).toEqual([[0], [1], [2, 3]]);
    expect(await letIn(4, 2, 4)).toEqual([[0, 1], [2]]);
  });

  test('keep out who comes while they last, also who would like to be apart with them', async () => {
    const turns = createTurns();
    const [first, second, third] = await Promise.all([turns.enter(), turns.enter(), turns.enter()]);
    const order: string[] = [];
    const firstApart = first.untilApart(30).then(() => order.push('first'));
    void second.untilApart(30).then(() => order.push('second'));
    expect(turns.isWantedApart()).toBe(true);
    const late = turns.enter().then((turn) => {
      order.push('late');
      return turn;
    });
    await settled();
    expect(order).toEqual([]);
    third.leave();
    await firstApart;
    await settled();
    expect(order).toEqual(['first', 'second']);
    first.leave();
    await settled();
    expect(order).toEqual(['first', 'second']);
    second.leave();
    await late;
    expect(turns.isWantedApart()).toBe(false);
  });
});

describe('a turn alone', () => {
  test('keeps out whoever comes while it lasts', async () => {
    const turns = createTurns();
    const alone = await turns.enter();
    await alone.untilApart(1);
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
    await alone.untilApart(1);
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
