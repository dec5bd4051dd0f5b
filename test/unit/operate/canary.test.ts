import { describe, expect, test } from 'vitest';
import type { FaultClass } from '../../../shared/marketo/faults/fault.ts';
import { portentIn, watchCanary } from '../../../shared/operate/canary.ts';
import { pauseAccount } from '../../../shared/operate/hold.ts';
import { leadJob, NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';

const death = (faultClass: FaultClass, code: number | null, message = 'no') => ({
  operation: 'syncLead' as const,
  class: faultClass,
  code,
  message,
  advice: 'Look.',
  letterId: 'l-1',
});

const deaths = (count: number, ...of: Parameters<typeof death>) =>
  Array.from({ length: count }, () => death(...of));

describe('what the first jobs foretell', () => {
  test.each([
    ['invalid-request', 1006],
    ['invalid-request', 20105],
    ['invalid-request', 603],
    ['record-failed', 1006],
    ['credentials', null],
    ['internal', null],
  ] as const)('is the death of all the rest after one of %s %s', (faultClass, code) => {
    expect(portentIn([death(faultClass, code)], 10)).toMatchObject({
      class: faultClass,
      code,
      count: 1,
      letterIds: ['l-1'],
    });
  });

  test.each([
    ['invalid-request', 1003],
    ['invalid-request', 1001],
    ['record-failed', 1007],
    ['not-found', 1004],
    ['in-doubt', null],
    ['unknown', 4711],
  ] as const)(
    'is nothing after four of ten of %s %s, and the death of the rest after five',
    (faultClass, code) => {
      expect(portentIn(deaths(4, faultClass, code), 10)).toBeNull();
      expect(portentIn(deaths(5, faultClass, code), 10)).toMatchObject({ code, count: 5 });
    },
  );

  test('is nothing where each died of its own cause', () => {
    const words = ['a date', 'a phone', 'a country', 'a postcode', 'a name', 'a score'];
    expect(
      portentIn(
        words.map((word) => death('invalid-request', 1003, `bad is ${word}`)),
        10,
      ),
    ).toBeNull();
    expect(
      portentIn(
        words.map((word) => death('invalid-request', 1003, `value '${word}' is bad`)),
        10,
      ),
    ).toMatchObject({ count: 6 });
  });

  test('is what most of them died of, where that is telling', () => {
    const dead = [death('invalid-request', 1006), ...deaths(6, 'invalid-request', 1003)];
    expect(portentIn(dead, 10)).toMatchObject({ code: 1003, count: 6 });
    expect(portentIn(dead.slice(0, 4), 10)).toMatchObject({ code: 1006, count: 1 });
  });
});

describe('the wait for the first jobs', () => {
  /** Jobs that are queued; whose letters, once they are dead, have this code. */
  async function queued(count: number, code = 1003) {
    const world = operateWorld();
    const ids = Array.from({ length: count }, (_, i) => `job-${i}`);
    for (const id of ids) await world.deadLetter(leadJob(id), { code, message: 'no' }, { kind: 'queued' });
    const kinds = {
      completed: { kind: 'completed', at: NOON, result: null, resultDropped: false },
      cancelled: { kind: 'cancelled', at: NOON },
    } as const;
    const end = (id: string, kind: keyof typeof kinds | 'dead-lettered') =>
      world.setState(
        id,
        kind === 'dead-lettered' ? { kind, at: NOON, letterId: id, quietUntil: null } : kinds[kind],
      );
    const looks: number[] = [];
    const watch = (over: object = {}, signal?: AbortSignal) =>
      watchCanary(
        { ...world.ports, random: () => 0.5, ...over },
        ids,
        { signal },
        (ended) => void looks.push(ended),
      );
    return { ...world, end, watch, looks };
  }

  test('is over when each has ended, whether it completed, died of its own fault or was cancelled', async () => {
    const { end, watch, looks, ports } = await queued(4);
    await end('job-3', 'cancelled');
    await end('job-0', 'dead-lettered');
    const sleep = async (ms: number): Promise<void> => {
      await ports.sleep(ms);
      await end('job-1', 'completed');
      if (looks.length > 1) await end('job-2', 'completed');
    };
    expect(await watch({ sleep })).toEqual({ kind: 'passed', died: 1 });
    expect(looks).toEqual([2, 3, 4]);
  });

  test('goes on where one has died of what is of each: the others are about to', async () => {
    const { end, watch, looks, ports } = await queued(3, 20105);
    await end('job-2', 'dead-lettered');
    const sleep = async (ms: number): Promise<void> => {
      await ports.sleep(ms);
      await end('job-0', 'dead-lettered');
      await end('job-1', 'completed');
    };
    expect(await watch({ sleep })).toMatchObject({ kind: 'failed', died: 2, of: { code: 20105, count: 2 } });
    expect(looks).toEqual([1, 3]);
  });

  test('tells of that death, too, where the others do not end', async () => {
    const { end, watch, ports } = await queued(2, 20105);
    await end('job-1', 'dead-lettered');
    await pauseAccount(ports, 'maintenance');
    expect(await watch()).toMatchObject({ kind: 'failed', died: 1 });
  });

  test('lasts two minutes at most', async () => {
    const { end, watch, ports } = await queued(3);
    await end('job-1', 'completed');
    const startedAt = ports.clock();
    expect(await watch()).toEqual({ kind: 'pending', open: 2, waiting: null });
    expect(ports.clock() - startedAt).toBe(120_000);
  });

  test('is over once the account is held for longer, and says by what', async () => {
    const { watch, ports, looks } = await queued(2);
    const sleep = async (ms: number): Promise<void> => {
      await ports.sleep(ms);
      await pauseAccount(ports, 'maintenance');
    };
    const waiting = { reason: 'operator', until: null };
    expect(await watch({ sleep })).toEqual({ kind: 'pending', open: 2, waiting });
    expect(looks).toEqual([0, 0]);
  });

  test('says by what also where the first of them is about to die of it', async () => {
    const { watch, ports, setState } = await queued(2);
    const decision = {
      ...death('credentials', null),
      letterId: 'job-0',
      retryBody: null,
      request: null,
      response: null,
      httpStatus: 401,
      decidedAt: NOON,
      quietUntil: null,
    };
    await setState('job-0', { kind: 'decided', decision });
    await pauseAccount(ports, 'maintenance');
    const waiting = { reason: 'operator', until: null };
    expect(await watch()).toEqual({ kind: 'pending', open: 2, waiting });
  });

  test('rejects when somebody wants no more of it', async () => {
    const { watch } = await queued(1);
    await expect(watch({}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
