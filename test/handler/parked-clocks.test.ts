import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../shared/kernel/clock.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { sendDue } from '../../shared/tend/send-due.ts';
import { createWorld, deliveryOf, syncLeadJob } from '../support/work-world.ts';

describe('a parked job that is due', () => {
  test('is not lost if the worker has it before the warden has marked it, on a clock two seconds behind', async () => {
    const world = createWorld();
    const job = syncLeadJob('later', undefined, {
      notBefore: new Date(world.now() + HOUR_MS).toISOString(),
    });
    await runBatch([deliveryOf(job)], world.invocation(), world.ports);
    expect(world.ledger.row('later')?.state.kind).toBe('parked');
    world.advance(HOUR_MS);
    const { jobsQueue } = world;
    await sendDue(world.invocation(), {
      ...world.ports,
      jobsQueue: {
        ...jobsQueue,
        // The message is received as soon as it is sent.
        send: async (messages) => {
          const results = await jobsQueue.send(messages);
          const slow = { ...world.ports, clock: () => world.now() - 2_000 };
          const taken = jobsQueue.deliver(10, 330_000);
          const { failed } = await runBatch(taken, world.invocation(), slow);
          for (const { messageId, receiptHandle } of taken)
            if (!failed.includes(messageId)) jobsQueue.acknowledge(receiptHandle);
          return results;
        },
      },
    });
    world.advance(10_000);
    const again = world.jobsQueue.deliver(10, 330_000);
    expect(again).toHaveLength(1);
    await runBatch(again, world.invocation(), world.ports);
    expect(world.ledger.row('later')?.state.kind).toBe('completed');
    expect(world.sends).toHaveLength(1);
  });
});
