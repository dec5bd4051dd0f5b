import { describe, expect, test } from 'vitest';
import { DEFAULT_RETENTION_MS } from '../../shared/config/limits.ts';
import { HOUR_MS } from '../../shared/kernel/clock.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { sendDue } from '../../shared/tend/send-due.ts';
import { createWorld, deliveryOf, syncLeadJob } from '../support/work-world.ts';

describe('the text of a parked job', () => {
  test('expires once it has been sent: no row leads to it any more, and no function may delete it', async () => {
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
    expect(world.bodies.expiresAt(state.body.key)).toBeNull();
    world.advance(HOUR_MS);
    expect(await sendDue(world.invocation(), world.ports)).toBe(1);
    expect(world.jobsQueue.messages()).toMatchObject([{ body: delivery.body }]);
    expect(world.bodies.expiresAt(state.body.key)).toBe(world.now() + DEFAULT_RETENTION_MS);
  });
});
