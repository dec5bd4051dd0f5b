import { describe, expect, test } from 'vitest';
import type { JobRow, JobState } from '../../../shared/ledger/row.ts';
import { settle, settleDeadLetter, settleDecided, settleUnclaimed } from '../../../shared/run/settle.ts';
import { createWorld, deliveryOf, marketoFault, syncLeadJob, type World } from '../../support/work-world.ts';

const BODY = '{"version":1}';

/** A world in which a job was decided by a run that died before it settled it. */
async function decidedWorld(quietUntil: number | null = null) {
  const world = createWorld({ answer: () => marketoFault(20105) });
  const job = syncLeadJob('j1');
  const { archive } = world.ports;
  const broken = { ...archive, get: async () => Promise.reject(new Error('the archive is away')) };
  await world.run(job, { archive: broken }).catch(() => {});
  const { state } = rowOf(world);
  if (state.kind !== 'decided') throw new Error(state.kind);
  put(world, { state: { ...state, decision: { ...state.decision, quietUntil } } });
  const copy = await world.ledger.read('j1');
  if (copy.value === null) throw new Error('no row');
  return { world, job, decision: { ...state.decision, quietUntil }, copy: { ...copy, value: copy.value } };
}

const rowOf = (world: World): JobRow => {
  const row = world.ledger.row('j1');
  if (row === null) throw new Error('no row');
  return row;
};

const put = (world: World, changes: Partial<JobRow>): void =>
  world.ledger.put({ ...rowOf(world), ...changes });

const deadIn = (letterId: string, at: number): JobState => ({
  kind: 'dead-lettered',
  at,
  letterId,
  quietUntil: null,
});

describe('settling a dead letter', () => {
  test('files it, tells the queue of letters and ends the row in it', async () => {
    const { world, copy, decision } = await decidedWorld();
    expect(await settleDeadLetter(copy, decision, BODY, world.ports)).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1', status: 'open', code: 20105 }]);
    expect([...world.deadLetters.sent.keys()]).toEqual(['j1']);
    expect(rowOf(world).state).toEqual(deadIn('j1', world.now()));
  });

  test.each<[string, Partial<JobRow>]>([
    ['redriven since', { epoch: 1, state: { kind: 'queued' } }],
    [
      'redriven and taken',
      { epoch: 1, state: { kind: 'running', owner: 'o', leaseUntil: 1, intentAt: null } },
    ],
    [
      'completed since',
      { epoch: 1, state: { kind: 'completed', at: 1, result: null, resultDropped: false } },
    ],
    ['ended in its letter', { state: deadIn('j1', 1) }],
  ])('a second time leaves a row alone that was %s', async (_, meanwhile) => {
    const { world, copy, decision } = await decidedWorld();
    await settleDeadLetter(copy, decision, BODY, world.ports);
    put(world, meanwhile);
    const before = rowOf(world);
    expect(await settleDeadLetter(copy, decision, BODY, world.ports)).toEqual({ kind: 'acknowledge' });
    expect(rowOf(world)).toEqual(before);
    expect(world.archive.letters()).toHaveLength(1);
  });

  test('a second time leaves a row alone that is about to end in the letter of a later epoch', async () => {
    const { world, copy, decision } = await decidedWorld();
    put(world, { epoch: 1, state: { kind: 'decided', decision: { ...decision, letterId: 'j1#1' } } });
    const before = rowOf(world);
    await settleDeadLetter(copy, decision, BODY, world.ports);
    expect(rowOf(world)).toEqual(before);
  });

  test('does nothing to a row that is gone', async () => {
    const { world, copy, decision } = await decidedWorld();
    await world.ledger.remove('j1');
    // Whoever removes a row has seen it as it was: the copy of the run is older.
    const later = { ...copy, version: copy.version - 1 };
    expect(await settleDeadLetter(later, decision, BODY, world.ports)).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')).toBeNull();
  });

  test('keeps the message, and with it the group, hidden while Marketo may still be at the call', async () => {
    const quietUntil = Date.parse('2026-11-22T18:03:00Z');
    const { world, copy, decision } = await decidedWorld(quietUntil);
    const settled = await settleDeadLetter(copy, decision, BODY, world.ports);
    expect(settled).toEqual({ kind: 'hide', until: quietUntil, held: false });
    expect(rowOf(world).state).toMatchObject({ kind: 'dead-lettered', quietUntil });
    world.advance(quietUntil - world.now());
    expect(await settleDeadLetter(copy, decision, BODY, world.ports)).toEqual({ kind: 'acknowledge' });
  });
});

