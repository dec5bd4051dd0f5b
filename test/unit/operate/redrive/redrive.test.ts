import { describe, expect, test } from 'vitest';
import type { LetterDraft } from '../../../../shared/deadletter/archive.ts';
import type { Job } from '../../../../shared/job/job.ts';
import { digestOf, messageFor } from '../../../../shared/job/message.ts';
import { checkClaim } from '../../../../shared/ledger/claim-rules.ts';
import { firstRow, type JobRow, type JobState } from '../../../../shared/ledger/row.ts';
import type { RedriveChoice } from '../../../../shared/operate/redrive/plan.ts';
import { planRedrive } from '../../../../shared/operate/redrive/plan-redrive.ts';
import { redrive } from '../../../../shared/operate/redrive/redrive.ts';
import type { RedriveOutcome } from '../../../../shared/operate/redrive/sending.ts';
import type { Misfortune } from '../../../memory/faults.ts';
import { leadJob, letterWorld, NOON } from '../../../support/letters.ts';

type World = ReturnType<typeof letterWorld>;

const FILTER: RedriveChoice = { by: 'filter', includeInDoubt: false, superseded: false, edited: false };
const BY_ID: RedriveChoice = { ...FILTER, by: 'id' };
const DEAD: JobState = { kind: 'dead-lettered', at: NOON, letterId: '', quietUntil: null };

async function redriveAll(
  { ports }: World,
  ids: readonly string[],
  choice: RedriveChoice = BY_ID,
  edit: string | null = null,
): Promise<RedriveOutcome> {
  const plan = await planRedrive(ports, ids, choice);
  return redrive(ports, plan, { edit, patienceMs: 10_000 });
}

/** The row of a write that completed. */
const written = (id: string, email: string, sequenceNumber: string): JobRow => ({
  ...firstRow(leadJob(id, email), { sequenceNumber, enqueuedAt: NOON }),
  state: { kind: 'completed', at: NOON, result: null, resultDropped: false },
});

async function withLetters(count: number, more: (i: number) => Partial<LetterDraft> = () => ({})) {
  const world = letterWorld();
  for (let i = 0; i < count; i += 1) {
    await world.deadLetter(leadJob(`job-${i}`, `lead${i}@example.com`), {
      deadLetteredAt: NOON + i,
      ...more(i),
    });
  }
  return { world, ids: Array.from({ length: count }, (_, i) => `job-${i}`) };
}

/** Lets every queued job end, as a worker would. */
async function endQueued(world: World, end: (job: Job) => Promise<JobState>): Promise<void> {
  for (const job of world.sent()) {
    if (world.ports.ledger.row(job.id)?.state.kind === 'queued') await world.setState(job.id, await end(job));
  }
}
const completed = async (): Promise<JobState> => ({
  kind: 'completed',
  at: NOON,
  result: null,
  resultDropped: false,
});

