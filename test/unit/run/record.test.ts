import { describe, expect, test } from 'vitest';
import { INLINE_BODY_BYTES } from '../../../shared/config/limits.ts';
import type { Attempt, LateOutcome } from '../../../shared/job/attempt.ts';
import type { BodyRef } from '../../../shared/job/bodies.ts';
import type { Job } from '../../../shared/job/job.ts';
import { parseJob } from '../../../shared/job/parse-job.ts';
import type { JobRow } from '../../../shared/ledger/row.ts';
import type { Exchange, RecordOutcomes } from '../../../shared/marketo/transport.ts';
import type { Claimed } from '../../../shared/run/claim.ts';
import type { Disposition } from '../../../shared/run/decide.ts';
import { type Decided, record } from '../../../shared/run/record.ts';
import { letterHead } from '../../support/rows.ts';
import { createWorld, syncLeadJob, type World } from '../../support/work-world.ts';

const attempt = (over: Partial<Attempt> = {}): Attempt => ({
  callId: 'call',
  at: 1,
  durationMs: 1,
  class: null,
  code: null,
  httpStatus: 200,
  message: '',
  counted: false,
  ...over,
});

const FAILED = attempt({ class: 'transient', code: 10001, httpStatus: 500, message: 'Internal error' });

const exchange = (over: Partial<Exchange> = {}): Exchange => ({
  url: 'http://127.0.0.1/soap',
  request: '<request/>',
  response: '<response/>',
  httpStatus: 200,
  sentAt: 1,
  endedAt: 2,
  serverDate: null,
  ...over,
});

const decided = (disposition: Disposition, found: Partial<Decided['found']> = {}): Decided => ({
  found: { attempts: [attempt()], exchange: exchange(), outcomes: null, company: null, ...found },
  disposition,
});

const COMPLETE: Disposition = { kind: 'complete', result: { leadId: 7 } };

const deadLetter = (over: Partial<Extract<Disposition, { kind: 'dead-letter' }>> = {}): Disposition => ({
  kind: 'dead-letter',
  class: 'invalid-request',
  code: 20105,
  message: 'unknown fields for import: Socks',
  httpStatus: 500,
  counted: true,
  quietUntil: null,
  ...over,
});

async function claimed(world: World, job: Job = syncLeadJob('j1')): Promise<Claimed> {
  const claim = await world.claim(job);
  if (claim.kind !== 'claimed') throw new Error(`not claimed: ${claim.kind}`);
  return claim;
}

const rowOf = (world: World, jobId = 'j1'): JobRow => {
  const row = world.ledger.row(jobId);
  if (row === null) throw new Error(`no row of ${jobId}`);
  return row;
};

const LONG = INLINE_BODY_BYTES + 1;
const long = (letter: string): string => letter.repeat(LONG);
const isKeptApart = (ref: BodyRef | null): boolean => ref?.kind === 'parts';

describe('when a recorded row may be deleted', () => {
  test('is the retention after its completion', async () => {
    const world = createWorld();
    await record(await claimed(world), decided(COMPLETE), world.ports);
    expect(rowOf(world).deleteAt).toBe(world.now() + world.ports.settings.retentionMs);
  });

  test.each<[string, Disposition]>([
    ['waits for another try', { kind: 'retry', until: 5e12, counted: true }],
    ['waits for the account', { kind: 'defer', until: 5e12, reason: 'rate' }],
    ['waits under a hold', { kind: 'defer', until: 5e12, reason: 'quota' }],
    ['is parked', { kind: 'defer', until: 5e12, reason: 'notBefore' }],
    ['is to be a letter', deadLetter()],
  ])('is never while the job %s', async (_, disposition) => {
    const world = createWorld();
    await record(await claimed(world), decided(disposition), world.ports);
    expect(rowOf(world).deleteAt).toBeNull();
  });
});

