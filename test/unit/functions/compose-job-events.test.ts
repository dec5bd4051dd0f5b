import { expect, test } from 'vitest';
import { compose } from '../../../functions/compose.ts';
import { composeJobEvents } from '../../../functions/compose-job-events.ts';
import type { Environment } from '../../../shared/config/environment.ts';
import { runBatch } from '../../../shared/run/batch.ts';
import { noJobEvents } from '../../../shared/run/job-events.ts';
import { memoryEvents } from '../../memory/memory-events.ts';
import { createWorld, deliveryOf, ok, syncLeadJob } from '../../support/work-world.ts';

const QUEUE = 'http://127.0.0.1:1/000000000000/jobs.fifo';
const STACK = { MKTQ_TABLE: 'table', MKTQ_JOBS_QUEUE_URL: QUEUE, MKTQ_DEAD_LETTER_QUEUE_URL: QUEUE };
const bus = 'arn:aws:events:eu-central-1:111122223333:event-bus/ours';

test('a function writes down the batches of jobs where the environment names a bus or a topic, and nowhere else', () => {
  const { log } = createWorld().ports;
  const writesDown = (env: Environment): boolean =>
    compose({ ...STACK, AWS_REGION: 'eu-central-1', ...env }, { log }).ports.jobEvents !== noJobEvents;
  expect(writesDown({ MKTQ_EVENT_BUS: bus })).toBe(true);
  expect(writesDown({ MKTQ_EVENT_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:ours' })).toBe(true);
  expect(writesDown({ MKTQ_EVENT_BUS: '' })).toBe(false);
});

test('a worker tells of completed jobs those whom it was given, if they want to be told of them', async () => {
  const [told, spared] = [memoryEvents(), memoryEvents()];
  for (const [events, completed] of [
    [told, true],
    [spared, false],
  ] as const) {
    const world = createWorld({ answer: () => ok() });
    const jobEvents = composeJobEvents(
      { MKTQ_ACCOUNT: 'acme' },
      { log: world.ports.log, events: { to: events, completed } },
      world,
    );
    const job = syncLeadJob('a', 'ann@example.com');
    await runBatch([deliveryOf(job)], world.invocation(), { ...world.ports, jobEvents });
  }
  expect(told.published).toMatchObject([{ type: 'completed', jobId: 'a', stack: 'mktq-acme' }]);
  expect(spared.published).toEqual([]);
});
