import { describe, expect, test } from 'vitest';
import { Lane, STRAGGLER_MS } from '../../../shared/desk/lane.ts';
import { virtualTime } from '../../memory/virtual-time.ts';
import { type NamedPassenger, passenger } from '../../support/passengers.ts';

interface Play {
  readonly lingerMs?: number;
  readonly isMoreComing?: () => boolean;
  /** How long after its packing a call's first byte leaves. */
  readonly untilSentMs?: number;
}

/** A lane whose departures are noted as `names@ms`. */
function stage({ lingerMs = 0, isMoreComing = () => false, untilSentMs = 0 }: Play = {}) {
  const time = virtualTime(0);
  const departures: string[] = [];
  const stop = new AbortController();
  const lane = new Lane<NamedPassenger>({
    sleep: time.sleep,
    stopping: stop.signal,
    isMoreComing,
    lingerMs: async () => lingerMs,
    depart: async (load) => {
      departures.push(`${load.map(({ name }) => name).join('')}@${time.clock()}`);
      if (untilSentMs > 0) await time.sleep(untilSentMs);
    },
  });
  const at = (ms: number, what: () => void): void => time.schedule(ms, what);
  const end = async (): Promise<readonly string[]> => {
    await time.run(() => false);
    return departures;
  };
  return { lane, at, end, stop };
}

describe('a call of one lane', () => {
  test('leaves at once where nobody else is on the way', async () => {
    const { lane, end } = stage();
    lane.board(passenger('a'));
    expect(await end()).toEqual(['a@0']);
  });

  test('waits for who is on the way, and leaves when the last has come', async () => {
    const { lane, at, end } = stage();
    const arrive = ['b', 'c'].map((name) => ({ name, leave: lane.expect() }));
    lane.board(passenger('a'));
    for (const [nth, { name, leave }] of arrive.entries()) {
      at(100 * (nth + 1), () => {
        leave();
        lane.board(passenger(name));
      });
    }
    expect(await end()).toEqual(['abc@200']);
  });

  test('waits no longer for who comes no more', async () => {
    const { lane, at, end } = stage();
    const leave = lane.expect();
    lane.board(passenger('a'));
    at(300, leave);
    expect(await end()).toEqual(['a@300']);
  });

  test('counts nobody out twice', async () => {
    const { lane, at, end } = stage();
    const leave = lane.expect();
    const other = lane.expect();
    lane.board(passenger('a'));
    at(100, leave);
    at(200, leave);
    at(300, other);
    expect(await end()).toEqual(['a@300']);
  });

  test('goes on waiting while some come, though each takes its time, and not for ever', async () => {
    const { lane, at, end } = stage();
    const arrive = Array.from({ length: 20 }, () => lane.expect());
    lane.board(passenger('a'));
    for (const [nth, leave] of arrive.entries()) {
      at(900 * (nth + 1), () => {
        leave();
        lane.board(passenger(String.fromCharCode(98 + nth)));
      });
    }
    const [first = '', ...others] = await end();
    // Ten waits of a second each.
    expect(first).toBe('abcdefghijkl@10000');
    expect(others.at(-1)).toMatch(/@18000$/);
  });

  test('waits a second for stragglers of whom none comes, and no longer', async () => {
    const { lane, at, end } = stage();
    const leave = lane.expect();
    lane.board(passenger('a'));
    at(5_000, () => {
      leave();
      lane.board(passenger('b'));
    });
    expect(await end()).toEqual([`a@${STRAGGLER_MS}`, 'b@5000']);
  });

  test('leaves when it is full, whoever else is on the way', async () => {
    const { lane, at, end } = stage();
    lane.expect();
    const room = { records: 2, bytes: 1_000 };
    lane.board(passenger('a', { freight: { room } }));
    at(10, () => lane.board(passenger('b', { freight: { room } })));
    expect(await end()).toEqual(['ab@10']);
  });

  test('gathers whoever comes between the packing of the one before and its first byte', async () => {
    const { lane, at, end } = stage({ untilSentMs: 400 });
    lane.board(passenger('a'));
    at(10, () => lane.board(passenger('b')));
    at(20, () => lane.board(passenger('c')));
    at(500, () => lane.board(passenger('d')));
    expect(await end()).toEqual(['a@0', 'bc@400', 'd@800']);
  });

  test('waits while more jobs are being fetched', async () => {
    let isFetching = true;
    const { lane, at, end } = stage({ isMoreComing: () => isFetching });
    lane.board(passenger('a'));
    at(70, () => {
      isFetching = false;
      lane.look();
    });
    expect(await end()).toEqual(['a@70']);
  });

  test('lingers for company where it is told to', async () => {
    const { lane, at, end } = stage({ lingerMs: 5_000 });
    lane.board(passenger('a'));
    at(3_000, () => lane.board(passenger('b')));
    expect(await end()).toEqual(['ab@5000']);
  });

  test('lingers from when somebody is there, and not from the call before', async () => {
    const { lane, at, end } = stage({ lingerMs: 5_000 });
    lane.board(passenger('a'));
    at(8_000, () => lane.board(passenger('b')));
    expect(await end()).toEqual(['a@5000', 'b@13000']);
  });

  test('does not linger once it is full', async () => {
    const { lane, at, end } = stage({ lingerMs: 5_000 });
    const room = { records: 2, bytes: 1_000 };
    lane.board(passenger('a', { freight: { room } }));
    at(1_000, () => lane.board(passenger('b', { freight: { room } })));
    expect(await end()).toEqual(['ab@1000']);
  });

  test('waits for nobody once the process is asked to end', async () => {
    const { lane, at, end, stop } = stage({ lingerMs: 5_000 });
    lane.expect();
    lane.board(passenger('a'));
    at(50, () => stop.abort());
    expect(await end()).toEqual(['a@50']);
  });
});