describe('redrive', () => {
  test('sends the job at the next epoch, without its expiry, and closes the letter', async () => {
    const world = letterWorld();
    const job = leadJob('a', 'ann@example.com', {
      expiresAt: '2026-11-22T11:00:00Z',
      notBefore: '2026-11-22T10:00:00Z',
      meta: { kept: true },
    });
    await world.deadLetter(job, { sequenceNumber: '77' });
    expect(await redriveAll(world, ['a'])).toEqual({
      jobs: [{ jobId: 'a', epoch: 1 }],
      redriven: 1,
      closedMeanwhile: 0,
      failed: [],
      stopped: null,
      trial: expect.objectContaining({ sent: 1, completed: 0, died: [] }),
    });
    const { expiresAt: _e, notBefore: _n, ...kept } = job;
    expect(world.sent()).toEqual([{ ...kept, epoch: 1 }]);
    expect(world.ports.jobsQueue.messages()[0]).toEqual(messageFor({ ...kept, epoch: 1 }));
    expect(world.letter('a')).toMatchObject({ status: 'redriven', closing: { note: 'redriven to epoch 1' } });
    expect(world.ports.ledger.row('a')).toMatchObject({
      epoch: 1,
      state: { kind: 'queued' },
      attempts: [],
      counted: 0,
      starts: 0,
      sequenceNumber: '77',
    });
  });

  test('leaves a row that a worker takes, and the old message is acknowledged', async () => {
    const { world } = await withLetters(1);
    await redriveAll(world, ['job-0']);
    const row = world.ports.ledger.row('job-0');
    const sent = world.sent()[0];
    if (sent === undefined) throw new Error('nothing was sent');
    const request = { jobId: 'job-0', digest: digestOf(sent), now: NOON, soleInstance: null };
    expect(checkClaim(row, { ...request, epoch: 1 })).toEqual({ kind: 'take', as: 'fresh' });
    expect(checkClaim(row, { ...request, epoch: 0 })).toEqual({ kind: 'acknowledge', why: 'other-epoch' });
  });

  test('gives a job whose row is gone a new one, at its old place', async () => {
    const { world, ids } = await withLetters(1, () => ({ sequenceNumber: '42' }));
    await world.ports.ledger.remove('job-0');
    await redriveAll(world, ids);
    expect(world.ports.ledger.row('job-0')).toMatchObject({ epoch: 1, sequenceNumber: '42' });
    expect(world.sent()).toMatchObject([{ id: 'job-0', epoch: 1 }]);
  });

  test('keeps a notBefore that is still ahead', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a', 'ann@example.com', { notBefore: '2026-11-22T13:00:00Z' }));
    await redriveAll(world, ['a']);
    expect(world.sent()[0]?.notBefore).toBe('2026-11-22T13:00:00Z');
  });

  test('waits for Marketo to be done with the call before, and only then', async () => {
    const quiet = async (quietUntil: number | null) => {
      const world = letterWorld();
      await world.deadLetter(
        leadJob('a'),
        {},
        { kind: 'dead-lettered', at: NOON, letterId: 'a', quietUntil },
      );
      await redriveAll(world, ['a']);
      return world.ports.ledger.row('a')?.state;
    };
    expect(await quiet(NOON + 60_000)).toEqual({ kind: 'waiting', reason: 'order', until: NOON + 60_000 });
    expect(await quiet(NOON - 1)).toEqual({ kind: 'queued' });
  });

  test('sends only the failed records where the letter knows them', async () => {
    const world = letterWorld();
    const { ports } = world;
    const reduced = leadJob('a', 'only@example.com');
    await world.deadLetter(leadJob('a'), {
      class: 'record-failed',
      retryBody: await ports.bodies.save('a/retry', messageFor(reduced).body, null),
    });
    await redriveAll(world, ['a']);
    expect(world.sent()).toEqual([{ ...reduced, epoch: 1 }]);
    expect(ports.ledger.row('a')?.digest).toBe(digestOf(reduced));
  });

  test('keeps the letters of one lead in the order of their jobs', async () => {
    const world = letterWorld();
    const place = { third: '1000', first: '99', second: '100' };
    for (const [id, sequenceNumber] of Object.entries(place)) {
      await world.deadLetter(leadJob(id, 'ann@example.com'), { sequenceNumber });
    }
    await redriveAll(world, Object.keys(place));
    expect(world.sent().map(({ id }) => id)).toEqual(['first', 'second', 'third']);
  });
});

