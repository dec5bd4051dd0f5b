import { describe, expect, test } from 'vitest';
import { pause } from '../../shared/budget/holds.ts';
import { METRICS } from '../../shared/config/names.ts';
import type { Metrics } from '../../shared/kernel/metrics.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { lettersOfMinute } from '../../shared/tend/letters.ts';
import { measure } from '../../shared/tend/measure.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
  type WorldOptions,
} from '../support/work-world.ts';

/** Everything that was counted or measured, by name and label. */
function listMetrics(): Metrics & { readonly values: Map<string, number> } {
  const values = new Map<string, number>();
  const key = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    [name, ...Object.values(labels)].join(' ');
  return {
    values,
    count: (name, labels) => values.set(key(name, labels), (values.get(key(name, labels)) ?? 0) + 1),
    gauge: (name, value, labels) => values.set(key(name, labels), value),
  };
}

function watched(options: WorldOptions = {}) {
  const world = createWorld(options);
  const metrics = listMetrics();
  const ports = { ...world.ports, metrics, limits: world.limits };
  return {
    world,
    ports,
    values: metrics.values,
    measure: () => measure({ ...ports, letters: lettersOfMinute(ports.archive) }),
    work: (...jobs: readonly ReturnType<typeof syncLeadJob>[]) =>
      runBatch(
        jobs.map((job) => deliveryOf(job)),
        world.invocation(),
        ports,
      ),
  };
}

describe('measure', () => {
  test('says of a quiet account that nothing is spent, waiting, held or dead', async () => {
    const { measure, values } = watched();
    await measure();
    expect(Object.fromEntries(values)).toEqual({
      [METRICS.quotaSpent]: 0,
      [METRICS.quotaLeft]: 10_000,
      [METRICS.pace]: 99,
      [METRICS.slots]: 9,
      [METRICS.quotaShortMinutes]: 0,
      [METRICS.queueDepth]: 0,
      [METRICS.jobsInFlight]: 0,
      [METRICS.openLetters]: 0,
      [METRICS.unseenLetters]: 0,
      [`${METRICS.held} quota`]: 0,
      [`${METRICS.held} rate`]: 0,
      [`${METRICS.held} credentials`]: 0,
      [`${METRICS.held} upstream`]: 0,
      [`${METRICS.held} operator`]: 0,
    });
  });

  test('says what is left of the pace and of the slots', async () => {
    const { measure, values, ports } = watched();
    await ports.budget.change((state, now) => ({
      ...state,
      cuts: { rate: { left: 60, at: now }, slots: { left: 4, at: now } },
    }));
    await measure();
    expect([values.get(METRICS.pace), values.get(METRICS.slots)]).toEqual([60, 4]);
  });

  test('says which hold keeps the account closed', async () => {
    const { measure, values, ports } = watched();
    await ports.budget.change((state, now) => pause(state, now, 'maintenance'));
    await measure();
    expect(values.get(`${METRICS.held} operator`)).toBe(1);
    expect(values.get(`${METRICS.held} quota`)).toBe(0);
  });

  test('forecasts how many minutes of the day will be without quota at its pace', async () => {
    const { measure, values, work } = watched({ limits: { dailyQuota: 4 } });
    await work(syncLeadJob('a'), syncLeadJob('b'), syncLeadJob('c'));
    await measure();
    // Half the day is over in Chicago and three of four calls are spent: the last goes at 16:00, eight hours too early.
    expect(values.get(METRICS.quotaSpent)).toBe(3);
    expect(values.get(METRICS.quotaLeft)).toBe(1);
    expect(values.get(METRICS.quotaShortMinutes)).toBe(480);
  });

  test('counts open letters by class, every five minutes only', async () => {
    const { measure, values, work, world } = watched({ answer: () => marketoFault(20105) });
    await work(syncLeadJob('a'), syncLeadJob('b'));
    await measure();
    expect(values.get(METRICS.openLetters)).toBe(2);
    expect(values.get(`${METRICS.openLetters} invalid-request`)).toBe(2);
    values.clear();
    world.advance(60_000);
    await measure();
    expect(values.has(METRICS.openLetters)).toBe(false);
    expect(values.has(METRICS.quotaSpent)).toBe(true);
  });

  test('of what somebody has acknowledged only what is past ten times as many is unseen', async () => {
    const { measure, values, work, world } = watched({
      answer: (_call, nth) => marketoFault(nth === 1 ? 20103 : 20105),
    });
    const jobs = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => syncLeadJob(`j${from + i}`));
    await work(...jobs(1, 3));
    const unseen = async () => {
      await measure();
      return [values.get(METRICS.openLetters), values.get(METRICS.unseenLetters)];
    };
    expect(await unseen()).toEqual([3, 3]);
    const cause = world.archive.letters().find(({ code }) => code === 20105)?.cause ?? '';
    const now = world.now();
    await world.ports.acknowledgements.change(() => ({
      causes: [{ cause, at: now, by: 'ann', until: now + 60 * 60_000, note: 'on its way', count: 2 }],
    }));
    expect(await unseen()).toEqual([3, 1]);
    await work(...jobs(4, 20));
    expect(await unseen()).toEqual([20, 1]);
    await work(...jobs(21, 21));
    expect(await unseen()).toEqual([21, 21]);
    world.advance(60 * 60_000);
    await work(...jobs(22, 22));
    expect(await unseen()).toEqual([22, 22]);
  });

  test('a store that does not answer hides no other figures', async () => {
    const { measure, values } = watched({
      faults: { jobsQueue: (method) => (method === 'stats' ? 'throw' : null) },
    });
    await measure();
    expect(values.has(METRICS.queueDepth)).toBe(false);
    expect(values.has(METRICS.quotaSpent)).toBe(true);
  });
});

describe('a batch', () => {
  test('counts what it completes, and what it dead-letters by class', async () => {
    const { work, values } = watched({ answer: (_call, nth) => (nth === 1 ? ok() : marketoFault(20105)) });
    await work(syncLeadJob('a'), syncLeadJob('b'));
    expect(values.get(METRICS.jobsCompleted)).toBe(1);
    expect(values.get(`${METRICS.jobsDeadLettered} invalid-request`)).toBe(1);
  });

  test('counts a code that no table knows, also where it puts the job in doubt', async () => {
    const { work, values } = watched({ answer: () => marketoFault(29999) });
    await work(syncLeadJob('a'), requestCampaignJob('b'));
    expect(values.get(METRICS.unknownCodes)).toBe(2);
    expect(values.get(`${METRICS.unknownCode} 29999`)).toBe(2);
  });

  test('counts no code that is known', async () => {
    const { work, values } = watched({ answer: () => marketoFault(20103) });
    await work(syncLeadJob('a'));
    expect(values.has(METRICS.unknownCodes)).toBe(false);
  });

  test('counts a message whose group is not that of its lead', async () => {
    const { ports, values, world } = watched();
    const own = deliveryOf(syncLeadJob('a'));
    const other = deliveryOf(syncLeadJob('b'), { groupId: 'any' });
    await runBatch([own, other], world.invocation(), ports);
    expect(values.get(METRICS.groupMismatches)).toBe(1);
  });
});