describe('the long texts of a letter', () => {
  test('are kept under names of their own: none overwrites another', async () => {
    const world = createWorld();
    const params = {
      leadRecordList: {
        leadRecord: ['a', 'b'].map((name) => ({
          Email: `${name}@example.com`,
          ForeignSysPersonId: long(name),
          ForeignSysType: 'CUSTOM' as const,
        })),
      },
      dedupEnabled: true,
    };
    const job: Job = { version: 1, id: 'j1', operation: 'syncMultipleLeads', params };
    const outcomes: RecordOutcomes = {
      inOrder: true,
      records: [
        { ok: true, code: null, message: '', result: null },
        { ok: false, code: null, message: 'Lead is locked', result: null },
      ],
    };
    const found = { exchange: exchange({ request: long('q'), response: long('p') }), outcomes };
    await record(
      await claimed(world, job),
      decided(deadLetter({ class: 'record-failed' }), found),
      world.ports,
    );
    const { state } = rowOf(world);
    if (state.kind !== 'decided') throw new Error(state.kind);
    const { request, response, retryBody } = state.decision;
    expect([request, response, retryBody].every(isKeptApart)).toBe(true);
    const texts = [request, response].map((ref) => ref && world.bodies.load(ref));
    expect(await Promise.all(texts)).toEqual([long('q'), long('p')]);
    // What is sent again is the whole job, with the failed record alone.
    const retried = parseJob((retryBody && (await world.bodies.load(retryBody))) ?? '');
    const [, second] = params.leadRecordList.leadRecord;
    expect(retried).toMatchObject({
      kind: 'job',
      job: { ...job, params: { ...params, leadRecordList: { leadRecord: [second] } } },
    });
  });

  test('are kept apart from those of another job, and of another epoch of it', async () => {
    const world = createWorld();
    const fail = async (job: Job, response: string): Promise<BodyRef | null> => {
      await record(
        await claimed(world, job),
        decided(deadLetter(), { exchange: exchange({ response }) }),
        world.ports,
      );
      const { state } = rowOf(world, job.id);
      return state.kind === 'decided' ? state.decision.response : null;
    };
    const first = await fail(syncLeadJob('j1'), long('1'));
    const other = await fail(syncLeadJob('j2'), long('2'));
    world.ledger.put({ ...rowOf(world), epoch: 1, state: { kind: 'queued' } });
    const again = await fail({ ...syncLeadJob('j1'), epoch: 1 }, long('3'));
    const texts = [first, other, again].map((ref) => ref && world.bodies.load(ref));
    expect(await Promise.all(texts)).toEqual([long('1'), long('2'), long('3')]);
  });

  test('never expire while it is open', async () => {
    const world = createWorld();
    await record(
      await claimed(world),
      decided(deadLetter(), { exchange: exchange({ response: long('p') }) }),
      world.ports,
    );
    const { state } = rowOf(world);
    const ref = state.kind === 'decided' ? state.decision.response : null;
    expect(ref?.kind === 'parts' ? world.bodies.expiresAt(ref.key) : 'inline').toBeNull();
  });

  test('are none where there was no request or no response', async () => {
    const world = createWorld();
    const silent = exchange({ request: '', response: null });
    await record(await claimed(world), decided(deadLetter(), { exchange: silent }), world.ports);
    expect(rowOf(world).state).toMatchObject({ decision: { request: null, response: null } });
  });

  test('hold no part of a job that failed as a whole', async () => {
    const world = createWorld();
    const outcomes: RecordOutcomes = {
      inOrder: true,
      records: [{ ok: false, code: 20105, message: 'unknown field', result: null }],
    };
    await record(await claimed(world), decided(deadLetter(), { outcomes }), world.ports);
    expect(rowOf(world).state).toMatchObject({ decision: { retryBody: null } });
  });
});

describe('a result', () => {
  test('that is too long for the row is kept beside it for as long as the row, and apart from every other', async () => {
    const world = createWorld();
    for (const id of ['j1', 'j2']) {
      const disposition: Disposition = { kind: 'complete', result: long(id) };
      await record(await claimed(world, syncLeadJob(id)), decided(disposition), world.ports);
    }
    const results = ['j1', 'j2'].map((id) => {
      const { state } = rowOf(world, id);
      return state.kind === 'completed' ? state.result : null;
    });
    const texts = await Promise.all(results.map((ref) => ref && world.bodies.load(ref)));
    expect(texts.map((text) => JSON.parse(text ?? 'null'))).toEqual([long('j1'), long('j2')]);
    for (const ref of results) {
      if (ref?.kind !== 'parts') throw new Error('inline');
      expect(world.bodies.expiresAt(ref.key)).toBe(world.now() + world.ports.settings.retentionMs);
    }
  });

  test('that the store refuses is left out, and the row says so; the job is complete', async () => {
    const world = createWorld({
      faults: { bodies: (method) => (method === 'save' ? 'throw' : null) },
    });
    await record(await claimed(world), decided(COMPLETE), world.ports);
    expect(rowOf(world).state).toEqual({
      kind: 'completed',
      at: world.now(),
      result: null,
      resultDropped: true,
    });
  });

  test('that is stored is not said to be left out', async () => {
    const world = createWorld();
    await record(await claimed(world), decided(COMPLETE), world.ports);
    expect(rowOf(world).state).toMatchObject({ result: { text: '{"leadId":7}' }, resultDropped: false });
  });

  test('that is nothing is kept as null', async () => {
    const world = createWorld();
    await record(await claimed(world), decided({ kind: 'complete', result: undefined }), world.ports);
    expect(rowOf(world).state).toMatchObject({ result: { text: 'null' }, resultDropped: false });
  });
});

