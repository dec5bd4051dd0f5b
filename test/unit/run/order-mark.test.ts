import { describe, expect, test } from 'vitest';
import { planRedrive } from '../../../shared/operate/redrive/redrive.ts';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  ok,
  syncLeadJob,
  type World,
} from '../../support/work-world.ts';

const receive = (world: World, id: string, sequenceNumber: string, orderingKey?: string) => {
  const job = syncLeadJob(id, 'a@example.com', { orderingKey });
  return world.run(deliveryOf(job, { sequenceNumber }));
};

const skippedIn = async (world: World) => {
  const choice = { by: 'filter', includeInDoubt: false, superseded: false, edited: false } as const;
  return (await planRedrive(world.ports, ['old'], choice)).skipped;
};

describe('a letter that a later write of its key has superseded', () => {
  test.each([undefined, 'crm-4711'])(
    'is known under the key of the lead and of the sender: %s',
    async (key) => {
      const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20105) : ok()) });
      await receive(world, 'old', '5', key);
      expect(await skippedIn(world)).toEqual([]);
      await receive(world, 'new', '6', key);
      expect(await skippedIn(world)).toEqual([{ letterId: 'old', reason: 'superseded' }]);
    },
  );

  test('a job with a key of its own leaves no mark: nothing can come after it', async () => {
    const world = createWorld();
    await receive(world, 'alone', '5', 'job:alone');
    expect(world.ledger.row('alone')?.state.kind).toBe('completed');
    expect(await world.ledger.readMark('job:alone')).toBeNull();
  });
});
