import { describe, expect, test } from 'vitest';
import type { RunPorts } from '../../shared/run/ports.ts';
import { createWorld, requestCampaignJob, syncLeadJob, type World } from '../support/work-world.ts';

/** A call of the pretend Marketo may take 90 s, and its settling 15 s, of the 300 s of an invocation. */
const LAST_START_MS = 300_000 - 90_000 - 15_000;

/** A ledger that takes so long for its second write, the intent, or for its first, the claim. */
const slowLedger = (world: World, nth: number, ms: number): Partial<RunPorts> => {
  let writes = 0;
  return {
    ledger: {
      ...world.ledger,
      change: async (at, reduce) => {
        writes += 1;
        if (writes === nth) world.advance(ms);
        return world.ledger.change(at, reduce);
      },
    },
  };
};

const slowRefresh = (world: World, ms: number): Partial<RunPorts> => ({
  budget: {
    ...world.ports.budget,
    refresh: async (permit) => {
      world.advance(ms);
      return permit;
    },
  },
});

describe('stores that answer slowly', () => {
  test.each([
    ['the intent', (world: World, ms: number) => slowLedger(world, 2, ms), requestCampaignJob('j1')],
    ['the refresh of the permit', slowRefresh, syncLeadJob('j1')],
  ] as const)(
    'starts no call that could not end in time, when %s took the time between permit and first byte',
    async (_, slow, job) => {
      const world = createWorld();
      const settlement = await world.run(job, slow(world, LAST_START_MS + 1));
      expect(settlement).toMatchObject({ kind: 'hide' });
      expect(world.sends).toEqual([]);
      expect(world.archive.letters()).toEqual([]);
      // Nothing was announced for good: the next run may call.
      expect(world.ledger.row('j1')?.state.kind).toBe('waiting');
      expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
      expect(world.sends).toHaveLength(1);
    },
  );

  test('do not keep a call from starting that can still end in time', async () => {
    const world = createWorld();
    const job = requestCampaignJob('j1');
    expect(await world.run(job, slowLedger(world, 2, LAST_START_MS - 1_000))).toEqual({
      kind: 'acknowledge',
    });
    expect(world.sends).toHaveLength(1);
  });
});
