import { describe, expect, test } from 'vitest';
import { openUpstream } from '../../../shared/budget/holds.ts';
import { withAcknowledgement } from '../../../shared/deadletter/acknowledgements.ts';
import { fileNoticed, letterNotice, readNotice } from '../../../shared/deadletter/notice.ts';
import { foreignGroup, together } from '../../../shared/job/foreign-groups.ts';
import type { Job } from '../../../shared/job/job.ts';
import { digestOf, messageFor } from '../../../shared/job/message.ts';
import { lineChunkId, sentJob } from '../../../shared/ledger/chunks.ts';
import { checkClaim } from '../../../shared/ledger/claim-rules.ts';
import { firstRow } from '../../../shared/ledger/row.ts';
import { discard } from '../../../shared/operate/discard.ts';
import { forget } from '../../../shared/operate/forget/forget.ts';
import { replaceState } from '../../../shared/operate/hold.ts';
import { planRedrive } from '../../../shared/operate/redrive/plan-redrive.ts';
import { redrive } from '../../../shared/operate/redrive/redrive.ts';
import type { FaultHook, Misfortune } from '../../memory/faults.ts';
import { type Faults, leadJob, letterWorld, NOON } from '../../support/letters.ts';

const ANN = 'ann@example.com';
const manyLeads = (id: string, ...emails: readonly string[]): Job => ({
  version: 1,
  id,
  operation: 'syncMultipleLeads',
  params: { leadRecordList: { leadRecord: emails.map((Email) => ({ Email })) } },
});
const NOTHING = { jobs: 0, lettersRemoved: [], lettersRedacted: [], waiting: [], failed: [] };

async function worldWithAnn(faults: Faults = {}) {
  const world = letterWorld(faults);
  const { ports } = world;
  const row = (job: Job) => firstRow(job, { sequenceNumber: '1', enqueuedAt: NOON });
  const result = await ports.bodies.save('done/result', `{"leadRecord":{"Email":"Ann@Example.com"}}`, null);
  await world.putRow({
    ...row(leadJob('done', ANN)),
    state: { kind: 'completed', at: NOON, result, resultDropped: false },
  });
  await world.putRow(row(leadJob('queued', ANN)));
  await world.deadLetter(leadJob('hers', ANN), {
    request: await ports.bodies.save('hers/request', `<Email>${ANN}</Email>`.padEnd(100_000), null),
    message: `No lead found with EMAIL = ${ANN}`,
  });
  await world.deadLetter(manyLeads('many', ANN, 'bob@example.com'), {
    request: await ports.bodies.save(
      'many/request',
      `<a>ann&#64;example.com</a><b>bob@example.com</b>`,
      null,
    ),
    response: await ports.bodies.save('many/response', `about ${ANN} and bob@example.com`, null),
    message: `lead ${ANN} failed`,
    attempts: [
      {
        callId: 'call-1',
        at: 1,
        durationMs: 1,
        class: 'record-failed',
        code: null,
        httpStatus: 200,
        message: ANN,
        counted: true,
      },
    ],
  });
  await world.deadLetter(leadJob('bobs', 'bob@example.com'));
  return world;
}