describe('settling what an earlier run has decided', () => {
  test('counts the try before it files, and ends the row', async () => {
    const { world } = await decidedWorld();
    const seen: JobState[] = [];
    const trace: World['ports']['trace'] = async () => void seen.push(rowOf(world).state);
    await settleDecided('j1', BODY, { ...world.ports, trace });
    expect(seen[0]).toMatchObject({ kind: 'decided', tries: 1 });
    expect(rowOf(world).state.kind).toBe('dead-lettered');
  });

  test.each<[string, Partial<JobRow>]>([
    ['redriven', { epoch: 1, state: { kind: 'queued' } }],
    ['ended', { state: deadIn('j1', 1) }],
  ])('does nothing for a job that was %s meanwhile', async (_, meanwhile) => {
    const { world } = await decidedWorld();
    put(world, meanwhile);
    const before = rowOf(world);
    expect(await settleDecided('j1', BODY, world.ports)).toEqual({ kind: 'acknowledge' });
    expect(rowOf(world)).toEqual(before);
    expect(world.archive.letters()).toEqual([]);
    expect([...world.deadLetters.sent.keys()]).toEqual([]);
  });

  test('does nothing for a job whose row is gone', async () => {
    const { world } = await decidedWorld();
    await world.ledger.remove('j1');
    expect(await settleDecided('j1', BODY, world.ports)).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toEqual([]);
  });

  test.each([
    [2, false],
    [3, true],
  ])('after %i tries leaves the texts out: %s', async (tries, leftOut) => {
    const { world } = await decidedWorld();
    const { state } = rowOf(world);
    if (state.kind === 'decided') put(world, { state: { ...state, tries } });
    await settleDecided('j1', BODY, world.ports);
    const [letter] = world.archive.letters();
    const text = leftOut ? 'left out: the worker stopped 4 times while it filed this letter' : '<response/>';
    expect(letter?.response).toEqual({ kind: 'inline', text });
  });

  test('at last leaves out no text that there never was', async () => {
    const { world, decision } = await decidedWorld();
    put(world, { state: { kind: 'decided', decision: { ...decision, response: null }, tries: 3 } });
    await settleDecided('j1', BODY, world.ports);
    expect(world.archive.letters()).toMatchObject([
      { response: null, request: { text: expect.stringContaining('left out') } },
    ]);
  });
});

describe('what becomes of the message', () => {
  const UNTIL = 5e12;

  async function settled(state: JobState, disposition: Parameters<typeof settle>[1]) {
    const { world, copy, job } = await decidedWorld();
    const recorded = { ...copy, value: { ...copy.value, state } };
    return settle(recorded, disposition, deliveryOf(job), world.ports);
  }

  test('of a job that is done: it goes', async () => {
    const done: JobState = { kind: 'completed', at: 1, result: null, resultDropped: false };
    expect(await settled(done, { kind: 'complete', result: null })).toEqual({ kind: 'acknowledge' });
  });

  test('of a job that waits for another try: it is hidden until then', async () => {
    const waiting: JobState = { kind: 'waiting', reason: 'backoff', until: UNTIL };
    const disposition = { kind: 'retry', until: UNTIL, counted: true } as const;
    expect(await settled(waiting, disposition)).toEqual({ kind: 'hide', until: UNTIL, held: false });
  });

  test('of a parked job: it goes, the ledger has the text', async () => {
    const body = { kind: 'inline', text: BODY } as const;
    const parked: JobState = { kind: 'parked', until: UNTIL, body, groupId: 'g' };
    const disposition = { kind: 'defer', until: UNTIL, reason: 'notBefore' } as const;
    expect(await settled(parked, disposition)).toEqual({ kind: 'acknowledge' });
  });

  test('of a job that waits for a slot: it is hidden until then', async () => {
    const waiting: JobState = { kind: 'waiting', reason: 'concurrency', until: UNTIL };
    const disposition = { kind: 'defer', until: UNTIL, reason: 'concurrency' } as const;
    expect(await settled(waiting, disposition)).toEqual({ kind: 'hide', until: UNTIL, held: false });
  });

  test.each([
    ['upstream', {}],
    ['quota', { quota: true }],
  ] as const)('of a job under a hold of %s: it looks again now and then', async (reason, more) => {
    const disposition = { kind: 'defer', until: UNTIL, reason } as const;
    expect(await settled({ kind: 'queued' }, disposition)).toEqual({
      kind: 'hide',
      until: UNTIL,
      held: true,
      ...more,
    });
  });

  test('of a job that another run has: it comes back when that must be over', async () => {
    const { world, job } = await decidedWorld();
    const busy = { kind: 'hide', until: UNTIL, why: 'busy' } as const;
    const settlement = await settleUnclaimed(busy, deliveryOf(job), world.ports);
    expect(settlement).toEqual({ kind: 'hide', until: UNTIL, held: false });
  });

  test.each([
    ['upstream', {}],
    ['quota', { quota: true }],
  ] as const)('of a job that was not even taken under a hold of %s: the same', async (reason, more) => {
    const { world, job } = await decidedWorld();
    const held = { kind: 'held', reason, until: UNTIL } as const;
    const settlement = await settleUnclaimed(held, deliveryOf(job), world.ports);
    expect(settlement).toEqual({ kind: 'hide', until: UNTIL, held: true, ...more });
  });
});

