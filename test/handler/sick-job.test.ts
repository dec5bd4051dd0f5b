import { describe, expect, test } from 'vitest';
import { narrowings } from '../../shared/budget/narrowing.ts';
import type { Fault } from '../../shared/marketo/faults/fault.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { fixedCredentials } from '../../shared/run/credentials.ts';
import { runProbes } from '../../shared/tend/probe.ts';
import { tend } from '../../shared/tend/tend.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
} from '../support/work-world.ts';

const SICK = 'sick@example.com';

/** A quiet account with one sick job: its every call comes to `fault`, every other is answered. */
function worldWith(fault: Fault) {
  const world = createWorld({
    answer: (call) => (JSON.stringify(call).includes(SICK) ? { kind: 'fault', fault } : ok()),
  });
  const delivery = deliveryOf(syncLeadJob('sick', SICK));
  const minute = () =>
    tend(world.invocation(), {
      ...world.ports,
      eventSource: { enabled: async () => true, enable: async () => {}, disable: async () => {} },
      credentials: fixedCredentials,
      limits: world.limits,
    });
  /** It comes back whenever its wait is over, and so does the warden. */
  const live = async (minutes: number) => {
    for (let i = 0; i < minutes * 2; i += 1) {
      const state = world.ledger.row('sick')?.state;
      const isDue = state === undefined || (state.kind === 'waiting' && state.until <= world.now());
      if (isDue) await runBatch([delivery], world.invocation(), world.ports);
      if (i % 2 === 1) await minute();
      world.advance(30_000);
      expect(await world.ports.budget.closed()).toBeNull();
    }
  };
  return { world, live };
}

describe('one job whose every answer is sick', () => {
  test.each<[string, Fault, string]>([
    ['HTTP 413', { kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'm' }, 'invalid-request'],
    [
      'past the bound',
      { kind: 'unreadable', what: 'too-large', httpStatus: 200, message: 'm' },
      'invalid-request',
    ],
  ])('%s ends at its first call and closes nothing', async (_, fault, faultClass) => {
    const { world, live } = worldWith(fault);
    await live(1);
    expect(world.archive.letters()).toMatchObject([{ jobId: 'sick', class: faultClass }]);
    expect(world.sends).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ['an ill-formed envelope', { kind: 'unreadable', what: 'malformed', httpStatus: 200, message: 'm' }],
    ['a web page', { kind: 'unreadable', what: 'html', httpStatus: 502, message: 'm' }],
    ['no answer', { kind: 'network', sent: true, reason: 'reset', message: 'm' }],
    ['10001', { kind: 'marketo', code: 10001, httpStatus: 500, message: 'm' }],
  ])('%s is tried until its attempts are spent, and the account stays open', async (_, fault) => {
    const { world, live } = worldWith(fault);
    await live(400);
    expect(world.archive.letters()).toMatchObject([{ jobId: 'sick', class: 'transient' }]);
  });

  test('a gateway that asks to come back is asked again for days, without an attempt spent', async () => {
    const { world, live } = worldWith({
      kind: 'gateway',
      httpStatus: 429,
      retryAfterMs: 60_000,
      message: 'm',
    });
    await live(120);
    expect(world.archive.letters()).toEqual([]);
    expect(world.ledger.row('sick')).toMatchObject({ counted: 0, state: { kind: 'waiting' } });
    expect(world.sends.length).toBeGreaterThan(40);
  });
});

describe('an account whose last calls were never answered', () => {
  test('works again as soon as Marketo answers, and says meanwhile why it is narrowed', async () => {
    let silent = true;
    const lost: Fault = { kind: 'network', sent: true, reason: 'timeout', message: 'm' };
    const world = createWorld({ answer: () => (silent ? { kind: 'fault', fault: lost } : ok()) });
    const send = (id: string) => runBatch([deliveryOf(syncLeadJob(id))], world.invocation(), world.ports);
    for (let i = 0; i < 5; i += 1) await send(`lost${i}`);
    expect(await world.ports.budget.closed()).toMatchObject({ reason: 'upstream' });
    const state = await world.ports.budget.state();
    expect(narrowings(state, world.limits, world.now()).map(({ reason }) => reason)).toEqual(['concurrency']);
    silent = false;
    world.advance(61_000);
    await send('next');
    expect(world.ledger.row('next')?.state.kind).toBe('completed');
  });

  test('a probe that says nothing about Marketo closes nothing', async () => {
    const huge: Fault = { kind: 'unreadable', what: 'too-large', httpStatus: 200, message: 'm' };
    const { world } = worldWith({ kind: 'network', sent: true, reason: 'reset', message: 'm' });
    await world.ports.budget.change((state) => ({ ...state, failuresInRow: 5 }));
    const transport = {
      ...world.ports.transport,
      probe: async () => {
        const exchange = { url: '', request: '', response: null, httpStatus: 200, sentAt: 0, endedAt: 0 };
        return { kind: 'fault' as const, fault: huge, exchange: { ...exchange, serverDate: null } };
      },
    };
    expect(await runProbes(world.invocation(), { ...world.ports, transport })).toEqual(['upstream']);
    expect(await world.ports.budget.closed()).toBeNull();
  });
});

describe('credentials that are refused for one operation only', () => {
  test('close the account once, not a minute for each of its jobs', async () => {
    const world = createWorld({
      answer: (call) => (call.operation === 'requestCampaign' ? marketoFault(20014) : ok()),
    });
    const minute = () =>
      tend(world.invocation(), {
        ...world.ports,
        eventSource: { enabled: async () => true, enable: async () => {}, disable: async () => {} },
        credentials: fixedCredentials,
        limits: world.limits,
      });
    const held: boolean[] = [];
    for (let i = 0; i < 6; i += 1) {
      await runBatch([deliveryOf(requestCampaignJob(`c${i}`))], world.invocation(), world.ports);
      held.push((await world.ports.budget.closed()) !== null);
      world.advance(61_000);
      await minute();
      world.advance(3_000);
    }
    expect(held).toEqual([true, false, false, false, false, false]);
    expect(world.archive.letters().map(({ class: name }) => name)).toEqual([
      'credentials',
      ...Array.from({ length: 5 }, () => 'invalid-request'),
    ]);
  });
});