describe('forget', () => {
  test('blanks the digest in the chunk of an ended job, and leaves those of others and of jobs in the queue', async () => {
    const { ports } = await worldWithAnn();
    const id = lineChunkId('b', 1);
    const old = NOON - 14 * 24 * 3_600_000;
    const jobs = ['done', 'hers', 'queued', 'bobs'].map((jobId) =>
      sentJob({ ...leadJob(jobId) }, 'f'.repeat(32), NOON),
    );
    ports.chunks.put(id, { jobs: [...jobs, sentJob(leadJob('of-somebody'), 'f'.repeat(32), old)] });
    const digests = async () =>
      Object.fromEntries((await ports.chunks.get(id))?.jobs.map((job) => [job.id, job.digest]) ?? []);
    await forget(ports, ANN);
    const kept = 'f'.repeat(16);
    // What no queue can hold any more serves nobody, whoever it was about.
    expect(await digests()).toEqual({ done: '', hers: '', queued: kept, bobs: kept, 'of-somebody': '' });
  });

  test('finds the chunk of a row that an earlier run erased before it was stopped', async () => {
    const { ports } = await worldWithAnn();
    await forget(ports, ANN);
    const id = lineChunkId('b', 1);
    ports.chunks.put(id, { jobs: [sentJob(leadJob('done'), 'f'.repeat(32), NOON)] });
    await forget(ports, ANN);
    expect((await ports.chunks.get(id))?.jobs).toMatchObject([{ id: 'done', digest: '' }]);
  });

  test('goes on where a chunk cannot be read, and names it', async () => {
    const { ports } = await worldWithAnn();
    const id = lineChunkId('b', 1);
    ports.chunks.put(id, { jobs: [] });
    const chunks = { ...ports.chunks, change: () => Promise.reject(new Error('schema 9')) };
    expect((await forget({ ...ports, chunks }, ANN)).failed).toEqual([{ id, message: 'schema 9' }]);
  });

  test('erases the person and nobody else, and says what it did', async () => {
    const world = await worldWithAnn();
    const { ports } = world;
    const bobs = world.letter('bobs');
    expect(await forget(ports, 'ANN@example.com')).toEqual({
      jobs: 2,
      lettersRemoved: ['hers'],
      lettersRedacted: ['many'],
      waiting: ['queued'],
      failed: [],
    });
    expect(world.letter('hers')).toMatchObject({
      status: 'discarded',
      message: '[forgotten]',
      orderingKey: null,
      closing: { note: 'forgotten' },
    });
    expect(world.letter('bobs')).toEqual(bobs);
    expect(ports.ledger.row('done')?.state).toMatchObject({
      kind: 'completed',
      result: null,
      resultDropped: true,
    });
    const kept = [
      ...ports.ledger.rows().filter(({ jobId }) => jobId !== 'queued'),
      ...ports.archive.letters(),
    ];
    expect(JSON.stringify(kept)).not.toMatch(/ann/i);
    const many = world.letter('many');
    if (many?.response == null) throw new Error('the letter lost its response');
    expect(await ports.bodies.load(many.response)).toBe('about [forgotten] and bob@example.com');
  });

  test('also erases texts that are kept in parts', async () => {
    const world = await worldWithAnn();
    const request = world.letter('hers')?.request;
    if (request?.kind !== 'parts') throw new Error('the test wants a long request');
    await forget(world.ports, ANN);
    expect(await world.ports.bodies.load(request)).toBeNull();
  });

  test('leaves enough of a letter that its notice, still on its way, does not bring the person back', async () => {
    const world = await worldWithAnn();
    const head = world.letter('hers');
    if (head === null) throw new Error('no letter');
    const notice = readNotice(
      await letterNotice(world.ports.bodies, head, await world.ports.bodies.load(head.job)),
    );
    if (notice.kind !== 'letter') throw new Error('no notice');
    await forget(world.ports, ANN);
    await fileNoticed(world.ports, notice.letter);
    expect(JSON.stringify(world.letter('hers'))).not.toMatch(/ann/i);
  });

  test('finds what an interrupted run has left of the texts', async () => {
    let broken = true;
    const world = await worldWithAnn({
      bodies: (method) => (method === 'remove' && broken ? 'throw' : null),
    });
    const request = world.letter('hers')?.request;
    if (request?.kind !== 'parts') throw new Error('the test wants a long request');
    expect((await forget(world.ports, ANN)).failed.map(({ id }) => id)).toContain('hers');
    broken = false;
    expect((await forget(world.ports, ANN)).lettersRemoved).toEqual(['hers']);
    expect(await world.ports.bodies.load(request)).toBeNull();
  });

  test('finds the rest once the waiting job has ended, and nothing more after that', async () => {
    const world = await worldWithAnn();
    await forget(world.ports, ANN);
    await world.setState('queued', { kind: 'completed', at: NOON, result: null, resultDropped: false });
    expect(await forget(world.ports, ANN)).toEqual({ ...NOTHING, jobs: 1 });
    expect(await forget(world.ports, ANN)).toEqual(NOTHING);
  });

  test('changes nothing for an address that is nowhere', async () => {
    const world = await worldWithAnn();
    const before = JSON.stringify([world.ports.ledger.rows(), world.ports.archive.letters()]);
    expect(await forget(world.ports, 'nobody@example.com')).toEqual(NOTHING);
    expect(JSON.stringify([world.ports.ledger.rows(), world.ports.archive.letters()])).toBe(before);
  });

  test('leaves a letter alone whose message may be on its way', async () => {
    const world = await worldWithAnn();
    const head = world.letter('hers');
    if (head === null) throw new Error('no letter');
    world.ports.archive.put({ ...head, status: 'redriving' });
    expect((await forget(world.ports, ANN)).waiting).toEqual(['hers', 'queued']);
    expect(world.letter('hers')).not.toBeNull();
  });

  test('keeps a redacted letter from being redriven with a token in place of an address', async () => {
    const world = await worldWithAnn();
    await forget(world.ports, ANN);
    const plan = await planRedrive(world.ports, ['many'], {
      by: 'id',
      includeInDoubt: false,
      superseded: false,
      edited: false,
    });
    const outcome = await redrive(world.ports, plan, { edit: null, patienceMs: 0 });
    expect(outcome.failed[0]?.message).toContain('erased');
    expect(world.sent()).toEqual([]);
  });

  test('hides the digest, by which an address can be found out, and still knows a late delivery', async () => {
    const world = await worldWithAnn();
    const job = leadJob('done', ANN);
    await forget(world.ports, ANN);
    for (const jobId of ['done', 'hers', 'many']) expect(world.ports.ledger.row(jobId)?.digest).toBe('');
    const late = { jobId: 'done', epoch: 0, digest: digestOf(job), now: NOON, soleInstance: null };
    expect(checkClaim(world.ports.ledger.row('done'), late).kind).toBe('ended');
    const dead = { ...late, jobId: 'hers', digest: digestOf(leadJob('hers', ANN)) };
    expect(checkClaim(world.ports.ledger.row('hers'), dead).kind).toBe('ended');
    expect(world.ports.ledger.row('queued')?.digest).not.toBe('');
  });

  test('removes the words in a hold', async () => {
    const world = await worldWithAnn();
    const { ledger, budgetStore } = world.ports;
    await world.putRow({
      ...firstRow(leadJob('own', 'x@example.com', { orderingKey: `customer ${ANN}` }), {
        sequenceNumber: '1',
        enqueuedAt: NOON,
      }),
      state: { kind: 'completed', at: NOON, result: null, resultDropped: false },
    });
    const words = `500 for ${ANN}, and for bob@example.com`;
    await replaceState(world.ports, (state) => openUpstream(state, NOON, words));
    await forget(world.ports, ANN);
    expect(ledger.row('own')?.orderingKey).toBe('job:own');
    expect((await budgetStore.get())?.holds.upstream?.message).toBe(
      '500 for [forgotten], and for bob@example.com',
    );
  });

  test('removes a group that was named after the person', async () => {
    const { ports } = letterWorld();
    const at = ports.clock();
    const named = ['003A000001abcDE', 'marketo', 'x'].map((name, nth) => foreignGroup(name, `j${nth}`, at));
    await ports.foreignGroups.change(() => named.reduce((one, other) => together(one, other)));
    await forget(ports, 'lead:SFDC:003A000001abcDE');
    expect(await ports.foreignGroups.get()).toMatchObject({
      jobs: 3,
      groups: [{ name: 'marketo' }, { name: 'x' }],
    });
  });

  test('keeps who worked on a letter that is emptied, and no reason', async () => {
    const world = await worldWithAnn();
    await discard(world.ports, 'hers', `asked for by ${ANN}`);
    await forget(world.ports, ANN);
    expect(world.letter('hers')?.actions).toEqual([{ action: 'discard', at: NOON, by: 'ann' }]);
  });

  test('takes the name of an operator off a letter about somebody else, which stays', async () => {
    const world = letterWorld();
    const by = `arn:aws:sts::1:assumed-role/Operator/${ANN}`;
    const leadSeventeen = { leadRecord: { Id: 17 }, returnLead: false };
    await world.deadLetter({ version: 1, id: 'other', operation: 'syncLead', params: leadSeventeen });
    await discard({ ...world.ports, operator: async () => by }, 'other', `as ${ANN} said`);
    const found = await forget(world.ports, ANN);
    expect(found).toMatchObject({ lettersRemoved: [], lettersRedacted: ['other'] });
    expect(JSON.stringify(world.letter('other'))).not.toContain(ANN);
    expect(world.letter('other')).toMatchObject({
      job: { text: expect.stringContaining('17') },
      actions: [{ by: 'arn:aws:sts::1:assumed-role/Operator/[forgotten]', note: 'as [forgotten] said' }],
    });
  });

  test('removes the person from what is said of a cause', async () => {
    const { ports } = letterWorld();
    const said = { cause: '0123456789ab', at: NOON, until: NOON + 1, note: `${ANN} calls back`, count: 1 };
    const lifted = { at: NOON, by: ANN };
    await ports.acknowledgements.change((stored) =>
      withAcknowledgement(stored, { ...said, by: 'bo', lifted }),
    );
    await forget(ports, ANN);
    expect((await ports.acknowledgements.get())?.causes).toEqual([
      { ...said, by: 'bo', note: '[forgotten] calls back', lifted: { at: NOON, by: '[forgotten]' } },
    ]);
  });

  test('removes the long text of a parked job that was left behind, once the job has ended', async () => {
    const world = await worldWithAnn();
    const { bodies } = world.ports;
    const left = await bodies.save('many/parked', `{"to":"${ANN}"}`.padEnd(100_000), null);
    const queued = await bodies.save('queued/parked', `{"to":"${ANN}"}`.padEnd(100_000), null);
    const bobs = await bodies.save('bobs/parked', '{"to":"bob@example.com"}'.padEnd(100_000), null);
    expect((await forget(world.ports, ANN)).waiting).toEqual(['queued']);
    expect(await bodies.load(left)).toBeNull();
    expect(await bodies.load(queued)).not.toBeNull();
    expect(await bodies.load(bobs)).not.toBeNull();
  });

  test.each([
    ['lead:IDNUM:17', { Id: 17 }],
    ['17', { Id: 17 }],
    ['lead:CUSTOM:crm-7', { ForeignSysType: 'CUSTOM', ForeignSysPersonId: 'crm-7' }],
    ['crm-7', { ForeignSysType: 'SFDC', ForeignSysPersonId: 'crm-7' }],
    ['lead:EMAIL:Ann@Example.com', { Email: ANN }],
  ] as const)('knows the person by %s, as a job may name it', async (key, leadRecord) => {
    const world = letterWorld();
    const job: Job = {
      version: 1,
      id: 'j1',
      operation: 'syncLead',
      params: { leadRecord: { ...leadRecord }, returnLead: false },
    };
    await world.deadLetter(job);
    await world.deadLetter(leadJob('bobs', 'bob@example.com', { meta: { count: 17 } }));
    expect(await forget(world.ports, key)).toMatchObject({ jobs: 1, lettersRemoved: ['j1'], failed: [] });
    expect(world.letter('bobs')?.status).toBe('open');
    expect(JSON.stringify([world.ports.ledger.row('j1'), world.letter('j1')])).not.toMatch(
      /crm-7|:17\D|ann@/i,
    );
  });

  test('ends with nothing left of the person, wherever an earlier run was killed', async () => {
    for (let killAfter = 0; ; killAfter += 1) {
      for (const misfortune of ['throw', 'lose-reply'] as const) {
        const world = await worldToForget();
        let writes = 0;
        const killed = await world.killedAt(killAfter, misfortune, () => forget(world.ports, ANN));
        writes = world.writes();
        await forget(world.ports, ANN);
        expect(await world.leftOf(/ann/i), `killed after ${killAfter} writes, ${misfortune}`).toEqual([]);
        if (!killed && misfortune === 'lose-reply') {
          expect(writes).toBeGreaterThan(12);
          return;
        }
      }
    }
  });
});