describe('an answer that comes after the claim was lost', () => {
  /** A run whose claim was taken over while it called; `meanwhile` is what the other run made of the row. */
  async function late(found: Attempt | null, meanwhile: Partial<JobRow> = {}) {
    const world = createWorld();
    const own = await claimed(world);
    world.ledger.put({ ...rowOf(world), state: { kind: 'queued' }, ...meanwhile });
    await world.archive.change('j1', () => letterHead({ letterId: 'j1', jobId: 'j1' }));
    const attempts = found === null ? [] : [found];
    const before = rowOf(world);
    const recorded = await record(own, decided(COMPLETE, { attempts }), world.ports);
    return { world, recorded, before, letter: world.archive.letters()[0] };
  }

  test('is nothing that the run may settle', async () => {
    expect((await late(attempt())).recorded).toBeNull();
  });

  test.each<[string, Attempt, Omit<LateOutcome, 'at'>]>([
    [
      'a success',
      attempt(),
      { succeeded: true, message: 'the call succeeded after its run had lost the claim' },
    ],
    ['a failure, with its words', FAILED, { succeeded: false, message: 'Internal error' }],
  ])('is kept with the row and with the letter as %s', async (_, found, outcome) => {
    const { world, letter, before } = await late(found);
    const lateOutcome = { at: world.now(), ...outcome };
    expect(rowOf(world)).toEqual({ ...before, lateOutcome });
    expect(letter).toMatchObject({ letterId: 'j1', status: 'open', lateOutcome });
  });

  test('is kept with its letter alone if the job has been redriven since', async () => {
    const { world, letter, before } = await late(attempt(), { epoch: 1 });
    expect(rowOf(world)).toEqual(before);
    expect(letter).toMatchObject({ lateOutcome: { succeeded: true } });
  });

  test('is no outcome at all if no call was made', async () => {
    const { world, letter, before } = await late(null);
    expect(rowOf(world)).toEqual(before);
    expect(letter).toMatchObject({ lateOutcome: null });
  });
});

