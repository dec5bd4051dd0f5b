import { describe, expect, test } from 'vitest';
import type { Job } from '../../../shared/job/job.ts';
import { withoutCall } from '../../../shared/run/before-call.ts';
import type { Claimed } from '../../../shared/run/claim.ts';
import { createWorld, syncLeadJob } from '../../support/work-world.ts';

async function claimed(job: Job, as: Partial<Pick<Claimed, 'as' | 'intentAt'>> = {}) {
  const world = createWorld();
  const claim = await world.claim(job);
  if (claim.kind !== 'claimed') throw new Error(claim.kind);
  return { world, claim: { ...claim, ...as } };
}

async function foundOf(job: Job, as: Partial<Pick<Claimed, 'as' | 'intentAt'>> = {}) {
  const { world, claim } = await claimed(job, as);
  return withoutCall(claim, world.ports);
}

describe('what needs no call', () => {
  test('is a job whose time has not come: it waits for it', async () => {
    const found = await foundOf(syncLeadJob('j1', undefined, { notBefore: '2026-11-22T18:00:01Z' }));
    expect(found).toEqual({
      kind: 'found',
      ended: { kind: 'deferred', until: Date.parse('2026-11-22T18:00:01Z'), reason: 'notBefore' },
      attempts: [],
      exchange: null,
      outcomes: null,
      openedHold: null,
      company: null,
      calledAt: null,
      quietUntil: null,
    });
  });

  test.each([undefined, '2026-11-22T18:00:00Z', '2020-01-01T00:00:00Z'])(
    'is not a job whose time has come: %s',
    async (notBefore) => {
      expect(await foundOf(syncLeadJob('j1', undefined, { notBefore }))).toBeNull();
    },
  );

  test('is a job whose earlier run had announced its call: that is an attempt, and the group waits for it', async () => {
    const intentAt = Date.parse('2026-11-22T17:59:00Z');
    const found = await foundOf(syncLeadJob('j1'), { as: 'in-doubt', intentAt });
    expect(found).toMatchObject({
      ended: { class: 'in-doubt', code: null, ran: 'maybe', sent: true, replied: false },
      calledAt: intentAt,
      quietUntil: intentAt + 182_000,
    });
    expect(found?.attempts).toEqual([
      {
        callId: expect.stringMatching(/^id\d+$/),
        at: intentAt,
        durationMs: 0,
        class: 'in-doubt',
        code: null,
        httpStatus: null,
        message: expect.stringContaining('Marketo may have run it'),
        counted: true,
      },
    ]);
  });

  test('is a job in doubt of which nobody knows since when: nothing can be waited for', async () => {
    const found = await foundOf(syncLeadJob('j1'), { as: 'in-doubt', intentAt: null });
    expect(found).toMatchObject({ attempts: [], calledAt: null, quietUntil: null });
  });

  test('is a job that has stopped its worker too often: its letter says how often', async () => {
    const { world, claim } = await claimed(syncLeadJob('j1'), { as: 'poison' });
    await claim.row.change((row) => ({ ...row, starts: 5 }));
    expect(withoutCall(claim, world.ports)).toMatchObject({
      ended: {
        class: 'poison',
        ran: 'no',
        sent: false,
        replied: false,
        message: expect.stringContaining('stopped 4 times'),
      },
      attempts: [],
    });
  });

  test.each([
    ['2026-11-22T17:00:00Z', 'its expiresAt 2026-11-22T17:00:00Z passed before it could be called'],
    [undefined, 'the message waited 13 days; SQS would delete it after 14'],
  ])('is a job that has expired (%s): its letter says by what', async (expiresAt, message) => {
    const found = await foundOf(syncLeadJob('j1', undefined, { expiresAt }), { as: 'expired' });
    expect(found).toMatchObject({ ended: { class: 'expired', sent: false, ran: 'no', message } });
  });
});
