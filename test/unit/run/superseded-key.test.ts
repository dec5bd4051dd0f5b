import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../shared/kernel/clock.ts';
import { planRedrive } from '../../../shared/operate/redrive/plan-redrive.ts';
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
  return (await planRedrive({ ...world.ports, retentionMs: DAY_MS }, ['old'], choice)).skipped;
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

  test('is not one of a key of its own: nothing can come after it, and no row is looked for', async () => {
    const world = createWorld({ answer: () => marketoFault(20105) });
    await receive(world, 'old', '5', 'job:old');
    const list = (): never => {
      throw new Error('asked');
    };
    const ports = { ...world.ports, ledger: { ...world.ledger, list }, retentionMs: DAY_MS };
    const choice = { by: 'filter', includeInDoubt: false, superseded: false, edited: false } as const;
    expect((await planRedrive(ports, ['old'], choice)).candidates).toHaveLength(1);
  });
});
