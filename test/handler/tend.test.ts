import { describe, expect, test } from 'vitest';
import { pause } from '../../shared/budget/holds.ts';
import { askForQuotaProbe } from '../../shared/budget/probe.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { fixedCredentials } from '../../shared/run/credentials.ts';
import type { EventSource } from '../../shared/tend/switch.ts';
import { tend } from '../../shared/tend/tend.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  syncLeadJob,
  type World,
  type WorldOptions,
} from '../support/work-world.ts';

const switchable = (): EventSource & { on: boolean } => {
  const source = {
    on: true,
    enabled: async () => source.on,
    enable: async () => {
      source.on = true;
    },
    disable: async () => {
      source.on = false;
    },
  };
  return source;
};

function wardenOf(options: WorldOptions = {}) {
  const world = createWorld(options);
  const eventSource = switchable();
  const minute = (over: Partial<typeof world.ports> = {}) =>
    tend(world.invocation(), {
      ...world.ports,
      ...over,
      eventSource,
      credentials: fixedCredentials,
      limits: world.limits,
    });
  return { world, eventSource, minute };
}

const work = (world: World, id: string) =>
  runBatch([deliveryOf(syncLeadJob(id))], world.invocation(), world.ports);

describe('tend', () => {
  test('does nothing in a quiet minute', async () => {
    const { minute, world } = wardenOf();
    expect(await minute()).toEqual({ probed: [], sentDue: 0, switched: 'unchanged', failed: [] });
    expect(world.calls).toHaveLength(0);
  });

  test('sends parked jobs at their time, and not before', async () => {
    const { minute, world } = wardenOf();
    const job = syncLeadJob('later', undefined, { notBefore: '2026-11-22T19:00:00Z' });
    const delivery = deliveryOf(job);
    await runBatch([delivery], world.invocation(), world.ports);
    expect((await minute()).sentDue).toBe(0);
    world.advance(3_600_000);
    expect((await minute()).sentDue).toBe(1);
    expect(world.jobsQueue.messages()).toMatchObject([{ body: delivery.body, groupId: delivery.groupId }]);
    expect(world.ledger.row('later')?.state.kind).toBe('queued');
    expect((await minute()).sentDue).toBe(0);
  });

  test('asks what others spend after all else, and does not wait for a permit', async () => {
    const { minute, world, eventSource } = wardenOf();
    await work(world, 'spent');
    world.advance(3_600_000);
    eventSource.on = false;
    const { budget } = world.ports;
    const began = world.ports.clock();
    let asked = 0;
    const ask: typeof budget.ask = async () => {
      asked += 1;
      expect(eventSource.on).toBe(true);
      return { kind: 'wait', until: world.ports.clock() + 2_000, because: 'rate' };
    };
    const transport = { ...world.ports.transport, usageIn: () => null };
    await minute({ budget: { ...budget, ask }, transport });
    expect(asked).toBe(1);
    expect(world.ports.clock()).toBe(began);
  });

  test('lifts a credentials hold by a probe once the credentials work again', async () => {
    let refused = true;
    const { minute, world } = wardenOf({ answer: () => (refused ? marketoFault(20014) : ok()) });
    await work(world, 'a');
    expect(await world.ports.budget.closed()).toMatchObject({ reason: 'credentials' });
    world.advance(61_000);
    expect((await minute()).probed).toEqual(['credentials']);
    expect(await world.ports.budget.closed()).toMatchObject({ reason: 'credentials' });
    refused = false;
    world.advance(61_000);
    await minute();
    world.advance(5_000);
    expect(await world.ports.budget.closed()).toBeNull();
    expect(world.calls.map((call) => call.operation)).toEqual(['syncLead', 'listMObjects', 'listMObjects']);
  });

  test('probes a quota hold after the reset, not before, and lifts it', async () => {
    let spent = true;
    const { minute, world } = wardenOf({ answer: () => (spent ? marketoFault(20015) : ok()) });
    await work(world, 'a');
    world.advance(3_600_000);
    expect((await minute()).probed).toEqual([]);
    spent = false;
    world.advance(13 * 3_600_000);
    expect((await minute()).probed).toEqual(['quota']);
    world.advance(5_000);
    expect(await world.ports.budget.closed()).toBeNull();
  });

  test('probes a quota hold by day if somebody asks, once, and goes on as planned', async () => {
    const { minute, world } = wardenOf({ answer: () => marketoFault(20015) });
    await work(world, 'a');
    world.advance(60_000);
    await world.ports.budget.change(askForQuotaProbe);
    expect((await minute()).probed).toEqual(['quota']);
    world.advance(3_600_000);
    expect((await minute()).probed).toEqual([]);
    expect(await world.ports.budget.closed()).toMatchObject({ reason: 'quota' });
  });

  test('switches the event source off under a long hold, and on when it is lifted', async () => {
    const { minute, world, eventSource } = wardenOf();
    await world.ports.budget.change((state, now) => pause(state, now, 'maintenance'));
    expect((await minute()).switched).toBe('off');
    expect(eventSource.on).toBe(false);
    await world.ports.budget.change((state) => ({ ...state, holds: {} }));
    expect((await minute()).switched).toBe('on');
    expect(eventSource.on).toBe(true);
  });

  test('lets the queue through a held account twice a day, so that what has expired is filed', async () => {
    const { minute, world, eventSource } = wardenOf({ startAt: Date.parse('2026-11-22T23:59:00Z') });
    await world.ports.budget.change((state, now) => pause(state, now, 'maintenance'));
    await minute();
    expect(eventSource.on).toBe(false);
    world.advance(2 * 60_000);
    await minute();
    expect(eventSource.on).toBe(true);
    world.advance(10 * 60_000);
    await minute();
    expect(eventSource.on).toBe(false);
  });

  test('one part that fails does not keep the others from their work', async () => {
    const { minute, world } = wardenOf({
      faults: { ledger: (method) => (method === 'due' ? 'throw' : null) },
    });
    await world.ports.budget.change((state, now) => pause(state, now, 'maintenance'));
    expect(await minute()).toEqual({
      probed: [],
      sentDue: 0,
      switched: 'off',
      failed: ['send what is due'],
    });
  });
});
