import { expect, test } from 'vitest';
import { openDesk } from '../../../shared/run/call.ts';
import { GroupRuns } from '../../../shared/run/group-runs.ts';
import { Messages } from '../../../shared/run/messages.ts';
import { createWorld, deliveryOf, syncLeadJob } from '../../support/work-world.ts';

test.each([0, 1, 2, 3])(
  'a message that comes %i steps after the last of its group was settled is run',
  async (steps) => {
    const world = createWorld();
    const invocation = world.invocation();
    const working = { ...invocation, desk: openDesk(invocation, world.ports) };
    const runs = new GroupRuns(new Messages([], invocation, world.ports), working, world.ports);
    const [first, second] = ['first', 'second'].map((id) => deliveryOf(syncLeadJob(id), { groupId: 'one' }));
    if (first === undefined || second === undefined) throw new Error('two deliveries');
    let isSettled = false;
    runs.onChange(() => {
      if (isSettled) return;
      isSettled = true;
      void (async () => {
        for (let step = 0; step < steps; step += 1) await null;
        await runs.take([second]);
      })();
    });
    await runs.take([first]);
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(world.ledger.row('second')?.state).toMatchObject({ kind: 'completed' });
    expect(runs.held.messages).toBe(0);
    expect(runs.isOver()).toBe(true);
  },
);
