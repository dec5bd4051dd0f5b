import { describe, expect, test } from 'vitest';
import { pause } from '../../shared/budget/holds.ts';
import { tellEndedBatches } from '../../shared/tend/tell-batches.ts';
import { MINUTE_MS, rowsOf, tellingWorld } from '../support/telling-world.ts';
import { marketoFault, ok, syncLeadJob } from '../support/work-world.ts';

const typesOf = (events: { readonly published: readonly { readonly type: string }[] }) =>
  events.published.map(({ type }) => type);

describe('a batch that ends', () => {
  test('is told within a minute, once, with its counts and the causes of its dead letters', async () => {
    const stack = tellingWorld({ answer: (_call, nth) => (nth > 2 ? marketoFault(20105) : ok()) });
    const jobs = rowsOf('import', 3);
    stack.sent(...jobs);
    await stack.work(...jobs);
    await stack.minute();
    const ended = stack.bus.published.filter(({ type }) => type === 'batch-ended');
    expect(ended).toEqual([
      {
        version: 1,
        id: 'batch-ended/import/1',
        type: 'batch-ended',
        at: '2026-11-22T18:01:00.000Z',
        stack: 'mktq-acme',
        batch: 'import',
        total: 3,
        completed: 2,
        deadLettered: 1,
        cancelled: 0,
        causes: [
          {
            cause: expect.stringMatching(/^[0-9a-f]{12}$/),
            class: 'invalid-request',
            code: 20105,
            operation: 'syncLead',
            advice: expect.stringContaining('attrName'),
            count: 1,
          },
        ],
        startedAt: '2026-11-22T18:00:00.000Z',
        endedAt: '2026-11-22T18:00:00.000Z',
        tookMs: 0,
      },
    ]);
    await stack.minute();
    await stack.minute();
    expect(typesOf(stack.bus).filter((type) => type === 'batch-ended')).toHaveLength(1);
  });

  test('is not told while a job of it is left, and asks for one row a minute meanwhile', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 3);
    stack.sent(...jobs);
    await stack.work(...jobs.slice(0, 2));
    for (let minutes = 0; minutes < 5; minutes += 1) await stack.minute();
    expect(stack.bus.published).toEqual([]);
    expect(stack.reads).toEqual(['import']);
    await stack.work(...jobs.slice(2));
    await stack.minute();
    expect(stack.bus.published).toMatchObject([
      {
        type: 'batch-ended',
        total: 3,
        completed: 3,
        endedAt: '2026-11-22T18:05:00.000Z',
        tookMs: 5 * MINUTE_MS,
      },
    ]);
  });

  test('does not wait for a witness that is gone for longer than an hour', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 2);
    stack.sent(...jobs);
    await stack.work(...jobs.slice(0, 1));
    await stack.minute();
    // As somebody would have it erased: its row never comes.
    stack.sent(...jobs.slice(0, 1));
    await stack.minute();
    expect(stack.bus.published).toEqual([]);
    stack.world.advance(61 * MINUTE_MS);
    await stack.minute();
    expect(stack.bus.published).toMatchObject([{ type: 'batch-ended', total: 1 }]);
  });

  test('is told again when more of it has ended, and when letters of it were redriven in vain', async () => {
    const stack = tellingWorld({ answer: (_call, nth) => (nth === 2 ? ok() : marketoFault(20105)) });
    const [first, second] = rowsOf('import', 2);
    if (first === undefined || second === undefined) throw new Error('two rows were asked for');
    stack.sent(first);
    await stack.work(first);
    await stack.minute();
    stack.sent(first, second);
    await stack.work(second);
    await stack.minute();
    stack.world.advance(5_000);
    stack.world.ledger.put({
      ...(stack.world.ledger.row(first.id) ?? expect.fail('no row')),
      epoch: 1,
      listed: true,
      state: { kind: 'queued' },
    });
    await stack.work({ ...first, epoch: 1 });
    await stack.minute();
    const ended = stack.bus.published.filter(({ type }) => type === 'batch-ended');
    expect(ended).toMatchObject([
      { id: 'batch-ended/import/1', total: 1, deadLettered: 1 },
      { id: 'batch-ended/import/2', total: 2, deadLettered: 1, completed: 1 },
      { id: 'batch-ended/import/3', total: 2, deadLettered: 1, completed: 1 },
    ]);
  });

  test('ended with the job that was taken last, also where that stands before its last hundred', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 120);
    stack.sent(...jobs);
    for (let from = 0; from < jobs.length; from += 10) await stack.work(...jobs.slice(from, from + 10));
    await stack.minute();
    stack.world.advance(30_000);
    const [first] = jobs;
    if (first === undefined) throw new Error('some rows were asked for');
    stack.world.ledger.put({
      ...(stack.world.ledger.row(first.id) ?? expect.fail('no row')),
      epoch: 1,
      listed: true,
      state: { kind: 'queued' },
    });
    const redrivenAt = new Date(stack.world.now()).toISOString();
    await stack.work({ ...first, epoch: 1 });
    await stack.minute();
    expect(stack.bus.published.at(-1)).toMatchObject({
      id: 'batch-ended/import/2',
      startedAt: redrivenAt,
      endedAt: redrivenAt,
      tookMs: 0,
    });
  });

  test('is told once though its worker speaks of it again after the end', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 1);
    stack.sent(...jobs);
    await stack.work(...jobs);
    await stack.minute();
    // A second invocation that ends long after it took the job.
    await stack.openBatches.change('import', (stored) => stored && { ...stored, lookAt: 0 });
    await stack.minute();
    await stack.minute();
    expect(typesOf(stack.bus)).toEqual(['batch-ended']);
  });

  test('is told under the same id by the warden that comes after one that died', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 1);
    stack.sent(...jobs);
    await stack.work(...jobs);
    const dying = { ...stack.openBatches };
    let changes = 0;
    dying.change = (at, reduce) => {
      changes += 1;
      if (changes === 2) throw new Error('killed');
      return stack.openBatches.change(at, reduce);
    };
    await stack.minute({ openBatches: dying });
    await stack.minute();
    expect(stack.bus.published.map(({ id }) => id)).toEqual(['batch-ended/import/1', 'batch-ended/import/1']);
  });

  test('is told when it was cancelled, with what was never run', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 3);
    stack.sent(...jobs);
    await stack.work(...jobs.slice(0, 1));
    await stack.world.ports.cancellations.change('import', () => ({ at: stack.world.now() }));
    await stack.minute();
    await stack.work(...jobs.slice(1));
    await stack.minute();
    expect(stack.bus.published).toMatchObject([
      { type: 'batch-ended', total: 3, completed: 1, cancelled: 2 },
    ]);
  });

  test('is looked at in the next minute if this one is over', async () => {
    const stack = tellingWorld();
    stack.sent(...rowsOf('import', 1));
    await stack.work(...rowsOf('import', 1));
    stack.world.advance(MINUTE_MS);
    const ports = { ...stack.world.ports, ...stack.telling, limits: stack.world.limits, events: stack.bus };
    expect(await tellEndedBatches(ports, stack.world.now())).toBe(0);
    expect(await tellEndedBatches(ports, stack.world.now() + 1)).toBe(1);
  });

  test('is not counted on when the minute is over, and is looked at in the next', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 3);
    stack.sent(...jobs);
    await stack.work(...jobs);
    stack.world.advance(MINUTE_MS);
    let read = 0;
    const slow = {
      ...stack.world.ports.ledger,
      async *ofBatch(batch: string) {
        for await (const entry of stack.world.ports.ledger.ofBatch(batch)) {
          read += 1;
          stack.world.advance(10_000);
          yield entry;
        }
      },
    };
    const ports = { ...stack.world.ports, ...stack.telling, limits: stack.world.limits, events: stack.bus };
    const giveUpAt = stack.world.now() + 15_000;
    await expect(tellEndedBatches({ ...ports, ledger: slow }, giveUpAt)).rejects.toThrow('minute was over');
    expect(read).toBe(2);
    await stack.minute();
    expect(typesOf(stack.bus)).toEqual(['batch-ended']);
  });

  test('is not counted while its sender goes on', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 1);
    await stack.work(...jobs);
    stack.sentAt(stack.world.now() + 55_000, ...jobs);
    await stack.minute();
    expect([stack.reads, stack.bus.published]).toEqual([[], []]);
    await stack.minute();
    expect([stack.reads, typesOf(stack.bus)]).toEqual([['import'], ['batch-ended']]);
  });

  test('of a bare sender is told when nothing of it has come for a while and the queue is empty', async () => {
    const stack = tellingWorld();
    await stack.work(...rowsOf('import', 1));
    await stack.world.jobsQueue.send([{ body: '{}', groupId: 'g', deduplicationId: 'd' }]);
    await stack.minute();
    await stack.minute();
    expect(stack.bus.published).toEqual([]);
    const [other] = stack.world.jobsQueue.deliver(1, MINUTE_MS);
    stack.world.jobsQueue.acknowledge(other?.receiptHandle ?? '');
    await stack.minute();
    expect(typesOf(stack.bus)).toEqual(['batch-ended']);
  });

  test('of a bare sender is told after ten minutes though the queue never empties, but not under a hold', async () => {
    const stack = tellingWorld();
    await stack.work(...rowsOf('import', 1));
    await stack.world.jobsQueue.send([{ body: '{}', groupId: 'g', deduplicationId: 'd' }]);
    await stack.world.ports.budget.change((state, now) => pause(state, now, 'maintenance'));
    for (let minutes = 0; minutes < 12; minutes += 1) await stack.minute();
    expect(stack.bus.published).toEqual([]);
    await stack.world.ports.budget.change((state) => ({ ...state, holds: {} }));
    await stack.minute();
    expect(typesOf(stack.bus)).toEqual(['batch-ended']);
  });

  test('is not told of where its name holds an address, and nothing else is told of a lead', async () => {
    const stack = tellingWorld({
      answer: () => marketoFault(20103, 'No lead found with EMAIL = ann@example.com'),
    });
    const jobs = rowsOf('for ann@example.com', 1);
    await stack.work(...jobs.map((job) => ({ ...job, id: 'ann-1' })));
    await stack.work(...rowsOf('plain', 1));
    await stack.minute();
    await stack.minute();
    expect(stack.openBatches.all()).toMatchObject([{ batch: 'plain' }]);
    expect(typesOf(stack.bus)).toEqual(['dead-lettered', 'batch-ended']);
    expect(JSON.stringify([stack.bus.published, stack.alarms.published])).not.toMatch(/ann@|No lead found/);
  });
});

