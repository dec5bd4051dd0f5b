import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../shared/kernel/clock.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { sendDue } from '../../shared/tend/send-due.ts';
import { createWorld, deliveryOf, syncLeadJob } from '../support/work-world.ts';

describe('the text of a parked job', () => {
  test('does not outlive its parking: no row would lead to it when the lead is forgotten', async () => {
    const world = createWorld();
    const attribute = [{ attrName: 'Notes', attrValue: 'x'.repeat(100_000) }];
    const params = {
      leadRecord: { Email: 'a@example.com', leadAttributeList: { attribute } },
      returnLead: false,
    };
    const notBefore = new Date(world.now() + HOUR_MS).toISOString();
    const delivery = deliveryOf(syncLeadJob('later', undefined, { params, notBefore }));
    await runBatch([delivery], world.invocation(), world.ports);
    const state = world.ledger.row('later')?.state;
    if (state?.kind !== 'parked' || state.body.kind !== 'parts') throw new Error('the test wants parts');
    expect(await world.bodies.load(state.body)).toBe(delivery.body);
    world.advance(HOUR_MS);
    expect(await sendDue(world.invocation(), world.ports)).toBe(1);
    expect(world.jobsQueue.messages()).toMatchObject([{ body: delivery.body }]);
    expect(await world.bodies.load(state.body)).toBeNull();
  });
});