describe('a redrive by a filter', () => {
  const late = { at: NOON, succeeded: true, message: 'late' };

  test('leaves out what is in doubt, superseded, late or malformed, and says which', async () => {
    const world = letterWorld();
    const { ports } = world;
    await world.deadLetter(leadJob('fine', 'fine@example.com'));
    await world.deadLetter(leadJob('doubt', 'doubt@example.com'), { class: 'in-doubt' });
    await world.deadLetter(leadJob('old', 'old@example.com'), { sequenceNumber: '99' });
    await world.deadLetter(leadJob('late', 'late@example.com'), { class: 'in-doubt', lateOutcome: late });
    await world.deadLetter(leadJob('mal', 'mal@example.com'), { letterId: 'msg-1', class: 'malformed' });
    await world.putRow(written('newer', 'old@example.com', '100'));
    const ids = ['fine', 'doubt', 'old', 'late', 'msg-1'];
    const plan = await planRedrive(ports, ids, FILTER);
    expect(plan.candidates.map(({ letterId }) => letterId)).toEqual(['fine']);
    expect(plan.skipped).toEqual([
      { letterId: 'doubt', reason: 'in-doubt' },
      { letterId: 'old', reason: 'superseded' },
      { letterId: 'late', reason: 'late-success' },
      { letterId: 'msg-1', reason: 'malformed' },
    ]);
    const wider = await planRedrive(ports, ids, { ...FILTER, includeInDoubt: true, superseded: true });
    expect(wider.candidates.map(({ letterId }) => letterId).sort()).toEqual(['doubt', 'fine', 'old']);
    const named = await planRedrive(ports, ids, BY_ID);
    expect(named.skipped).toEqual([{ letterId: 'msg-1', reason: 'malformed' }]);
  });

  test('sends what an earlier write of the same lead has not overtaken', async () => {
    const { world, ids } = await withLetters(1, () => ({ sequenceNumber: '100' }));
    await world.putRow(written('older', 'lead0@example.com', '99'));
    expect((await planRedrive(world.ports, ids, FILTER)).candidates).toHaveLength(1);
  });

  test('finds a later write that was enqueued before: a parked one takes its place when it is sent', async () => {
    const { world, ids } = await withLetters(1, () => ({ sequenceNumber: '100' }));
    await world.putRow({ ...written('parked', 'lead0@example.com', '101'), enqueuedAt: NOON - 9_000_000 });
    const { skipped } = await planRedrive(world.ports, ids, FILTER);
    expect(skipped).toEqual([{ letterId: 'job-0', reason: 'superseded' }]);
  });

  test('leaves out what was first sent longer ago than completed jobs are kept, and says so', async () => {
    const { world, ids } = await withLetters(1, () => ({ firstSentAt: NOON - 31 * 24 * 3_600_000 }));
    const { skipped } = await planRedrive(world.ports, ids, FILTER);
    expect(skipped).toEqual([{ letterId: 'job-0', reason: 'too-old' }]);
    const all = await planRedrive(world.ports, ids, { ...FILTER, superseded: true });
    expect(all.candidates).toHaveLength(1);
  });

  test('reads the rows of a key once for all of its letters', async () => {
    const world = letterWorld();
    for (const id of ['a', 'b', 'c']) await world.deadLetter(leadJob(id, 'one@example.com'));
    let lists = 0;
    const list: World['ports']['ledger']['list'] = (query) => {
      lists += 1;
      return world.ports.ledger.list(query);
    };
    const ports = { ...world.ports, ledger: { ...world.ports.ledger, list } };
    await planRedrive(ports, ['a', 'b', 'c'], FILTER);
    expect(lists).toBe(1);
  });

  test('leaves out a job that completed after all, and one that is still running', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'), {}, await completed());
    await world.deadLetter(
      leadJob('b'),
      {},
      { kind: 'running', owner: 'o', leaseUntil: NOON + 1, intentAt: null },
    );
    const plan = await planRedrive(world.ports, ['a', 'b', 'none'], BY_ID);
    expect(plan.skipped.map(({ reason }) => reason)).toEqual(['completed', 'not-ended', 'gone']);
  });

  test('does not redrive a letter twice', async () => {
    const { world, ids } = await withLetters(1);
    await redriveAll(world, ids);
    expect((await planRedrive(world.ports, ids, BY_ID)).skipped).toEqual([
      { letterId: 'job-0', reason: 'redriven' },
    ]);
    expect(world.sent()).toHaveLength(1);
  });
});