describe('the row of a run', () => {
  test('is still its own when an earlier run’s late answer has been written into it, and keeps that answer', async () => {
    const world = createWorld();
    const own = await claimed(world);
    const lateOutcome = { at: 5, succeeded: false, message: 'Internal error' };
    await world.ledger.change('j1', (row) => row && { ...row, lateOutcome });
    expect(await record(own, decided(COMPLETE), world.ports)).not.toBeNull();
    expect(rowOf(world)).toMatchObject({ state: { kind: 'completed' }, lateOutcome });
  });

  test('keeps the 200 most recent attempts and counts the others', async () => {
    const world = createWorld();
    const own = await claimed(world);
    const earlier = Array.from({ length: 199 }, (_, i) =>
      attempt({ callId: `earlier-${i}`, class: 'transient' }),
    );
    await world.ledger.change('j1', (row) => row && { ...row, attempts: earlier, attemptsDropped: 40 });
    const attempts = ['new-1', 'new-2', 'new-3'].map((callId) => attempt({ callId, class: 'transient' }));
    const retry: Disposition = { kind: 'retry', until: 5e12, counted: true };
    await record(own, decided(retry, { attempts }), world.ports);
    const row = rowOf(world);
    expect(row.attempts).toHaveLength(200);
    expect(row.attempts[0]?.callId).toBe('earlier-2');
    expect(row.attempts.at(-1)?.callId).toBe('new-3');
    expect(row.attemptsDropped).toBe(42);
  });

  test.each<[string, Disposition, number, readonly boolean[]]>([
    ['a success', COMPLETE, 3, [false, true]],
    ['a failure', { kind: 'retry', until: 5e12, counted: true }, 3, [false, true]],
    ['a letter', deadLetter(), 3, [false, true]],
    ['a failure that spends nothing', { kind: 'retry', until: 5e12, counted: false }, 2, [false, false]],
    ['a letter of what was never sent', deadLetter({ counted: false }), 2, [false, false]],
    ['a deferral', { kind: 'defer', until: 5e12, reason: 'rate' }, 2, [false, false]],
  ])(
    'counts the last attempt of %s against maxAttempts as decided',
    async (_, disposition, counted, marks) => {
      const world = createWorld();
      const own = await claimed(world);
      await world.ledger.change('j1', (row) => row && { ...row, counted: 2 });
      await record(own, decided(disposition, { attempts: [attempt(), attempt()] }), world.ports);
      expect(rowOf(world).counted).toBe(counted);
      expect(rowOf(world).attempts.map((one) => one.counted)).toEqual(marks);
    },
  );

  test('counts nothing where nothing was tried', async () => {
    const world = createWorld();
    await record(await claimed(world), decided(deadLetter(), { attempts: [] }), world.ports);
    expect(rowOf(world)).toMatchObject({ counted: 0, attempts: [] });
  });

  test('starts anew: what is settled has not killed its worker', async () => {
    const world = createWorld();
    const own = await claimed(world);
    await world.ledger.change('j1', (row) => row && { ...row, starts: 4, claims: 9 });
    await record(own, decided({ kind: 'retry', until: 5e12, counted: true }), world.ports);
    expect(rowOf(world)).toMatchObject({ starts: 0, claims: 0 });
  });

  test('still knows how many workers it has stopped where it was sent away without a call', async () => {
    const world = createWorld();
    const own = await claimed(world);
    await own.row.change((row) => ({ ...row, starts: 4, claims: 9 }));
    const later: Disposition = { kind: 'defer', until: world.now() + 90_000, reason: 'rate' };
    await record(own, decided(later, { attempts: [], exchange: null }), world.ports);
    expect(rowOf(world)).toMatchObject({ starts: 3, claims: 8, state: { kind: 'waiting' } });
  });

  test('starts anew where its call was made, and only the pace refused it', async () => {
    const world = createWorld();
    const own = await claimed(world);
    await own.row.change((row) => ({ ...row, starts: 4, claims: 9 }));
    const later: Disposition = { kind: 'defer', until: world.now() + 90_000, reason: 'rate' };
    await record(own, decided(later), world.ports);
    expect(rowOf(world)).toMatchObject({ starts: 0, claims: 0 });
  });
});

describe('a wait', () => {
  test.each(['quota', 'credentials', 'upstream', 'operator'] as const)(
    'that a hold of %s causes stands in the hold alone: lifting it frees every job at once',
    async (reason) => {
      const world = createWorld();
      await record(await claimed(world), decided({ kind: 'defer', until: 5e12, reason }), world.ports);
      expect(rowOf(world).state).toEqual({ kind: 'queued' });
    },
  );

  test.each(['rate', 'concurrency', 'order'] as const)(
    'for %s stands in the row, with its end',
    async (reason) => {
      const world = createWorld();
      await record(await claimed(world), decided({ kind: 'defer', until: 5e12, reason }), world.ports);
      expect(rowOf(world).state).toEqual({ kind: 'waiting', reason, until: 5e12, isLong: true });
    },
  );

  test.each([
    [60_000, {}],
    [60_001, { isLong: true }],
  ])('of %d ms: only one of more than a minute is found by its state', async (ms, long) => {
    const world = createWorld();
    const until = world.now() + ms;
    await record(await claimed(world), decided({ kind: 'retry', until, counted: true }), world.ports);
    expect(rowOf(world).state).toEqual({ kind: 'waiting', reason: 'backoff', until, ...long });
  });

  test('for its own time leaves the queue only beyond what SQS can hide', async () => {
    const world = createWorld();
    const { parkAheadMs } = world.ports.settings.timings;
    const park = async (id: string, aheadMs: number) => {
      const until = world.now() + aheadMs;
      const own = await claimed(world, syncLeadJob(id));
      await record(own, decided({ kind: 'defer', until, reason: 'notBefore' }), world.ports);
      return { own, until, state: rowOf(world, id).state };
    };
    const near = await park('near', parkAheadMs);
    expect(near.state).toMatchObject({ kind: 'waiting', reason: 'notBefore', until: near.until });
    const far = await park('far', parkAheadMs + 1);
    const { body, groupId } = far.own.delivery;
    expect(far.state).toMatchObject({ kind: 'parked', until: far.until, body: { text: body }, groupId });
  });

  test('keeps the long text of a parked job for as long as it waits, under its own name', async () => {
    const world = createWorld();
    const refs: BodyRef[] = [];
    for (const id of ['j1', 'j2']) {
      const job = syncLeadJob(id, undefined, { meta: { note: long(id) } });
      const disposition: Disposition = { kind: 'defer', until: 5e12, reason: 'notBefore' };
      await record(await claimed(world, job), decided(disposition), world.ports);
      const { state } = rowOf(world, id);
      if (state.kind === 'parked') refs.push(state.body);
    }
    const texts = await Promise.all(refs.map((ref) => world.bodies.load(ref)));
    expect(texts.map((text) => JSON.parse(text ?? '').id)).toEqual(['j1', 'j2']);
    expect(refs.map((ref) => ref.kind === 'parts' && world.bodies.expiresAt(ref.key))).toEqual([null, null]);
  });
});