describe('a letter', () => {
  test('holds everything of its job and of its decision', async () => {
    const { world, job, copy, decision } = await decidedWorld();
    const lateOutcome = { at: 1, succeeded: false, message: 'late' };
    const value: JobRow = { ...copy.value, batch: 'b', sequenceNumber: '7', lateOutcome };
    await settleDeadLetter({ ...copy, value }, decision, BODY, world.ports);
    const { attempts, orderingKey } = value;
    expect(world.archive.letters()).toMatchObject([
      {
        letterId: 'j1',
        jobId: 'j1',
        epoch: 0,
        operation: job.operation,
        class: 'invalid-request',
        code: 20105,
        message: decision.message,
        attempts,
        deadLetteredAt: decision.decidedAt,
        job: { text: BODY },
        retryBody: null,
        orderingKey,
        batch: 'b',
        sequenceNumber: '7',
        request: decision.request,
        response: decision.response,
        httpStatus: decision.httpStatus,
        lateOutcome,
      },
    ]);
  });

  test('of an id that was used for another job says which id, and is of no job', async () => {
    const { world, job } = await decidedWorld();
    const delivery = deliveryOf(job, { sequenceNumber: '77' });
    const settlement = await settleUnclaimed({ kind: 'conflict', job }, delivery, world.ports);
    expect(settlement).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toMatchObject([
      {
        letterId: `msg-${delivery.messageId}`,
        jobId: 'j1',
        operation: 'syncLead',
        class: 'malformed',
        message: expect.stringContaining('the id j1 was used before'),
        sequenceNumber: '77',
        attempts: [],
      },
    ]);
  });

  test('is none for the first message of a job whose letter holds just that job', async () => {
    const { world, job, copy, decision } = await decidedWorld();
    await settleDeadLetter(copy, decision, deliveryOf(job).body, world.ports);
    const conflict = { kind: 'conflict', job } as const;
    expect(await settleUnclaimed(conflict, deliveryOf(job), world.ports)).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toHaveLength(1);
  });

  test('of what never was a job is announced under its own id, and counted', async () => {
    const { world, job } = await decidedWorld();
    const counted: unknown[] = [];
    const metrics: World['ports']['metrics'] = {
      ...world.ports.metrics,
      count: (name, dimensions) => void counted.push([name, dimensions]),
    };
    const malformed = { kind: 'malformed', message: 'no JSON', jobId: null, operation: null } as const;
    const delivery = { ...deliveryOf(job), body: '{"version":2' };
    await settleUnclaimed(malformed, delivery, { ...world.ports, metrics });
    expect([...world.deadLetters.sent.keys()]).toEqual([`msg-${delivery.messageId}`]);
    expect(counted).toEqual([['JobsDeadLettered', { class: 'malformed' }]]);
  });
});
