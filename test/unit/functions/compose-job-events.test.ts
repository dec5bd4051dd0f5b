import { expect, test } from 'vitest';
import type { FunctionPorts } from '../../../functions/compose.ts';
import { composeJobEvents } from '../../../functions/compose-job-events.ts';
import type { Environment } from '../../../shared/config/environment.ts';
import { runBatch } from '../../../shared/run/batch.ts';
import { memoryEvents } from '../../memory/memory-events.ts';
import { memoryOpenBatches } from '../../memory/memory-open-batches.ts';
import { createWorld, deliveryOf, ok, syncLeadJob } from '../../support/work-world.ts';

/** A job of a batch, run by a worker with these variables; what the worker wrote down of batches. */
async function batchesAfter(env: Environment, events?: FunctionPorts['events']) {
  const world = createWorld({ answer: () => ok() });
  const openBatches = memoryOpenBatches();
  const jobEvents = composeJobEvents(
    env,
    { log: world.ports.log, events },
    { ports: world.ports, adapters: { openBatches } },
  );
  const job = syncLeadJob('a', 'ann@example.com', { batch: 'import' });
  await runBatch([deliveryOf(job)], world.invocation(), { ...world.ports, jobEvents });
  return openBatches.all().map(({ batch }) => batch);
}

const bus = 'arn:aws:events:eu-central-1:111122223333:event-bus/ours';

test('a worker writes down its batches where the environment names a bus or a topic, and nowhere else', async () => {
  expect(await batchesAfter({ MKTQ_EVENT_BUS: bus })).toEqual(['import']);
  expect(await batchesAfter({ MKTQ_EVENT_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:ours' })).toEqual([
    'import',
  ]);
  expect(await batchesAfter({ MKTQ_EVENT_BUS: '' })).toEqual([]);
});

test('a worker tells of completed jobs those whom it was given, if they want to be told of them', async () => {
  const [told, spared] = [memoryEvents(), memoryEvents()];
  const env = { MKTQ_ACCOUNT: 'acme', MKTQ_EVENT_BUS: bus };
  expect(await batchesAfter(env, { to: told, completed: true })).toEqual(['import']);
  expect(await batchesAfter(env, { to: spared, completed: false })).toEqual(['import']);
  expect(told.published).toMatchObject([{ type: 'completed', jobId: 'a', stack: 'mktq-acme' }]);
  expect(spared.published).toEqual([]);
});
