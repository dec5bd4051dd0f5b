import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Body, errorCode } from '../rest-caller.ts';
import { type Face, START, startFace } from './face.ts';

let face: Face;
beforeEach(async () => {
  face = await startFace();
});
afterEach(() => face.close());

const encoded = (body: Body) => encodeURIComponent(body.nextPageToken ?? '');
const tokenSince = async (since: string) =>
  encoded(await face.get(`/rest/v1/activities/pagingtoken.json?sinceDatetime=${encodeURIComponent(since)}`));
const read = (token: string, query: string) =>
  face.get(`/rest/v1/activities.json?nextPageToken=${token}&${query}`);
const typeIds = (body: Body) => body.result?.map(({ activityTypeId }) => activityTypeId);

test('the types have their ids in a list of more than ten', async () => {
  const { result } = await face.get('/rest/v1/activities/types.json');
  expect(result?.length).toBeGreaterThan(10);
  expect(result).toContainEqual({
    id: 13,
    name: 'Change Data Value',
    description: 'Change Data Value',
    primaryAttribute: { name: 'Attribute Name', dataType: 'string' },
    attributes: [
      { name: 'New Value', dataType: 'string' },
      { name: 'Old Value', dataType: 'string' },
    ],
  });
});

describe('the stream', () => {
  test('goes on from a time, in ascending order, and always says where', async () => {
    const first = await face.lead('a@x', { city: 'Oslo' });
    face.now = START + 60_000;
    const second = await face.lead('b@x', { city: 'Rome' });
    const page = await read(await tokenSince('2026-11-22T18:00:30Z'), 'activityTypeIds=12,13');
    expect(page).toMatchObject({ moreResult: false, nextPageToken: expect.stringMatching(/=$/) });
    expect(page.result).toMatchObject([
      { leadId: second, activityTypeId: 12, activityDate: '2026-11-22T18:01:00Z' },
      {
        leadId: second,
        activityTypeId: 13,
        primaryAttributeValue: 'City',
        attributes: [
          { name: 'New Value', value: 'Rome' },
          { name: 'Old Value', value: '' },
        ],
      },
    ]);
    await face.lead('a@x', { city: 'Bonn' });
    expect((await read(encoded(page), 'activityTypeIds=13')).result).toMatchObject([{ leadId: first }]);
    const all = await read(
      await tokenSince('2026-11-22T19:00:00+01:00'),
      'activityTypeIds=12&activityTypeIds=13',
    );
    expect(typeIds(all)).toEqual([12, 13, 12, 13, 13]);
  });

  test('has pages without a row and without a result while there is more', async () => {
    await face.lead('a@x', { city: 'Oslo' });
    await face.lead('b@x');
    const first = await read(await tokenSince('2026-11-22T00:00:00Z'), 'activityTypeIds=13&batchSize=1');
    expect(first).toMatchObject({ success: true, moreResult: true });
    expect(first).not.toHaveProperty('result');
    const second = await read(encoded(first), 'activityTypeIds=13&batchSize=1');
    expect([typeIds(second), second.moreResult]).toEqual([[13], true]);
  });

  test('can be of some leads, or of the members of a list', async () => {
    const [a, b] = [await face.lead('a@x'), await face.lead('b@x')];
    const token = await tokenSince('2026-11-22T00:00:00Z');
    expect((await read(token, `activityTypeIds=12&leadIds=${b}`)).result).toMatchObject([{ leadId: b }]);
    const [list] = (await face.get('/rest/v1/lists.json?name=Customers')).result ?? [];
    await face.post(`/rest/v1/lists/${list?.['id']}/leads.json?id=${a}`);
    expect((await read(token, `activityTypeIds=12,24&listId=${list?.['id']}`)).result).toMatchObject([
      { leadId: a, activityTypeId: 12 },
      { leadId: a, activityTypeId: 24 },
    ]);
  });

  test.each([
    ['no types', '', '1002'],
    ['eleven types', 'activityTypeIds=1,2,3,6,7,8,9,10,11,12,13', '1003'],
    ['an unknown type', 'activityTypeIds=999', '1003'],
    ['a type that is no number', 'activityTypeIds=abc', '1001'],
    ['31 leads', `activityTypeIds=1&leadIds=${Array.from({ length: 31 }, (_, index) => index)}`, '1003'],
    ['an unknown list', 'activityTypeIds=1&listId=7', '1013'],
  ])('is refused with %s', async (_, query, code) => {
    expect(errorCode(await read(await tokenSince('2026-11-22T00:00:00Z'), query))).toBe(code);
  });

  test('is refused without a position, with a broken one and from no time', async () => {
    expect(errorCode(await face.get('/rest/v1/activities.json?activityTypeIds=1'))).toBe('1002');
    expect(errorCode(await read('rubbish', 'activityTypeIds=1'))).toBe('1003');
    expect(errorCode(await face.get('/rest/v1/activities/pagingtoken.json'))).toBe('1002');
    expect(errorCode(await face.get('/rest/v1/activities/pagingtoken.json?sinceDatetime=2026-11-22'))).toBe(
      '1003',
    );
    const precise = '/rest/v1/activities/pagingtoken.json?sinceDatetime=2026-11-22T18:00:00.000Z';
    expect(errorCode(await face.get(precise))).toBe('1003');
  });
});

test('the changes of leads are those of the fields asked for, and new leads', async () => {
  const id = await face.lead('a@x', { city: 'Oslo', firstName: 'Ann' });
  const path = `/rest/v1/activities/leadchanges.json?nextPageToken=${await tokenSince('2026-11-22T00:00:00Z')}`;
  expect((await face.get(`${path}&fields=firstName`)).result).toMatchObject([
    { leadId: id, activityTypeId: 12 },
    { leadId: id, activityTypeId: 13, fields: [{ name: 'firstName', newValue: 'Ann', oldValue: '' }] },
  ]);
  expect(errorCode(await face.get(path))).toBe('1002');
});

test('a deleted lead is told of, with what was its id', async () => {
  const id = await face.lead('a@x');
  await face.post('/rest/v1/leads/delete.json', { input: [{ id }] });
  const token = await tokenSince('2026-11-22T00:00:00Z');
  const { result } = await face.get(`/rest/v1/activities/deletedleads.json?nextPageToken=${token}`);
  expect(result).toMatchObject([{ leadId: id, activityTypeId: 37, primaryAttributeValue: 'a@x' }]);
});