describe('the first five', () => {
  test('are sent alone, and when the same cause comes back the rest stays', async () => {
    const { world, ids } = await withLetters(12);
    world.onSleep = () =>
      endQueued(world, async (job) => {
        const { letterId } = await world.deadLetter(job, {});
        return { ...DEAD, letterId };
      });
    const outcome = await redriveAll(world, ids, FILTER);
    expect(outcome).toMatchObject({ redriven: 5, failed: [] });
    expect(outcome.stopped).toContain(world.letter('job-0')?.cause);
    expect(world.letter('job-11')?.status).toBe('open');
  });

  test('are followed by the rest when they complete', async () => {
    const { world, ids } = await withLetters(12);
    const sentAtFirstLook: number[] = [];
    world.onSleep = async () => {
      sentAtFirstLook.push(world.sent().length);
      await endQueued(world, completed);
    };
    expect(await redriveAll(world, ids, FILTER)).toMatchObject({ redriven: 12, stopped: null });
    expect(sentAtFirstLook).toEqual([5]);
    expect(world.sent()).toHaveLength(12);
  });

  test('are followed by the rest when they fail for another cause', async () => {
    const { world, ids } = await withLetters(6);
    world.onSleep = () =>
      endQueued(world, async (job) => {
        const { letterId } = await world.deadLetter(job, {
          class: 'not-found',
          code: 20103,
          message: 'gone',
        });
        return { ...DEAD, letterId };
      });
    expect(await redriveAll(world, ids, FILTER)).toMatchObject({ redriven: 6, stopped: null });
  });

  test('stop the rest when they do not end in time', async () => {
    const { world, ids } = await withLetters(6);
    const outcome = await redriveAll(world, ids, FILTER);
    expect(outcome.redriven).toBe(5);
    expect(outcome.stopped).toContain('have not ended');
  });

  test('are waited for to the last when they are all, and that one died again is told', async () => {
    const { world, ids } = await withLetters(3);
    world.onSleep = () =>
      endQueued(world, async (job) => {
        if (job.id !== 'job-1') return completed();
        const { letterId } = await world.deadLetter(job, {});
        return { ...DEAD, letterId };
      });
    expect(await redriveAll(world, ids, FILTER)).toMatchObject({
      redriven: 3,
      stopped: null,
      trial: {
        sent: 3,
        completed: 2,
        died: [{ jobId: 'job-1', letterId: 'job-1#1', sameCause: true }],
      },
    });
  });

  test('are left alone in the queue when they are all and do not end in time', async () => {
    const { world, ids } = await withLetters(5);
    const outcome = await redriveAll(world, ids, FILTER);
    expect(outcome).toMatchObject({ redriven: 5, stopped: null, trial: { completed: 0, died: [] } });
    expect(outcome.trial?.stop).toContain('5 of the first 5 have not ended');
  });

  test('are not waited for without a trial: all go at once', async () => {
    const { world, ids } = await withLetters(12);
    world.onSleep = async () => {
      throw new Error('slept');
    };
    const plan = await planRedrive(world.ports, ids, FILTER);
    const outcome = await redrive(world.ports, plan, { edit: null, patienceMs: 10_000, noTrial: true });
    expect(outcome).toMatchObject({ redriven: 12, stopped: null, trial: null });
  });

  test.each([[1], [12]])('are not sent under a hold: %d letters stay open', async (many) => {
    const { world, ids } = await withLetters(many);
    const plan = await planRedrive(world.ports, ids, FILTER);
    const outcome = await redrive(world.ports, plan, {
      edit: null,
      patienceMs: 10_000,
      heldBy: async () => 'held until noon',
    });
    expect(outcome).toMatchObject({ redriven: 0, stopped: 'held until noon', trial: null });
    expect(world.sent()).toEqual([]);
    expect(world.letter('job-0')?.status).toBe('open');
  });

  test('are no longer waited for once a hold is there, and the rest does not follow', async () => {
    const { world, ids } = await withLetters(6);
    const plan = await planRedrive(world.ports, ids, FILTER);
    let asked = 0;
    const outcome = await redrive(world.ports, plan, {
      edit: null,
      patienceMs: 10_000,
      heldBy: async () => (asked++ === 0 ? null : 'held until noon'),
    });
    expect(outcome.redriven).toBe(5);
    expect(outcome.stopped).toContain('held until noon; 5 of the first 5 have not ended');
  });

  test('end the redrive when somebody asks for it: the rest stays open', async () => {
    const { world, ids } = await withLetters(30);
    world.onSleep = () => endQueued(world, completed);
    const plan = await planRedrive(world.ports, ids, FILTER);
    const outcome = await redrive(world.ports, plan, {
      edit: null,
      patienceMs: 10_000,
      isStopAsked: () => world.sent().length >= 5,
    });
    expect(outcome.redriven).toBe(5);
    expect(outcome.stopped).toContain('somebody asked for it');
    expect(world.letter('job-29')?.status).toBe('open');
  });
});

