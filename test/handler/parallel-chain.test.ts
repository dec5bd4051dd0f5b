import { describe, expect, test } from 'vitest';
import { createBudget } from '../../shared/budget/gate.ts';
import { TRANSPORTS } from '../../shared/config/transports.ts';
import type { Delivery } from '../../shared/job/job.ts';
import type { PackingBounds } from '../../shared/marketo/packing/packing-bounds.ts';
import { SOAP_BOUNDS } from '../../shared/marketo/soap/packing-bounds.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { virtualTime } from '../memory/virtual-time.ts';
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

describe('what a job alone waits for, beside its call', () => {
  /** As AWS answers within a region. */
  const [DYNAMODB_MS, SQS_MS] = [4, 10];

  /** How long each of some deliveries took, one after the other through the same process. */
  async function waited(
    deliveries: readonly Delivery[],
    bounds: PackingBounds | null = null,
  ): Promise<readonly number[]> {
    const world = createWorld({ bounds });
    const time = virtualTime(world.now());
    const { clock, sleep } = time;
    /** The same effects, each so much later. */
    const delayed = <T extends object>(of: T, names: readonly (keyof T)[], ms: number): T => {
      const slow = names.map((name) => {
        const effect = of[name];
        if (typeof effect !== 'function') throw new Error(`${String(name)} is no effect`);
        const late = async (...given: unknown[]) => {
          await sleep(ms);
          return effect.apply(of, given);
        };
        return [name, late];
      });
      return { ...of, ...Object.fromEntries(slow) };
    };
    const store = delayed(
      { get: world.store.get, read: world.store.read, change: world.store.change },
      ['get', 'read', 'change'],
      DYNAMODB_MS,
    );
    const { random, makeId } = world.ports;
    const serverDoneMs = TRANSPORTS.soap.serverDoneMs;
    const ports = {
      ...world.ports,
      clock,
      sleep,
      ledger: delayed(world.ledger, ['read', 'change'], DYNAMODB_MS),
      budget: createBudget({ store, limits: world.limits, serverDoneMs, clock, sleep, random, makeId }),
      jobsQueue: delayed(world.jobsQueue, ['hide'], SQS_MS),
    };
    const took: number[] = [];
    const running = (async () => {
      for (const delivery of deliveries) {
        const began = clock();
        const { failed } = await runBatch([delivery], world.invocation(), ports);
        expect(failed).toEqual([]);
        took.push(clock() - began);
      }
    })();
    await time.run(() => took.length === deliveries.length);
    await running;
    return took;
  }

  const twice = (over: Partial<Delivery> = {}): readonly Delivery[] =>
    ['a', 'b'].map((id) => deliveryOf(syncLeadJob(id), over));

  test('is, with the permit beside the claim, three requests to DynamoDB one after the other and then two, which the hiding outlasts', async () => {
    expect(await waited(twice())).toEqual([3 * DYNAMODB_MS, SQS_MS]);
  });

  test('is one request more where there is a row to be read first', async () => {
    expect(await waited(twice({ hasRow: true }))).toEqual([4 * DYNAMODB_MS, 3 * DYNAMODB_MS]);
  });

  test('is one more where the permit follows the claim: at a later delivery, or where jobs may share the call', async () => {
    const one = [4 * DYNAMODB_MS, 3 * DYNAMODB_MS];
    expect(await waited(twice(), SOAP_BOUNDS)).toEqual(one);
    // Received before, its row is read as well.
    expect(await waited(twice({ receiveCount: 2 }))).toEqual(one.map((ms) => ms + DYNAMODB_MS));
  });
});