/** A world in which every write of a `forget` can be its last: after it nothing works until the process starts anew. */
async function worldToForget() {
  let dead = false;
  let writes = 0;
  let killAt = Number.POSITIVE_INFINITY;
  let how: Misfortune = 'throw';
  const hook: FaultHook = (method) => {
    if (dead) return 'throw';
    if (!['replace', 'remove', 'removeText', 'removeMark', 'save'].includes(method)) return null;
    writes += 1;
    dead = writes > killAt;
    return dead ? how : null;
  };
  const world = await worldWithAnn({ ledger: hook, archive: hook, bodies: hook });
  const { bodies, ledger, archive } = world.ports;
  const long = (text: string) => `${text} `.padEnd(100_000, '.');
  const result = await bodies.save('bulk/result', long(`{"Email":"${ANN}"}`), null);
  await world.putRow({
    ...firstRow(manyLeads('bulk', ANN, 'bob@example.com'), { sequenceNumber: '1', enqueuedAt: NOON }),
    state: { kind: 'completed', at: NOON, result, resultDropped: false },
  });
  await bodies.save('bulk/parked', long(`{"to":"${ANN}"}`), null);
  await world.deadLetter(manyLeads('two', ANN, 'bob@example.com'), {
    jobBody: long(messageFor(manyLeads('two', ANN, 'bob@example.com')).body),
    request: await bodies.save('two/request', long(`to ${ANN} and bob@example.com`), null),
    response: await bodies.save('two/response', long(`from ${ANN}`), null),
  });
  await world.deadLetter(leadJob('alone', ANN), {
    request: await bodies.save('alone/request', long(`<Email>${ANN}</Email>`), null),
    response: await bodies.save('alone/response', long('<FirstName>Ann</FirstName>'), null),
  });
  await world.setState('queued', { kind: 'completed', at: NOON, result: null, resultDropped: false });
  writes = 0;
  return {
    ...world,
    writes: () => writes,
    /** Whether it was killed before its end. */
    async killedAt(after: number, misfortune: Misfortune, run: () => Promise<unknown>): Promise<boolean> {
      killAt = after;
      how = misfortune;
      await run().catch(() => null);
      const killed = dead;
      dead = false;
      killAt = Number.POSITIVE_INFINITY;
      return killed;
    },
    async leftOf(pattern: RegExp): Promise<readonly string[]> {
      const texts: string[] = [];
      for await (const ref of bodies.scan()) texts.push(`${ref.key}: ${await bodies.load(ref)}`);
      const kept = [...ledger.rows(), ...archive.letters(), ...texts];
      return kept.map((one) => JSON.stringify(one).slice(0, 300)).filter((text) => pattern.test(text));
    },
  };
}

