import { describe, expect, test } from 'vitest';
import type { RunPorts } from '../../../shared/run/ports.ts';
import {
  createWorld,
  marketoFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
  type World,
} from '../../support/work-world.ts';

const unreachable = async (): Promise<never> => {
  throw new Error('unreachable');
};

/** The world with a budget of which one question is never answered. */
const without = (world: World, method: 'ask' | 'refresh' | 'report'): RunPorts => ({
  ...world.ports,
  budget: { ...world.ports.budget, [method]: unreachable },
});

describe('a budget that cannot be reached', () => {
  test('between intent and first byte leaves no job in doubt, because nothing was sent', async () => {
    const world = createWorld();
    const job = requestCampaignJob('j1');
    await expect(world.run(job, without(world, 'refresh'))).rejects.toThrow('unreachable');
    expect(world.ledger.row('j1')?.state).toEqual({ kind: 'queued' });
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toEqual([]);
    expect(world.sends).toHaveLength(1);
  });

  test('an intent whose reply was lost is closed as well: its call was never made', async () => {
    let writes = 0;
    const world = createWorld({
      faults: {
        ledger: (method) => {
          if (method !== 'replace') return null;
          writes += 1;
          // The claim is the first write of the row, the intent the second.
          return writes === 2 ? 'lose-reply' : null;
        },
      },
    });
    const job = requestCampaignJob('j1');
    await expect(world.run(job)).rejects.toThrow('the reply to replace');
    expect(world.sends).toHaveLength(0);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toEqual([]);
    expect(world.sends).toHaveLength(1);
  });

  test('makes no poison of a job, however often it could not be asked', async () => {
    const world = createWorld();
    const job = syncLeadJob('j1');
    for (let round = 0; round < 10; round += 1) {
      await world.run(job, without(world, 'ask')).catch(() => {});
      world.advance(30_000);
    }
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toEqual([]);
    expect(world.ledger.row('j1')?.state.kind).toBe('completed');
  });

  test('does not lose an answer that is there already', async () => {
    const world = createWorld({ answer: () => ok({ result: { success: true } }) });
    const settlement = await world.run(requestCampaignJob('j1'), without(world, 'report'));
    expect(settlement).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')?.state.kind).toBe('completed');
  });

  test('defers a job whose refused credentials it could not be told of', async () => {
    const world = createWorld({ answer: () => marketoFault(20014) });
    const settlement = await world.run(syncLeadJob('j1'), without(world, 'report'));
    expect(settlement).toMatchObject({ kind: 'hide' });
    expect(world.archive.letters()).toEqual([]);
  });
});
