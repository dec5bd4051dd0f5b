import { describe, expect, test } from 'vitest';
import { messageFor } from '../../shared/job/message.ts';
import { planRedrive } from '../../shared/operate/redrive/plan-redrive.ts';
import { redrive } from '../../shared/operate/redrive/redrive.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { createWorld, marketoFault, ok, syncLeadJob, type World } from '../support/work-world.ts';

/** Takes what the queue has, runs it, and acknowledges what does not come back. */
async function work(world: World): Promise<void> {
  const deliveries = world.jobsQueue.deliver(10, 60_000);
  const { failed } = await runBatch(deliveries, world.invocation(), world.ports);
  for (const { messageId, receiptHandle } of deliveries) {
    if (!failed.includes(messageId)) world.jobsQueue.acknowledge(receiptHandle);
  }
}

describe('a redrive within the five minutes in which SQS drops repeated messages', () => {
  test('of a bare sender’s job reaches the queue and runs', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20105) : ok()) });
    await world.jobsQueue.send([messageFor(syncLeadJob('j1'))]);
    await work(world);
    expect(world.ledger.row('j1')?.state.kind).toBe('dead-lettered');
    const { ports } = world;
    const plan = await planRedrive({ ...ports, retentionMs: ports.settings.retentionMs }, ['j1'], {
      by: 'id',
      includeInDoubt: false,
      superseded: false,
      edited: false,
    });
    expect((await redrive(ports, plan, { edit: null, patienceMs: 0 })).redriven).toBe(1);
    await work(world);
    expect(world.ledger.row('j1')).toMatchObject({ epoch: 1, state: { kind: 'completed' } });
    expect(world.sends).toHaveLength(2);
  });
});
