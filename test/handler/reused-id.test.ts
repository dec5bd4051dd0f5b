import { describe, expect, test } from 'vitest';
import { collectBatch } from '../../shared/collect/collect.ts';
import { redrive } from '../../shared/operate/redrive/redrive.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { createWorld, deliveryOf, marketoFault, ok, syncLeadJob, type World } from '../support/work-world.ts';

const original = syncLeadJob('j1', 'a@example.com');
const edited = syncLeadJob('j1', 'b@example.com');

const receive = (world: World, job = original) =>
  runBatch([deliveryOf(job)], world.invocation(), world.ports);

/** Dead-letters the job and redrives it with other contents. */
async function redrivenWithAnEdit() {
  const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20105) : ok()) });
  await receive(world);
  const { ports } = world;
  const candidate = {
    letterId: 'j1',
    orderingKey: null,
    sequenceNumber: null,
    firstSentAt: null,
    deadLetteredAt: 0,
    cause: '',
  };
  const plan = { candidates: [candidate], skipped: [] };
  const outcome = await redrive(ports, plan, { edit: JSON.stringify(edited), patienceMs: 0 });
  expect(outcome.redriven).toBe(1);
  return world;
}

describe('an id that is used again after a redrive', () => {
  test('for another job is filed as malformed, not dropped in silence', async () => {
    const world = await redrivenWithAnEdit();
    expect((await receive(world, syncLeadJob('j1', 'c@example.com'))).failed).toEqual([]);
    expect(world.archive.letters().map((letter) => letter.class)).toEqual(['invalid-request', 'malformed']);
  });

  test('is filed as malformed by the collector, too', async () => {
    const world = await redrivenWithAnEdit();
    await collectBatch([deliveryOf(syncLeadJob('j1', 'c@example.com'))], world.ports);
    expect(world.archive.letters().map((letter) => letter.class)).toEqual(['invalid-request', 'malformed']);
  });

  test('by the first message, come back late, is acknowledged: its letter holds that very job', async () => {
    const world = await redrivenWithAnEdit();
    expect((await receive(world)).failed).toEqual([]);
    await collectBatch([deliveryOf(original)], world.ports);
    expect(world.archive.letters()).toHaveLength(1);
  });
});
