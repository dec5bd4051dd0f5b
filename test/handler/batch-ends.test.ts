import { describe, expect, test } from 'vitest';
import { eventText } from '../../shared/events/event.ts';
import type { Job } from '../../shared/job/job.ts';
import { DAY_MS } from '../../shared/kernel/clock.ts';
import { planRedrive } from '../../shared/operate/redrive/plan-redrive.ts';
import { redrive } from '../../shared/operate/redrive/redrive.ts';
import { rowsOf, tellingWorld } from '../support/telling-world.ts';
import { deliveryOf, dieAt, marketoFault, ok, type WorldOptions } from '../support/work-world.ts';

type Stack = ReturnType<typeof tellingWorld>;

/** A batch of one job, sent in bulk. */
function oneJob(options: WorldOptions = {}): { readonly stack: Stack; readonly job: Job } {
  const stack = tellingWorld(options);
  const [job] = rowsOf('import', 1);
  if (job === undefined) throw new Error('a row was asked for');
  stack.sent(job);
  return { stack, job };
}

/** Run to its end by a process that dies before it has written down that it had the job. */
const runByOneThatDies = ({ world }: Stack, job: Job) => world.run(job);

/** Killed before it can write down that it had the job, long ago: its permit is over. */
async function diesHolding({ world }: Stack, job: Job): Promise<void> {
  await dieAt(world, 'claimed', job);
  world.advance(200_000);
}

const refused = { answer: () => marketoFault(20105) };

const endedOf = ({ bus }: Stack) => bus.published.filter(({ type }) => type === 'batch-ended');

const ONE_DEAD = [{ type: 'batch-ended', total: 1, deadLettered: 1 }];
const ONE_COMPLETED = [{ type: 'batch-ended', total: 1, completed: 1 }];

describe('the end of a batch of one job is told within a minute', () => {
  test('that was cancelled before a worker took it', async () => {
    const { stack, job } = oneJob();
    await stack.world.ports.cancellations.change('import', () => ({ at: stack.world.now() }));
    await stack.work(job);
    await stack.minute();
    expect(endedOf(stack)).toMatchObject([{ total: 1, cancelled: 1 }]);
  });

  test('that expired in the queue', async () => {
    const { stack, job } = oneJob();
    await stack.work({ ...job, expiresAt: new Date(stack.world.now()).toISOString() });
    await stack.minute();
    expect(endedOf(stack)).toMatchObject(ONE_DEAD);
  });

  test('that killed its worker again and again', async () => {
    const { stack, job } = oneJob();
    await diesHolding(stack, job);
    await stack.world.killed(job.id, 4);
    await stack.work(job);
    await stack.minute();
    expect(endedOf(stack)).toMatchObject([{ ...ONE_DEAD[0], causes: [{ class: 'poison' }] }]);
  });

  test('that SQS moved away before a worker took it', async () => {
    const { stack, job } = oneJob();
    await stack.collect(deliveryOf(job));
    await stack.minute();
    expect(endedOf(stack)).toMatchObject([{ ...ONE_DEAD[0], causes: [{ class: 'poison' }] }]);
  });

  test('that SQS moved away once its row said so, from a worker that died', async () => {
    const { stack, job } = oneJob();
    await runByOneThatDies(stack, job);
    await stack.collect(deliveryOf(job));
    await stack.minute();
    expect(endedOf(stack)).toMatchObject(ONE_COMPLETED);
  });

  test('that a worker decided to dead-letter, and did not live to settle', async () => {
    const { stack, job } = oneJob(refused);
    await dieAt(stack.world, 'filed', job);
    await stack.work(job);
    await stack.minute();
    expect(endedOf(stack)).toMatchObject(ONE_DEAD);
  });

  test.each([
    ['completed', {}, ONE_COMPLETED],
    ['dead-lettered', refused, ONE_DEAD],
  ] as const)(
    'that was %s by a worker that died before it wrote down the batch',
    async (_end, options, told) => {
      const { stack, job } = oneJob(options);
      await runByOneThatDies(stack, job);
      // Its message comes back, and is only acknowledged.
      await stack.work(job);
      await stack.minute();
      expect(endedOf(stack)).toMatchObject(told);
    },
  );

  test('that was cancelled by a worker that died before it wrote down the batch', async () => {
    const { stack, job } = oneJob();
    await stack.world.ports.cancellations.change('import', () => ({ at: stack.world.now() }));
    await runByOneThatDies(stack, job);
    await stack.work(job);
    await stack.minute();
    expect(endedOf(stack)).toMatchObject([{ total: 1, cancelled: 1 }]);
  });

  test('that was parked by a worker that died, and that the queue will never take', async () => {
    const { stack, job } = oneJob();
    await runByOneThatDies(stack, {
      ...job,
      notBefore: new Date(stack.world.now() + DAY_MS).toISOString(),
    });
    const row = stack.world.ledger.row(job.id);
    if (row?.state.kind !== 'parked') throw new Error('it is not parked');
    const body = { kind: 'parts', key: 'gone', count: 1, bytes: 1 } as const;
    stack.world.ledger.put({ ...row, state: { ...row.state, body } });
    stack.world.advance(DAY_MS);
    await stack.minute();
    expect(endedOf(stack)).toMatchObject(ONE_DEAD);
  });
});