describe('two redrives at once', () => {
  test('claim each letter once between them', async () => {
    const { world, ids } = await withLetters(20);
    const options = { edit: null, patienceMs: 0, noTrial: true };
    const plans = [await planRedrive(world.ports, ids, FILTER), await planRedrive(world.ports, ids, FILTER)];
    const outcomes = await Promise.all(plans.map((plan) => redrive(world.ports, plan, options)));
    expect(outcomes.reduce((sum, { redriven }) => sum + redriven, 0)).toBe(20);
    expect(outcomes.reduce((sum, { closedMeanwhile }) => sum + closedMeanwhile, 0)).toBe(20);
    expect(outcomes.flatMap(({ failed }) => failed)).toEqual([]);
  });
});

describe('a redrive that was interrupted', () => {
  const steps = [
    ['archive', 'replace', 0],
    ['ledger', 'replace', 0],
    ['jobsQueue', 'send', 0],
    ['archive', 'replace', 1],
  ] as const;

  test.each(
    steps.flatMap((step) => (['throw', 'lose-reply'] as const).map((how) => [...step, how] as const)),
  )(
    'at %s.%s (number %i, %s) is completed by a repeat, with one job at one epoch',
    async (port, method, nth, how) => {
      let armed = false;
      let seen = 0;
      const hook = (called: string): Misfortune | null => {
        if (!armed || called !== method) return null;
        seen += 1;
        return seen === nth + 1 ? how : null;
      };
      const world = letterWorld({ [port]: hook });
      await world.deadLetter(leadJob('a'));
      armed = true;
      const first = await redriveAll(world, ['a']).catch(() => null);
      expect(first === null || first.failed.length === 1).toBe(true);
      expect(world.letter('a')?.status).not.toBe('discarded');
      armed = false;
      await redriveAll(world, ['a']);
      expect(world.letter('a')?.status).toBe('redriven');
      expect(world.ports.ledger.row('a')).toMatchObject({ epoch: 1, state: { kind: 'queued' } });
      // The memory queue drops a repeat of a deduplication id, as SQS does.
      expect(world.sent().map(({ epoch }) => epoch)).toEqual([1]);
    },
  );

  test('sends nothing again once a worker has taken the job', async () => {
    const { world, ids } = await withLetters(1);
    await redriveAll(world, ids);
    const head = world.letter('job-0');
    if (head === null) throw new Error('no letter');
    world.ports.archive.put({ ...head, status: 'redriving' });
    await world.setState('job-0', { kind: 'running', owner: 'o', leaseUntil: NOON + 1, intentAt: null });
    // SQS would not drop the repeat any more.
    await world.ports.sleep(6 * 60_000);
    const before = world.sent().length;
    expect(await redriveAll(world, ids)).toMatchObject({ redriven: 1 });
    expect(world.sent()).toHaveLength(before);
    expect(world.letter('job-0')?.status).toBe('redriven');
    expect(world.ports.ledger.row('job-0')?.epoch).toBe(1);
  });

  test('does not let a later job of the lead overtake one that SQS refused', async () => {
    const world = letterWorld({ jobsQueue: (_method, id) => (id.startsWith('first#') ? 'throw' : null) });
    await world.deadLetter(leadJob('first'), { sequenceNumber: '1' });
    await world.deadLetter(leadJob('second'), { sequenceNumber: '2' });
    await world.deadLetter(leadJob('other', 'other@example.com'), { sequenceNumber: '3' });
    const outcome = await redriveAll(world, ['first', 'second', 'other']);
    expect(outcome.failed.map(({ letterId }) => letterId).sort()).toEqual(['first', 'second']);
    expect(world.sent().map(({ id }) => id)).toEqual(['other']);
    expect(world.letter('second')?.status).toBe('open');
  });
});