describe('dead letters', () => {
  test('are told by cause: the first, then ten, a hundred, and the readers of alarms alike', async () => {
    const stack = tellingWorld({ answer: () => marketoFault(20105) });
    const work = (from: number, to: number) =>
      stack.work(...Array.from({ length: to - from + 1 }, (_, i) => syncLeadJob(`j${from + i}`)));
    await work(1, 1);
    await stack.minute();
    await work(2, 9);
    await stack.minute();
    await work(10, 12);
    await stack.minute();
    await work(13, 99);
    await stack.minute();
    await work(100, 100);
    await stack.minute();
    const told = [
      { type: 'dead-lettered', isNew: true, count: 1, sampleId: 'j1', code: 20105 },
      { type: 'dead-lettered', isNew: false, count: 12 },
      { type: 'dead-lettered', isNew: false, count: 100 },
    ];
    expect(stack.bus.published).toMatchObject(told);
    expect(stack.alarms.published).toMatchObject(told);
    const [first] = stack.bus.published;
    expect(first).toMatchObject({
      command: expect.stringMatching(/^mktq dlq list --cause [0-9a-f]{12} --stack mktq-acme$/),
    });
  });

  test('of a cause that was closed are news again after an hour, and not before', async () => {
    const stack = tellingWorld({ answer: () => marketoFault(20105) });
    const close = () => {
      for (const letter of stack.world.archive.letters())
        stack.world.archive.put({ ...letter, status: 'discarded' });
    };
    await stack.work(syncLeadJob('a'));
    await stack.minute();
    close();
    await stack.minute();
    await stack.work(syncLeadJob('b'));
    await stack.minute();
    expect(stack.bus.published).toHaveLength(1);
    close();
    await stack.minute();
    stack.world.advance(60 * MINUTE_MS);
    await stack.minute();
    await stack.work(syncLeadJob('c'));
    await stack.minute();
    expect(stack.bus.published).toMatchObject([{ sampleId: 'a' }, { sampleId: 'c', isNew: true }]);
    expect(new Set(stack.bus.published.map(({ id }) => id)).size).toBe(2);
  });

  test('of a cause that somebody has seen are told of no more, until the time is up or there are ten times as many', async () => {
    const stack = tellingWorld({ answer: () => marketoFault(20105) });
    const work = (from: number, to: number) =>
      stack.work(...Array.from({ length: to - from + 1 }, (_, i) => syncLeadJob(`j${from + i}`)));
    const acknowledge = (count: number, forMs: number) =>
      stack.world.ports.acknowledgements.change(() => ({
        causes: [
          {
            cause: stack.world.archive.letters()[0]?.cause ?? '',
            at: stack.world.now(),
            by: 'ann',
            until: stack.world.now() + forMs,
            note: 'the field is on its way',
            count,
          },
        ],
      }));
    await work(1, 5);
    await acknowledge(5, 60 * MINUTE_MS);
    await stack.minute();
    await work(6, 49);
    await stack.minute();
    expect(stack.bus.published).toEqual([]);
    await work(50, 50);
    await stack.minute();
    expect(stack.bus.published).toMatchObject([{ count: 50, isNew: true }]);
    await work(51, 120);
    await acknowledge(120, 10 * MINUTE_MS);
    await stack.minute();
    expect(stack.bus.published).toHaveLength(1);
    stack.world.advance(10 * MINUTE_MS);
    await stack.minute();
    expect(stack.bus.published).toMatchObject([{ count: 50 }, { count: 120, isNew: false }]);
  });

  test('are told ten causes a minute at most', async () => {
    let nth = 0;
    const stack = tellingWorld({
      answer: () => {
        nth += 1;
        return marketoFault(20105, `trouble ${'abcdefghijklmnop'.charAt(nth)}x of its own`);
      },
    });
    await stack.work(...Array.from({ length: 12 }, (_, i) => syncLeadJob(`j${i}`)));
    await stack.minute();
    expect(stack.bus.published).toHaveLength(10);
    await stack.minute();
    expect(stack.bus.published).toHaveLength(12);
  });
});