describe('an ended batch of which letters are redriven', () => {
  const filter = { by: 'id', includeInDoubt: false, superseded: false, edited: false } as const;
  const planned = ({ world: { ports } }: Stack, ids: readonly string[]) =>
    planRedrive({ ...ports, retentionMs: ports.settings.retentionMs }, ids, filter);

  test('is told again when they have ended, with the counts of then, and not before', async () => {
    const stack = tellingWorld({
      answer: (_call, nth) => (nth === 2 || nth > 4 ? ok() : marketoFault(20105)),
    });
    const jobs = rowsOf('import', 3);
    stack.sent(...jobs);
    await stack.work(...jobs);
    await stack.minute();
    const plan = await planned(stack, ['import-1', 'import-3']);
    expect((await redrive(stack.world.ports, plan, { edit: null, patienceMs: 0 })).redriven).toBe(2);
    await stack.minute();
    await stack.minute();
    expect(endedOf(stack)).toHaveLength(1);
    await stack.workQueue();
    await stack.minute();
    await stack.minute();
    expect(endedOf(stack)).toMatchObject([
      { id: 'batch-ended/import/1', total: 3, completed: 1, deadLettered: 2 },
      { id: 'batch-ended/import/2', total: 3, completed: 2, deadLettered: 1 },
    ]);
  });
});

describe('a look that takes longer than a minute', () => {
  test('tells under the same id as the one that the next minute began, and no third time', async () => {
    const { stack, job } = oneJob();
    await stack.work(job);
    let isFirst = true;
    // While it is counted the next minute comes.
    const slow = {
      ...stack.chunks,
      async *ofBatch(batch: string) {
        yield* stack.chunks.ofBatch(batch);
        const mustWait = isFirst;
        isFirst = false;
        if (mustWait) await stack.minute();
      },
    };
    await stack.minute({ chunks: slow });
    await stack.minute();
    expect(endedOf(stack)).toMatchObject([{ id: 'batch-ended/import/1' }, { id: 'batch-ended/import/1' }]);
  });
});

describe('a batch of hundreds of causes', () => {
  test('is told with the fifty largest, far below what a bus or a topic takes', async () => {
    const letters = 'abcdefghijklmnopqrst';
    const trouble = (nth: number) =>
      `trouble ${letters[nth % 20]}${letters[Math.floor(nth / 20)]}x of its own`;
    const stack = tellingWorld({
      answer: (_call, nth) => marketoFault(20105, trouble(nth > 300 ? 7 : nth)),
      limits: { ratePerWindow: 1_000 },
    });
    const jobs = rowsOf('import', 302);
    stack.sent(...jobs);
    await stack.work(...jobs);
    await stack.minute();
    const [event] = endedOf(stack);
    if (event?.type !== 'batch-ended') throw new Error('it was not told');
    expect(event.deadLettered).toBe(302);
    expect(event.causes).toHaveLength(50);
    expect(event.causes[0]?.count).toBe(3);
    expect(eventText(event).length).toBeLessThan(100_000);
  });
});

describe('a message that comes once more', () => {
  test('long after the end of its batch was told is no news', async () => {
    const { stack, job } = oneJob();
    await stack.work(job);
    await stack.minute();
    await stack.work(job);
    await stack.minute();
    expect(stack.reads).toEqual(['import']);
    expect(endedOf(stack)).toHaveLength(1);
  });
});