describe('forgetting a person whose job shared a call with others', () => {
  const attempt = (callId: string) => ({
    callId,
    shared: 3,
    at: 1,
    durationMs: 1,
    class: null,
    code: null,
    httpStatus: 200,
    message: '',
    counted: true,
  });
  const kept = (callId: string, email = ANN) => ({
    callId,
    operation: 'syncMultipleLeads',
    jobs: 3,
    at: 1,
    httpStatus: 200,
    request: `{"Email":"${email}"},{"Email":"bob@example.com"}`,
    response: null,
  });

  test('removes that call whole, found by a row or by a letter, and no other', async () => {
    const world = letterWorld();
    const { calls } = world.ports;
    for (const callId of ['by-row', 'by-letter'])
      await calls.keep(kept(callId, 'by@what.attempts.say'), NOON);
    await calls.keep(kept('of-others', 'eve@example.com'), NOON);
    const state = { kind: 'completed', at: NOON, result: null, resultDropped: false } as const;
    const row = firstRow(leadJob('done', ANN), { sequenceNumber: '1', enqueuedAt: NOON });
    await world.putRow({ ...row, state, attempts: [attempt('by-row')] });
    await world.deadLetter(leadJob('hers', ANN), { attempts: [attempt('by-letter')] });
    await world.deadLetter(leadJob('bobs', 'bob@example.com'), { attempts: [attempt('of-others')] });
    await forget(world.ports, ANN);
    expect(await calls.get('by-row')).toBeNull();
    expect(await calls.get('by-letter')).toBeNull();
    expect(await calls.get('of-others')).not.toBeNull();
  });

  test('is found by a repeat where the call could not be removed', async () => {
    const world = letterWorld();
    const { calls } = world.ports;
    await calls.keep(kept('c'), NOON);
    const row = firstRow(leadJob('done', ANN), { sequenceNumber: '1', enqueuedAt: NOON });
    const state = { kind: 'completed', at: NOON, result: null, resultDropped: false } as const;
    await world.putRow({ ...row, state, attempts: [attempt('c')] });
    const broken = { ...world.ports, calls: { ...calls, remove: () => Promise.reject(new Error('down')) } };
    expect(await forget(broken, ANN)).toMatchObject({ jobs: 0, failed: [{ id: 'done' }, { id: 'c' }] });
    expect(await forget(world.ports, ANN)).toMatchObject({ jobs: 1, failed: [] });
    expect(await calls.get('c')).toBeNull();
  });

  test('removes it where no row says that the person was in it: the job has a key of its own, or its run died', async () => {
    const world = letterWorld();
    const { calls } = world.ports;
    await calls.keep(kept('asked'), NOON);
    await calls.keep({ ...kept('answered', 'eve@example.com'), response: `<message>${ANN}</message>` }, NOON);
    await calls.keep(kept('of-others', 'eve@example.com'), NOON);
    const ofItsOwn = leadJob('done', ANN, { orderingKey: 'crm:17' });
    const row = firstRow(ofItsOwn, { sequenceNumber: '1', enqueuedAt: NOON });
    const state = { kind: 'completed', at: NOON, result: null, resultDropped: false } as const;
    await world.putRow({ ...row, state, attempts: [attempt('asked')] });
    await forget(world.ports, ANN);
    expect(await Array.fromAsync(calls.ids())).toEqual(['of-others']);
  });
});
