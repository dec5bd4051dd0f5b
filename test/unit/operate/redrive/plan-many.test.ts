import { expect, test } from 'vitest';
import { firstRow } from '../../../../shared/ledger/row.ts';
import { planRedrive } from '../../../../shared/operate/redrive/plan-redrive.ts';
import { leadJob, letterWorld, NOON } from '../../../support/letters.ts';

const CHOICE = { by: 'filter', includeInDoubt: false, superseded: false, edited: false } as const;

/** So many letters, each of a lead of its own; the lead of the first was written again since. */
async function worldOf(letters: number) {
  const world = letterWorld();
  const ids = Array.from({ length: letters }, (_, n) => `job-${n}`);
  for (const [n, id] of ids.entries()) {
    await world.deadLetter(leadJob(id, `n${n}@example.com`), { sequenceNumber: '1' });
  }
  const later = leadJob('later', 'n0@example.com');
  await world.putRow({
    ...firstRow(later, { sequenceNumber: '2', enqueuedAt: NOON }),
    state: { kind: 'completed', at: NOON, result: null, resultDropped: false },
  });
  const asked: string[] = [];
  const ledger = {
    ...world.ports.ledger,
    list: (query: Parameters<typeof world.ports.ledger.list>[0]) => {
      asked.push(query.by.kind === 'key' ? query.by.orderingKey : query.by.kind);
      return world.ports.ledger.list(query);
    },
  };
  return { ports: { ...world.ports, ledger }, ids, asked };
}

test('the redrive of many asks for the rows of no key that has one job alone, and sees what a later write has overtaken', async () => {
  const { ports, ids, asked } = await worldOf(400);
  const plan = await planRedrive(ports, ids, CHOICE);
  expect(plan.skipped).toEqual([{ letterId: 'job-0', reason: 'superseded' }]);
  expect(plan.candidates).toHaveLength(399);
  expect(asked).toEqual(['lead:EMAIL:n0@example.com']);
});

test('the redrive of many comes to the same where the keys may not be read whole', async () => {
  const { ports, ids, asked } = await worldOf(400);
  const denied = { ...ports, ledger: { ...ports.ledger, soleJobs: async () => null } };
  const plan = await planRedrive(denied, ids, CHOICE);
  expect(plan.skipped).toEqual([{ letterId: 'job-0', reason: 'superseded' }]);
  expect(asked).toHaveLength(400);
});

test('the redrive of a few, or one that asks for no later write, does not read the keys of all jobs', async () => {
  const { ports, ids } = await worldOf(400);
  const most: number[] = [];
  const watching = {
    ...ports,
    ledger: {
      ...ports.ledger,
      soleJobs: async (mostPages: number) => {
        most.push(mostPages);
        return null;
      },
    },
  };
  await planRedrive(watching, ids, { ...CHOICE, superseded: true });
  await planRedrive(watching, ids, { ...CHOICE, by: 'id' });
  expect(most).toEqual([]);
  await planRedrive(watching, ids.slice(0, 199), CHOICE);
  expect(most).toEqual([0]);
});

test('a letter whose row has gone is held against the rows of its key', async () => {
  const { ports } = await worldOf(400);
  await ports.ledger.remove('job-0');
  const plan = await planRedrive(
    ports,
    ['job-0', ...Array.from({ length: 399 }, (_, n) => `job-${n + 1}`)],
    CHOICE,
  );
  expect(plan.skipped).toEqual([{ letterId: 'job-0', reason: 'superseded' }]);
});
