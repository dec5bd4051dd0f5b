import { describe, expect, test } from 'vitest';
import { fileNoticed, letterNotice, readNotice } from '../../../shared/deadletter/notice.ts';
import type { Job } from '../../../shared/job/job.ts';
import { firstRow } from '../../../shared/ledger/row.ts';
import { forget } from '../../../shared/operate/forget.ts';
import { planRedrive, redrive } from '../../../shared/operate/redrive/redrive.ts';
import { type Faults, leadJob, letterWorld, NOON } from '../../support/letters.ts';

const ANN = 'ann@example.com';
const manyLeads = (id: string, ...emails: readonly string[]): Job => ({
  version: 1,
  id,
  operation: 'syncMultipleLeads',
  params: { leadRecordList: { leadRecord: emails.map((Email) => ({ Email })) } },
});
const NOTHING = { jobs: 0, lettersRemoved: [], lettersRedacted: [], waiting: [] };

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
  test('erases the person and nobody else, and says what it did', async () => {
    const world = await worldWithAnn();
    const { ports } = world;
    const bobs = world.letter('bobs');
    expect(await forget(ports, 'ANN@example.com')).toEqual({
      jobs: 2,
      lettersRemoved: ['hers'],
      lettersRedacted: ['many'],
      waiting: ['queued'],
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
    await expect(forget(world.ports, ANN)).rejects.toThrow('as the test asked');
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
});
