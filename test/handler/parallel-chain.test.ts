import { describe, expect, test } from 'vitest';
import { runBatch } from '../../shared/run/batch.ts';
import { createWorld, deliveryOf, syncLeadJob, type World } from '../support/work-world.ts';

/** A world in which the budget tells how often it was asked to write what is left to be written. */
function counting(world: World) {
  const flushed = Promise.withResolvers<void>();
  let flushes = 0;
  const budget: typeof world.ports.budget = {
    ...world.ports.budget,
    flush: () => {
      flushes += 1;
      flushed.resolve();
      return world.ports.budget.flush();
    },
  };
  return { budget, flushed: flushed.promise, flushes: () => flushes };
}

describe('the slot of a call that has ended', () => {
  test('is given back while the end of the last job is recorded, not after it', async () => {
    const world = createWorld();
    const { budget, flushed } = counting(world);
    const ledger: typeof world.ledger = {
      ...world.ledger,
      change: async (at, reduce) => {
        if (world.sends.length > 0) await flushed;
        return world.ledger.change(at, reduce);
      },
    };
    const ports = { ...world.ports, ledger, budget };
    const { failed } = await runBatch([deliveryOf(syncLeadJob('a'))], world.invocation(), ports);
    expect(failed).toEqual([]);
    expect(world.ledger.row('a')?.state.kind).toBe('completed');
  });

  test('is left to the request of the next job where one follows', async () => {
    const world = createWorld();
    const { budget, flushes } = counting(world);
    const jobs = ['a', 'b', 'c'].map((id) => deliveryOf(syncLeadJob(id, 'one@example.com')));
    const { failed } = await runBatch(jobs, world.invocation(), { ...world.ports, budget });
    expect(failed).toEqual([]);
    // Beside the record of the last, and at the end of all.
    expect(flushes()).toBe(2);
  });

  test('keeps nobody from recording an end where it cannot be given back', async () => {
    const world = createWorld();
    const budget = { ...world.ports.budget, flush: () => Promise.reject(new Error('down')) };
    const ports = { ...world.ports, budget };
    const { failed } = await runBatch([deliveryOf(syncLeadJob('a'))], world.invocation(), ports);
    expect(failed).toEqual([]);
    expect(world.ledger.row('a')?.state.kind).toBe('completed');
  });
});