describe('the rest of a redrive', () => {
  test('does not overtake a letter of the same lead among the first five that SQS refused', async () => {
    const world = letterWorld({ jobsQueue: (_method, id) => (id.startsWith('early#') ? 'throw' : null) });
    for (let i = 0; i < 4; i += 1)
      await world.deadLetter(leadJob(`job-${i}`, `lead${i}@example.com`), { deadLetteredAt: NOON - 10 + i });
    await world.deadLetter(leadJob('early'), { sequenceNumber: '1' });
    await world.deadLetter(leadJob('late'), { sequenceNumber: '2' });
    await world.deadLetter(leadJob('other', 'other@example.com'), { deadLetteredAt: NOON + 1 });
    world.onSleep = () => endQueued(world, completed);
    const outcome = await redriveAll(world, ['job-0', 'job-1', 'job-2', 'job-3', 'early', 'late', 'other']);
    expect(outcome).toMatchObject({ redriven: 5, stopped: null });
    expect(outcome.failed.map(({ letterId }) => letterId)).toEqual(['early', 'late']);
    expect(world.letter('late')?.status).toBe('open');
  });
});

describe('two operators at once', () => {
  test('send one epoch', async () => {
    const { world, ids } = await withLetters(3);
    await Promise.all([redriveAll(world, ids), redriveAll(world, ids), redriveAll(world, ids)]);
    expect(
      world
        .sent()
        .map(({ id, epoch }) => `${id}#${epoch}`)
        .sort(),
    ).toEqual(['job-0#1', 'job-1#1', 'job-2#1']);
    expect(ids.map((id) => world.letter(id)?.status)).toEqual(['redriven', 'redriven', 'redriven']);
  });
});

describe('an edited redrive', () => {
  const edited = (job: Job) => JSON.stringify(job);

  test('goes by the batch that the edit names, and leaves the letter open where that was cancelled', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a', 'ann@example.com', { batch: 'b' }));
    await world.ports.cancellations.change('b', () => ({ at: NOON }));
    const under = (editedBatch: string | null) => ({ ...BY_ID, edited: true, editedBatch });
    const same = leadJob('a', 'corrected@example.com', { batch: 'b' });
    await redriveAll(world, ['a'], under('b'), edited(same));
    expect(world.sent()).toEqual([]);
    expect(world.letter('a')?.status).toBe('open');
    const none = leadJob('a', 'corrected@example.com');
    await redriveAll(world, ['a'], under(null), edited(none));
    expect(world.sent()).toEqual([{ ...none, epoch: 1 }]);
  });

  test('sends the edit and keeps the original in the letter', async () => {
    const world = letterWorld();
    const original = await world.deadLetter(leadJob('a'));
    const job = leadJob('a', 'corrected@example.com');
    await redriveAll(world, ['a'], { ...BY_ID, edited: true }, edited(job));
    expect(world.sent()).toEqual([{ ...job, epoch: 1 }]);
    expect(world.ports.ledger.row('a')?.orderingKey).toBe('lead:EMAIL:corrected@example.com');
    expect(await world.ports.bodies.load(original.job)).toBe(messageFor(leadJob('a')).body);
    expect(world.letter('a')?.closing?.note).toBe('redriven to epoch 1, edited');
  });

  test.each([
    ['another id', edited(leadJob('b')), 'must keep the id a'],
    ['no JSON', '{', 'not JSON'],
    [
      'a wrong param',
      '{"version":1,"id":"a","operation":"syncLead","params":{"leedRecord":{}}}',
      'leedRecord',
    ],
    ['a forgotten lead', edited(leadJob('a', '[forgotten]')), 'erased'],
  ])('is refused with %s, and the letter stays open', async (_what, edit, words) => {
    const world = letterWorld();
    await world.deadLetter(leadJob('a'));
    const outcome = await redriveAll(world, ['a'], { ...BY_ID, edited: true }, edit);
    expect(outcome.failed[0]?.message).toContain(words);
    expect(world.letter('a')?.status).toBe('open');
    expect(world.sent()).toEqual([]);
  });

  test('that was interrupted is sent by a repeat without the edit', async () => {
    let broken = true;
    const world = letterWorld({ jobsQueue: () => (broken ? 'throw' : null) });
    await world.deadLetter(leadJob('a'));
    const job = leadJob('a', 'corrected@example.com');
    await redriveAll(world, ['a'], { ...BY_ID, edited: true }, edited(job));
    broken = false;
    const late = await redriveAll(
      world,
      ['a'],
      { ...BY_ID, edited: true },
      edited(leadJob('a', 'x@example.com')),
    );
    expect(late.failed[0]?.message).toContain('comes too late');
    await redriveAll(world, ['a']);
    expect(world.sent()).toEqual([{ ...job, epoch: 1 }]);
  });

  test('makes a job of what was malformed, but never of another job’s id', async () => {
    const world = letterWorld();
    await world.deadLetter(leadJob('taken'));
    for (const letterId of ['msg-1', 'msg-2']) {
      await world.deadLetter(leadJob('ghost'), {
        letterId,
        class: 'malformed',
        jobBody: 'rubbish',
        jobId: null,
      });
    }
    const edit = { ...BY_ID, edited: true };
    const refused = await redriveAll(world, ['msg-1'], edit, edited(leadJob('taken', 'b@example.com')));
    expect(refused.failed[0]?.message).toContain('belongs to another job');
    await redriveAll(world, ['msg-2'], edit, edited(leadJob('fresh')));
    expect(world.sent()).toEqual([leadJob('fresh')]);
    expect(world.letter('msg-2')?.status).toBe('redriven');
  });
});

