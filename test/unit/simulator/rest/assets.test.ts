import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { call, textOf } from '../caller.ts';
import { errorCode, rest } from '../rest-caller.ts';
import { type Face, startFace } from './face.ts';

let face: Face;
beforeEach(async () => {
  face = await startFace();
});
afterEach(() => face.close());

const ASSET = '/rest/asset/v1';
const NONE = {
  requestId: expect.any(String),
  success: true,
  errors: [],
  warnings: ['No assets found for the given search criteria.'],
};

describe('an answer about assets', () => {
  test('has errors and warnings always, and no result where there is nothing', async () => {
    expect(await face.get(`${ASSET}/channels.json`)).toMatchObject({
      success: true,
      errors: [],
      warnings: [],
    });
    expect(await face.get(`${ASSET}/channel/byName.json?name=Radio`)).toEqual(NONE);
    expect(await face.get(`${ASSET}/program/7.json`)).toEqual(NONE);
    expect(await face.get(`${ASSET}/boats.json`)).toMatchObject({ errors: [{ code: '610' }], warnings: [] });
  });

  test('pages by offset, and refuses a method override', async () => {
    const names = async (query: string) =>
      (await face.get(`${ASSET}/channels.json?${query}`)).result?.map(({ name }) => name);
    expect(await names('maxReturn=1')).toEqual(['Email Blast']);
    expect(await names('maxReturn=1&offset=1')).toEqual(['Webinar']);
    expect(await face.get(`${ASSET}/channels.json?offset=2`)).toEqual(NONE);
    expect(errorCode(await face.get(`${ASSET}/channels.json?maxReturn=201`))).toBe('1003');
    const override = await rest(face, 'POST', `${ASSET}/channels.json?_method=GET`, { form: {} });
    expect(errorCode(override)).toBe('605');
  });
});

test('a channel has its steps, and the last of them is a success', async () => {
  const { result } = await face.get(`${ASSET}/channel/byName.json?name=Webinar`);
  expect(result?.[0]).toMatchObject({ name: 'Webinar', createdAt: expect.stringMatching(/Z\+0000$/) });
  expect(result?.[0]?.['progressionStatuses']).toContainEqual({
    name: 'Attended',
    step: 40,
    description: null,
    hidden: false,
    success: true,
  });
});

test('a tag has its values only by name, in a string', async () => {
  const { result } = await face.get(`${ASSET}/tagTypes.json`);
  expect(result).toEqual([{ tagType: 'Region', applicableProgramTypes: '[program,event]', required: false }]);
  const byName = await face.get(`${ASSET}/tagType/byName.json?name=Region`);
  expect(byName.result?.[0]?.['allowableValues']).toBe('[Americas, EMEA]');
});

describe('a program', () => {
  const program = async () => (await face.get(`${ASSET}/program/2001.json`)).result?.[0];
  const update = (form: Record<string, string>, id = 2001) =>
    rest(face, 'POST', `${ASSET}/program/${id}.json`, { form });
  const cost = (value: unknown, startDate = '2026-01-01') => JSON.stringify([{ startDate, cost: value }]);

  test('is found by id, by name and by the time of its last change', async () => {
    expect(await program()).toMatchObject({
      name: 'Demo Program',
      channel: 'Email Blast',
      costs: [],
      tags: [],
    });
    const named = await face.get(`${ASSET}/program/byName.json?name=Webinar&includeTags=true`);
    expect(named.result?.[0]).toMatchObject({ id: 2002, tags: [] });
    expect(named.result?.[0]).not.toHaveProperty('costs');
    await update({ description: 'new' });
    const since = await face.get(`${ASSET}/programs.json?earliestUpdatedAt=2026-11-22T18:00:00Z`);
    expect(since.result?.map(({ id }) => id)).toEqual([2001]);
    const two = await face.get(`${ASSET}/programs.json?filterType=id&filterValues=2002,7`);
    expect(two.result?.map(({ id }) => id)).toEqual([2002]);
    expect(errorCode(await face.get(`${ASSET}/programs.json?filterType=color&filterValues=1`))).toBe('1003');
  });

  test('is given costs on top of those it has, unless they are to be replaced', async () => {
    await update({ costs: cost(200) });
    await update({ costs: cost(300), tags: '[{"tagType":"Region","tagValue":"EMEA"}]' });
    expect((await program())?.['costs']).toMatchObject([{ cost: 200 }, { cost: 300 }]);
    await update({ costs: cost(400), costsDestructiveUpdate: 'true' });
    expect(await program()).toMatchObject({
      costs: [{ startDate: '2026-01-01', cost: 400, note: null }],
      tags: [{ tagType: 'Region', tagValue: 'EMEA' }],
    });
  });

  test.each([
    ['a day that is none', { costs: cost(1, 'soon') }, 2001, '704'],
    ['a cost that is none', { costs: cost('much') }, 2001, '1001'],
    ['JSON that is none', { costs: '[' }, 2001, '609'],
    ['a tag that there is not', { tags: '[{"tagType":"Region","tagValue":"Mars"}]' }, 2001, '1003'],
    ['a program that there is not', { description: 'x' }, 7, '1013'],
  ])('refuses %s', async (_, form: Record<string, string>, id, code) => {
    expect(errorCode(await update(form, id))).toBe(code);
  });

  test('wants a form, and is the same over SOAP', async () => {
    expect(errorCode(await face.post(`${ASSET}/program/2001.json`, { description: 'x' }))).toBe('612');
    await update({ description: 'over REST' });
    const params = '<type>Program</type><id>2001</id><includeDetails>true</includeDetails>';
    const reply = await call(face, 'getMObjects', params, face.now);
    expect(textOf(reply, 'returnCount')).toBe('1');
    expect(reply.body).toContain('<name>Description</name><value>over REST</value>');
  });
});
