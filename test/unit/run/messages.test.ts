import { expect, test } from 'vitest';
import { noJobEvents } from '../../../shared/run/job-events.ts';
import { Messages } from '../../../shared/run/messages.ts';
import { createWorld, deliveryOf, syncLeadJob } from '../../support/work-world.ts';

test('what was drawn is removed once the batches of its jobs are written down, as nobody would come back to do that', async () => {
  const world = createWorld();
  const did: string[] = [];
  const removed = Promise.withResolvers<void>();
  const messages = new Messages([], world.invocation(), {
    ...world.ports,
    jobEvents: {
      ...noJobEvents,
      written: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        did.push('written');
      },
    },
    jobsQueue: {
      ...world.jobsQueue,
      remove: async () => {
        did.push('removed');
        removed.resolve();
        return true;
      },
    },
  });
  messages.haveDrawn();
  messages.acknowledge(deliveryOf(syncLeadJob('j1')));
  await removed.promise;
  expect(did).toEqual(['written', 'removed']);
});