describe('a redrive of many letters', () => {
  test('looks at each once, however often it is named, and at all of them', async () => {
    const { world, ids } = await withLetters(70);
    const plan = await planRedrive(world.ports, [...ids, ...ids, 'gone', 'gone'], BY_ID);
    expect(plan.candidates.map(({ letterId }) => letterId)).toEqual(ids);
    expect(plan.skipped).toEqual([{ letterId: 'gone', reason: 'gone' }]);
  });

  test('says how far it is: of what is sent, and of the first that have ended', async () => {
    const { world, ids } = await withLetters(7);
    world.onSleep = () => endQueued(world, completed);
    const plan = await planRedrive(world.ports, ids, BY_ID);
    const told: unknown[] = [];
    await redrive(world.ports, plan, {
      edit: null,
      patienceMs: 10_000,
      onProgress: (progress) => void told.push(progress),
    });
    expect(told[0]).toMatchObject({ kind: 'sending', total: 7 });
    expect(told).toContainEqual({ kind: 'watching', ended: 0, sent: 5, isAll: false });
    expect(told).toContainEqual({ kind: 'watching', ended: 5, sent: 5, isAll: false });
    expect(told.at(-1)).toEqual({ kind: 'sending', sent: 7, total: 7 });
  });
});

describe('a letter that cannot be sent', () => {
  /** Two letters of one lead are redriven while this is wrong with the first. */
  async function twoOfOneLead(
    spoil: (world: World) => Parameters<typeof redrive>[0] | Promise<Parameters<typeof redrive>[0]>,
  ) {
    const world = letterWorld();
    for (const [i, id] of ['first', 'second'].entries()) {
      await world.deadLetter(leadJob(id), { deadLetteredAt: NOON + i, sequenceNumber: String(i + 1) });
    }
    const plan = await planRedrive(world.ports, ['first', 'second'], BY_ID);
    const ports = await spoil(world);
    const outcome = await redrive(ports, plan, { edit: null, patienceMs: 10_000 });
    return { world, outcome, sent: world.sent().map(({ id }) => id) };
  }
  const OVERTAKES = 'an earlier letter of the same lead could not be redriven';

  test.each([
    [
      'refuses it',
      [{ kind: 'refused', message: 'InvalidMessageContents' }],
      'SQS refused it: InvalidMessageContents',
    ],
    ['does not take it', [{ kind: 'failed', message: 'busy' }], 'SQS refused it: busy'],
    ['does not answer', [], 'SQS refused it: SQS did not answer'],
  ] as const)(
    'because SQS %s is told of, and the later one of its lead is not sent',
    async (_, answers, message) => {
      const { outcome, world } = await twoOfOneLead(({ ports }) => ({
        ...ports,
        jobsQueue: { ...ports.jobsQueue, send: async () => [...answers] },
      }));
      expect(outcome).toEqual({
        jobs: [],
        redriven: 0,
        closedMeanwhile: 0,
        failed: [
          { letterId: 'first', message },
          { letterId: 'second', message: OVERTAKES },
        ],
        stopped: null,
        trial: null,
      });
      expect(world.letter('second')?.status).toBe('open');
    },
  );

  test('because its store fails is told of in the store’s words', async () => {
    const { outcome, sent } = await twoOfOneLead(({ ports }) => ({
      ...ports,
      archive: {
        ...ports.archive,
        read: async (letterId) => {
          if (letterId === 'first') throw new Error('no store');
          return ports.archive.read(letterId);
        },
      },
    }));
    expect(outcome.failed).toEqual([
      { letterId: 'first', message: 'no store' },
      { letterId: 'second', message: OVERTAKES },
    ]);
    expect(sent).toEqual([]);
  });

  test('because somebody has closed it meanwhile keeps nobody back', async () => {
    const { outcome, sent } = await twoOfOneLead(async (world) => {
      await world.ports.archive.change('first', (head) => head && { ...head, status: 'discarded' });
      return world.ports;
    });
    expect(outcome).toEqual({
      jobs: [{ jobId: 'second', epoch: 1 }],
      redriven: 1,
      closedMeanwhile: 1,
      failed: [],
      stopped: null,
      trial: expect.anything(),
    });
    expect(sent).toEqual(['second']);
  });

  test('to its end is told of: it was sent, and a repeat closes it', async () => {
    const { outcome, world, sent } = await twoOfOneLead(({ ports }) => ({
      ...ports,
      archive: {
        ...ports.archive,
        change: async (at, reduce) => {
          if (at === 'first') throw new Error('no store');
          return ports.archive.change(at, reduce);
        },
      },
    }));
    expect(outcome.failed[0]).toEqual({
      letterId: 'first',
      message: 'it was sent, but could not be closed: no store; repeat',
    });
    expect(sent).toEqual(['first']);
    await redriveAll(world, ['first', 'second']);
    expect(world.letter('first')?.status).toBe('redriven');
    expect(world.letter('second')?.status).toBe('redriven');
  });
});

