import { describe, expect, test } from 'vitest';
import type { CallOutcome } from '../../shared/marketo/transport.ts';
import type { Refusal, RunPorts } from '../../shared/run/ports.ts';
import { correctByUsage } from '../../shared/tend/usage.ts';
import { createWorld, syncLeadJob } from '../support/work-world.ts';

/** A world whose Marketo counts so many calls of the day by everybody. */
function counting(total: number) {
  const world = createWorld();
  const day = '2026-11-22';
  let asked = 0;
  const { transport } = world.ports;
  const ports: RunPorts = {
    ...world.ports,
    transport: {
      ...transport,
      probe: async (send): Promise<CallOutcome<Refusal>> => {
        asked += 1;
        return transport.probe(send);
      },
      usageIn: () => ({ day, total }),
    },
  };
  return { world, ports, asked: () => asked };
}

describe('the warden', () => {
  test('takes off the day what others have spent, and pays for asking', async () => {
    const { world, ports } = counting(450);
    await world.run(syncLeadJob('a'));
    await correctByUsage(world.invocation(), ports);
    const { spent, usage } = await world.ports.budget.state();
    expect(spent).toBe(2);
    expect(usage).toMatchObject({ others: 448 });
  });

  test('asks nobody while nothing was called, nor of a transport that cannot tell', async () => {
    const { world, ports, asked } = counting(450);
    await correctByUsage(world.invocation(), ports);
    expect(asked()).toBe(0);
    await world.run(syncLeadJob('a'));
    await correctByUsage(world.invocation(), world.ports);
    expect(asked()).toBe(0);
  });

  test('does not wait for a permit to ask', async () => {
    const { world, ports } = counting(450);
    await world.run(syncLeadJob('a'));
    const wait = { kind: 'wait', until: world.now() + 5_000, because: 'rate' } as const;
    const before = world.now();
    const budget = { ...ports.budget, ask: async () => wait };
    await correctByUsage(world.invocation(), { ...ports, budget });
    expect(world.now()).toBe(before);
    expect((await world.ports.budget.state()).usage).toBeUndefined();
  });

  test('leaves the count as it is where Marketo does not answer', async () => {
    const { world, ports } = counting(450);
    await world.run(syncLeadJob('a'));
    const lost = { kind: 'network', sent: true, reason: 'timeout', message: 'no answer' } as const;
    const transport = {
      ...ports.transport,
      probe: async (): Promise<CallOutcome<Refusal>> => ({
        kind: 'fault',
        fault: lost,
        exchange: {
          url: '',
          request: '',
          response: null,
          httpStatus: null,
          sentAt: 0,
          endedAt: 0,
          serverDate: null,
        },
      }),
    };
    await correctByUsage(world.invocation(), { ...ports, transport });
    expect((await world.ports.budget.state()).usage).toBeUndefined();
  });
});