describe('a bus that is down', () => {
  test.each(['down', 'refuses'] as const)(
    'keeps no job from running and no reader of alarms from hearing, repeats nothing, and hears all of it later (%s)',
    async (trouble) => {
      const stack = tellingWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20105) : ok()) });
      stack.bus.trouble = trouble;
      const jobs = rowsOf('import', 2);
      stack.sent(...jobs);
      expect(await stack.work(...jobs)).toEqual({ failed: [] });
      await stack.minute();
      await stack.minute();
      expect(stack.bus.published).toEqual([]);
      expect(typesOf(stack.alarms)).toEqual(['dead-lettered']);
      stack.bus.trouble = null;
      await stack.minute();
      await stack.minute();
      expect(typesOf(stack.bus)).toEqual(['dead-lettered', 'batch-ended']);
      expect(typesOf(stack.alarms)).toEqual(['dead-lettered']);
      expect(stack.world.calls).toHaveLength(2);
    },
  );
});

describe('where nobody is told', () => {
  test('the warden looks at no batch', async () => {
    const stack = tellingWorld();
    const jobs = rowsOf('import', 1);
    stack.sent(...jobs);
    await stack.work(...jobs);
    await stack.minute({ events: null, alarms: null });
    expect(stack.reads).toEqual([]);
    expect(stack.openBatches.all()).toMatchObject([
      { batch: 'import', lookAt: Date.parse('2026-11-22T18:00:00Z') },
    ]);
  });
});
