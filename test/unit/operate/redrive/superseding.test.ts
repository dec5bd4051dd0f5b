import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../../shared/kernel/clock.ts';
import { planRedrive } from '../../../../shared/operate/redrive/plan-redrive.ts';
import { runBatch } from '../../../../shared/run/batch.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
  type World,
} from '../../../support/work-world.ts';

const EMAIL = 'a@example.com';

const skippedBy = async (world: World, ids: readonly string[]) => {
  const choice = { by: 'filter', includeInDoubt: false, superseded: false, edited: false } as const;
  const plan = await planRedrive({ ...world.ports, retentionMs: DAY_MS }, ids, choice);
  return plan.skipped.map(({ reason }) => reason);
};

describe('a filter’s redrive', () => {
  test('leaves out a write that a later write of the same lead has made obsolete', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20105) : ok()) });
    for (const job of [syncLeadJob('w1', EMAIL), syncLeadJob('w2', EMAIL)]) {
      await runBatch([deliveryOf(job)], world.invocation(), world.ports);
    }
    expect(await skippedBy(world, ['w1'])).toEqual(['superseded']);
  });

  test('sends a campaign request whose lead was written after it failed: that is what it was waiting for', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20103) : ok()) });
    for (const job of [requestCampaignJob('c1', EMAIL), syncLeadJob('w1', EMAIL)]) {
      await runBatch([deliveryOf(job)], world.invocation(), world.ports);
    }
    expect(await skippedBy(world, ['c1'])).toEqual([]);
  });

  test('sends a write that only a later campaign request has followed', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20105) : ok()) });
    for (const job of [syncLeadJob('w1', EMAIL), requestCampaignJob('c1', EMAIL)]) {
      await runBatch([deliveryOf(job)], world.invocation(), world.ports);
    }
    expect(await skippedBy(world, ['w1'])).toEqual([]);
  });
});
