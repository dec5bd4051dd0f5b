import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorCode, outcomes, rest } from '../rest-caller.ts';
import { type Face, startFace } from './face.ts';

let face: Face;
beforeEach(async () => {
  face = await startFace();
});
afterEach(() => face.close());

const idsOf = async (path: string) => (await face.get(path)).result?.map(({ id }) => id);
const listId = async (name: string) =>
  (await idsOf(`/rest/v1/lists.json?name=${encodeURIComponent(name)}`))?.[0];

describe('lists', () => {
  test('are found by name without regard to case, and tell their program', async () => {
    const { result } = await face.get('/rest/v1/lists.json?name=attendees');
    expect(result).toMatchObject([{ name: 'Attendees', programName: 'Webinar', workspaceName: 'Default' }]);
    expect(await idsOf('/rest/v1/lists.json?name=Attendees&programName=Demo%20Program')).toEqual([]);
    expect(await idsOf('/rest/v1/lists.json?name=Customers,Newsletter')).toHaveLength(2);
    expect(await idsOf('/rest/v1/lists.json?programName=Webinar')).toHaveLength(1);
    expect(await idsOf(`/rest/v1/lists.json?id=${result?.[0]?.['id']}`)).toHaveLength(1);
  });

  test('are added to, asked and removed from, one slot a lead', async () => {
    const [list, lead] = [await listId('Customers'), await face.lead('a@x')];
    const path = `/rest/v1/lists/${list}/leads.json`;
    const isMember = () => face.get(`/rest/v1/lists/${list}/leads/ismember.json?id=${lead},5`);
    expect(outcomes(await isMember())).toEqual(['notmemberof', '1004']);
    expect(outcomes(await face.post(`${path}?id=${lead}&id=5`))).toEqual(['added', '1004']);
    expect(outcomes(await face.post(path, { input: [{ id: lead }] }))).toEqual(['added']);
    expect(outcomes(await isMember())).toEqual(['memberof', '1004']);
    expect((await face.get(`${path}?fields=email`)).result).toEqual([{ id: lead, email: 'a@x' }]);
    const removed = [];
    for (let turn = 0; turn < 2; turn += 1) removed.push(await rest(face, 'DELETE', `${path}?id=${lead},5`));
    expect(removed.map(outcomes)).toEqual([
      ['removed', '1004'],
      ['1015', '1004'],
    ]);
    expect(removed[1]?.result?.[0]).toMatchObject({ id: lead, status: 'skipped' });
  });

  test.each([
    ['an unknown list', '7/leads.json?id=1', '1013'],
    ['a list that is no number', 'abc/leads.json?id=1', '1001'],
    ['nobody', 'LIST/leads.json', '1003'],
    ['an id that is no number', 'LIST/leads.json?id=abc', '1001'],
    ['301 leads', `LIST/leads.json?id=${Array.from({ length: 301 }, (_, index) => index)}`, '1003'],
  ])('refuse %s', async (_, path, code) => {
    const whole = `/rest/v1/lists/${path.replace('LIST', String(await listId('Customers')))}`;
    expect(errorCode(await face.post(whole))).toBe(code);
  });
});

describe('campaigns', () => {
  test('are listed with program and type, the triggerable ones when asked', async () => {
    const [row] =
      (await face.get('/rest/v1/campaigns.json?name=welcome&programName=Demo%20Program')).result ?? [];
    expect(row).toMatchObject({ id: 1001, name: 'Welcome', type: 'trigger', programId: 2001, active: true });
    expect(await idsOf('/rest/v1/campaigns.json')).toEqual([1001, 1002, 1003, 1004]);
    expect(await idsOf('/rest/v1/campaigns.json?isTriggerable=true')).toEqual([1001, 1002, 1003]);
    expect(await idsOf('/rest/v1/campaigns/1004.json')).toEqual([1004]);
    expect(errorCode(await face.get('/rest/v1/campaigns/7.json'))).toBe('1013');
  });

  const trigger = (id: number, leads: unknown[], more: object = {}) =>
    face.post(`/rest/v1/campaigns/${id}/trigger.json`, { input: { leads, ...more } });

  test('send everybody through the flow, and are booked by address', async () => {
    const id = await face.lead('Ann@x');
    const tokens = [{ name: '{{my.message}}', value: 'hi' }];
    expect((await trigger(1001, [{ id }], { tokens })).result).toEqual([{ id: 1001 }]);
    expect(face.witness().campaignSends['EMAIL:ann@x']).toMatchObject([{ campaignId: 1001, leadId: id }]);
    expect(face.witness().leadWrites[`IDNUM:${id}`]).toMatchObject([
      { operation: 'POST campaigns/{id}/trigger.json' },
    ]);
  });

  test('send nobody when one lead is not there', async () => {
    const id = await face.lead('a@x');
    const { errors } = await trigger(1001, [{ id }, { id: 84 }, { id: 85 }]);
    expect(errors).toEqual([{ code: '1004', message: 'Lead [84, 85] not found' }]);
    expect(face.instance().sends).toEqual([]);
  });

  test.each([
    ['an unknown campaign', 7, {}, '1013'],
    ['a batch campaign', 1004, {}, '1003'],
    ['nobody', 1001, { leads: [] }, '1003'],
    ['an id in quotes', 1001, { leads: [{ id: '12' }] }, '1001'],
    ['101 leads', 1001, { leads: Array.from({ length: 101 }, () => ({ id: 1 })) }, '1003'],
    ['a token of another kind', 1001, { tokens: [{ name: 'message', value: 'hi' }] }, '1003'],
  ])('refuse %s', async (_, campaign, input, code) => {
    const id = await face.lead('a@x');
    expect(errorCode(await trigger(campaign, [{ id }], input))).toBe(code);
    expect(face.instance().sends).toEqual([]);
  });

  const schedule = (id: number, input?: object) =>
    face.post(`/rest/v1/campaigns/${id}/schedule.json`, input === undefined ? undefined : { input });

  test('run in five minutes at the soonest', async () => {
    expect((await schedule(1004)).result).toEqual([{ id: 1004 }]);
    await schedule(1004, { runAt: '2026-11-22T18:01:00Z' });
    await schedule(1004, { runAt: '2026-12-01T08:00:00Z' });
    const runs = face.instance().scheduledRuns.map(({ runAt }) => new Date(runAt).toISOString());
    expect(runs).toEqual([
      '2026-11-22T18:05:00.000Z',
      '2026-11-22T18:05:00.000Z',
      '2026-12-01T08:00:00.000Z',
    ]);
  });

  test.each([
    ['a trigger campaign', 1001, {}, '1003'],
    ['a time that is none', 1004, { runAt: 'tomorrow' }, '1003'],
    ['a time that has passed', 1004, { runAt: '2026-11-22T17:59:59Z' }, '1003'],
    ['a time more than two years away', 1004, { runAt: '2028-12-01T08:00:00Z' }, '1042'],
    ['a clone under the name of a program', 1004, { cloneToProgramName: 'Webinar' }, '709'],
  ])('are not scheduled: %s', async (_, campaign, input, code) => {
    expect(errorCode(await schedule(campaign, input))).toBe(code);
    expect(face.instance().scheduledRuns).toEqual([]);
  });

  test('are cloned twenty times a day', async () => {
    const codes = [];
    for (let copy = 1; copy <= 21; copy += 1) {
      codes.push(errorCode(await schedule(1004, { cloneToProgramName: `Copy ${copy}` })));
    }
    expect([codes.slice(0, 20).every((code) => code === null), codes[20]]).toEqual([true, '1020']);
  });
});