test('a letter of no job asks the ledger for no row', async () => {
  const world = letterWorld();
  const about = { class: 'malformed', jobBody: 'rubbish', jobId: null, orderingKey: null } as const;
  await world.deadLetter(leadJob('ghost'), { letterId: 'msg-1', ...about });
  const asked: unknown[] = [];
  const ledger: World['ports']['ledger'] = {
    ...world.ports.ledger,
    get: async (jobId) => {
      asked.push(jobId);
      return null;
    },
    list: (query) => {
      asked.push(query);
      return world.ports.ledger.list(query);
    },
  };
  const plan = await planRedrive({ ...world.ports, ledger }, ['msg-1'], { ...BY_ID, edited: true });
  expect(plan.candidates).toHaveLength(1);
  expect(asked).toEqual([]);
});

describe('a letter of another lead in the same batch', () => {
  test('is answered for itself, whatever becomes of the one before it', async () => {
    const { world, ids } = await withLetters(3);
    await world.ports.archive.change('job-0', (head) => head && { ...head, status: 'discarded' });
    const plan = {
      candidates: (await planRedrive(world.ports, ids.slice(1), BY_ID)).candidates,
      skipped: [],
    };
    const [, second] = plan.candidates;
    const closed = { ...(second ?? fail()), letterId: 'job-0', orderingKey: 'lead:EMAIL:lead0@example.com' };
    const outcome = await redrive(
      world.ports,
      { ...plan, candidates: [closed, ...plan.candidates] },
      { edit: null, patienceMs: 10_000 },
    );
    expect(outcome).toEqual({
      jobs: ['job-1', 'job-2'].map((jobId) => ({ jobId, epoch: 1 })),
      redriven: 2,
      closedMeanwhile: 1,
      failed: [],
      stopped: null,
      trial: expect.anything(),
    });
  });

  test('asks SQS for nothing where there is nothing to send', async () => {
    const { world, ids } = await withLetters(1);
    const plan = await planRedrive(world.ports, ids, BY_ID);
    await world.ports.archive.change('job-0', (head) => head && { ...head, status: 'discarded' });
    let sends = 0;
    const jobsQueue = {
      ...world.ports.jobsQueue,
      send: async () => {
        sends += 1;
        return [];
      },
    };
    await redrive({ ...world.ports, jobsQueue }, plan, { edit: null, patienceMs: 10_000 });
    expect(sends).toBe(0);
  });
});

function fail(): never {
  throw new Error('there is none');
}