describe('a redrive body', () => {
  const params = {
    leadRecordList: { leadRecord: [{ Email: 'a@example.com' }, { Email: 'b@example.com' }] },
    dedupEnabled: true,
  };
  const many: Job = { version: 1, id: 'j1', operation: 'syncMultipleLeads', params };
  const bad = { ok: false, code: null, message: 'Lead is locked', result: null };
  const good = { ok: true, code: null, message: '', result: null };
  const partly: RecordOutcomes = { inOrder: true, records: [good, bad] };

  async function retryBodyOf(
    job: Job,
    faultClass: 'record-failed' | 'invalid-request',
    outcomes: RecordOutcomes | null,
  ) {
    const world = createWorld();
    const own = await claimed(world, job);
    await record(own, decided(deadLetter({ class: faultClass }), { outcomes }), world.ports);
    const { state } = rowOf(world);
    return state.kind === 'decided' ? state.decision.retryBody : state.kind;
  }

  test('is the failed records where the others are done', async () => {
    const body = await retryBodyOf(many, 'record-failed', partly);
    expect(body).toMatchObject({ kind: 'inline', text: expect.stringContaining('b@example.com') });
    expect(body).toMatchObject({ kind: 'inline', text: expect.not.stringContaining('a@example.com') });
  });

  test.each<[string, Job, 'record-failed' | 'invalid-request', RecordOutcomes | null]>([
    ['the call as a whole was refused', many, 'invalid-request', partly],
    ['nothing is known of the records', many, 'record-failed', null],
    ['nobody can say which records failed', many, 'record-failed', { ...partly, inOrder: false }],
    ['the job has one record', syncLeadJob('j1'), 'record-failed', { inOrder: true, records: [bad] }],
  ])('is the whole job where %s', async (_, job, faultClass, outcomes) => {
    expect(await retryBodyOf(job, faultClass, outcomes)).toBeNull();
  });
});

describe('what a run could not keep', () => {
  function noted(world: World) {
    const lines: unknown[] = [];
    const note = (text: string, about: unknown): void => void lines.push([text, about]);
    return { lines, ports: { ...world.ports, log: { ...world.ports.log, warn: note, error: note } } };
  }

  test('is told of: a result', async () => {
    const world = createWorld({ faults: { bodies: () => 'throw' } });
    const { lines, ports } = noted(world);
    await record(await claimed(world), decided(COMPLETE), ports);
    const error = 'save of j1/result failed, as the test asked';
    expect(lines).toEqual([['a result could not be stored', { jobId: 'j1', error }]]);
  });

  test('is told of: an answer for now, and the texts of a letter in the end', async () => {
    const world = createWorld({ faults: { bodies: () => 'throw' } });
    const { lines, ports } = noted(world);
    await record(
      await claimed(world),
      decided(deadLetter(), { exchange: exchange({ response: null }) }),
      ports,
    );
    const error = 'save of j1/request failed, as the test asked';
    expect(lines[0]).toEqual(['an answer could not be recorded yet', { jobId: 'j1', error }]);
    expect(lines.at(-1)).toEqual(['a text of a letter could not be stored', { key: 'j1/request', error }]);
  });

  test('is told of: an answer that came too late, also for a row that is gone', async () => {
    const world = createWorld();
    const { lines, ports } = noted(world);
    const own = await claimed(world);
    await world.ledger.remove('j1');
    expect(await record(own, decided(COMPLETE), ports)).toBeNull();
    expect(world.ledger.row('j1')).toBeNull();
    expect(lines).toEqual([['an answer came after the claim was lost', { jobId: 'j1', succeeded: true }]]);
  });
});
