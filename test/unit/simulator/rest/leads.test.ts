import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorCode, outcomes, rest } from '../rest-caller.ts';
import { type Face, startFace } from './face.ts';

let face: Face;
beforeEach(async () => {
  face = await startFace({ seed: { companyFields: 'refused' } });
});
afterEach(() => face.close());

const LEADS = '/rest/v1/leads.json';
const sync = (input: unknown[], rest: object = {}) => face.post(LEADS, { ...rest, input });
const by = (type: string, values: string, more = '') =>
  face.get(`${LEADS}?filterType=${type}&filterValues=${encodeURIComponent(values)}${more}`);

describe('leads by filter', () => {
  test('come by id and not as they were asked for, with the default fields', async () => {
    const [first, second] = [await face.lead('a@x'), await face.lead('B@x', { lastName: 'Lee' })];
    const at = '2026-11-22T18:00:00Z';
    const row = { firstName: null, createdAt: at, updatedAt: at };
    expect((await by('email', 'b@X,a@x,none@x')).result).toEqual([
      { id: first, email: 'a@x', lastName: null, ...row },
      { id: second, email: 'B@x', lastName: 'Lee', ...row },
    ]);
    expect((await by('email', 'none@x')).result).toEqual([]);
  });

  test.each([
    ['id', ''],
    ['sfdcLeadId', 'L1'],
    ['crmPersonKey', 'k1'],
    ['favouriteNumber_c', '7'],
    ['leadPartitionId', '1'],
  ])('are found by %s', async (type, value) => {
    const id = await face.lead('a@x', { sfdcLeadId: 'L1', crmPersonKey: 'K1', favouriteNumber_c: 7 });
    expect((await by(type, value === '' ? String(id) : value)).result).toMatchObject([{ id }]);
  });

  test('page by token, which belongs to the query', async () => {
    for (const name of ['a', 'b', 'c']) await face.lead(`${name}@x`);
    const first = await by('email', 'a@x,b@x,c@x', '&batchSize=2');
    expect([first.result?.length, first.nextPageToken]).toEqual([2, expect.stringMatching(/=$/)]);
    const token = `&nextPageToken=${encodeURIComponent(first.nextPageToken ?? '')}`;
    const second = await by('email', 'a@x,b@x,c@x', `&batchSize=2${token}`);
    expect(second.result).toMatchObject([{ email: 'c@x' }]);
    expect(second).not.toHaveProperty('nextPageToken');
    expect(errorCode(await by('email', 'a@x,b@x', token))).toBe('1003');
    expect(errorCode(await by('email', 'a@x', '&nextPageToken=rubbish'))).toBe('1003');
  });

  test.each([
    ['no filterType', '?filterValues=1', '1002'],
    ['no values', '?filterType=email', '1003'],
    ['a field that nobody can be found by', '?filterType=firstName&filterValues=Ann', '1011'],
    ['a field that there is not', '?filterType=boots&filterValues=1', '1003'],
    ['an id that is no number', '?filterType=id&filterValues=abc', '1001'],
    [
      'more than 300 values',
      `?filterType=id&filterValues=${Array.from({ length: 301 }, (_, i) => i)}`,
      '1003',
    ],
    ['a batchSize of nothing', '?filterType=id&filterValues=1&batchSize=0', '1003'],
    ['an unknown field', '?filterType=id&filterValues=1&fields=boots', '1006'],
  ])('are refused for %s', async (_, query, code) => {
    expect(errorCode(await face.get(`${LEADS}${query}`))).toBe(code);
  });

  test('are refused when more than 1,000 match', async () => {
    const input = (count: number) => Array.from({ length: count }, () => ({ email: 'a@x' }));
    for (const count of [300, 300, 300, 100]) await sync(input(count), { action: 'createDuplicate' });
    expect((await by('email', 'a@x')).result).toHaveLength(300);
    await sync(input(1), { action: 'createDuplicate' });
    expect(errorCode(await by('email', 'a@x'))).toBe('1003');
  });

  test('a lead by its id, and no lead', async () => {
    const id = await face.lead('a@x');
    expect((await face.get(`/rest/v1/lead/${id}.json?fields=email`)).result).toEqual([{ id, email: 'a@x' }]);
    expect(errorCode(await face.get('/rest/v1/lead/5.json'))).toBe('1004');
    expect(errorCode(await face.get('/rest/v1/lead/five.json'))).toBe('1001');
  });
});

describe('a write of leads', () => {
  test('creates, then updates, one slot a record', async () => {
    const input = [
      { email: 'a@x', firstName: 'Ann' },
      { email: 'A@x', lastName: 'Lee' },
    ];
    expect(outcomes(await sync(input))).toEqual(['created', 'updated']);
    expect((await by('email', 'a@x')).result).toMatchObject([{ firstName: 'Ann', lastName: 'Lee' }]);
  });

  test('keeps to its action', async () => {
    await face.lead('a@x');
    const run = async (action: string, email: string) => outcomes(await sync([{ email }], { action }));
    expect(await run('createOnly', 'a@x')).toEqual(['1005']);
    expect(await run('createOnly', 'b@x')).toEqual(['created']);
    expect(await run('updateOnly', 'a@x')).toEqual(['updated']);
    expect(await run('updateOnly', 'c@x')).toEqual(['1004']);
    expect(await run('createDuplicate', 'a@x')).toEqual(['created']);
    expect(await run('createOrUpdate', 'a@x')).toEqual(['1007']);
    expect(outcomes(await sync([{ firstName: 'Nobody' }], { action: 'createOnly' }))).toEqual(['created']);
  });

  test('a skipped lead has no id, and says why in words', async () => {
    const { result } = await sync([{ email: 'a@x', boots: 1 }]);
    expect(result).toEqual([
      { status: 'skipped', reasons: [{ code: '1006', message: "Field 'boots' not found" }] },
    ]);
  });

  test('finds by the lookup field', async () => {
    const id = await face.lead('a@x', { crmPersonKey: 'K1' });
    const byKey = { lookupField: 'crmPersonKey' };
    expect(outcomes(await sync([{ crmPersonKey: 'K1', city: 'Oslo' }], byKey))).toEqual(['updated']);
    expect(outcomes(await sync([{ crmPersonKey: 'K2' }], byKey))).toEqual(['created']);
    expect(outcomes(await sync([{ city: 'Rome' }], byKey))).toEqual(['1003']);
    const byId = { action: 'updateOnly', lookupField: 'id' };
    expect(
      outcomes(
        await sync(
          [
            { id, email: 'new@x' },
            { id: 5, city: 'Rome' },
          ],
          byId,
        ),
      ),
    ).toEqual(['updated', '1004']);
    expect((await by('id', String(id), '&fields=email,city')).result).toEqual([
      { id, email: 'new@x', city: 'Oslo' },
    ]);
  });

  test.each([
    ['an unknown lookup field', { lookupField: 'boots' }, '1006'],
    ['a lookup field that nobody can be found by', { lookupField: 'firstName' }, '1011'],
    ['an id that shall make a lead', { lookupField: 'id' }, '1003'],
    ['an unknown action', { action: 'replace' }, '1003'],
    ['an unknown partition', { partitionName: 'Mars' }, '1008'],
    ['no records', { input: [] }, '1003'],
    ['301 records', { input: Array.from({ length: 301 }, () => ({ email: 'a@x' })) }, '1003'],
    ['a record that is none', { input: ['a@x'] }, '609'],
  ])('is refused as a whole for %s', async (_, wrong, code) => {
    expect(errorCode(await face.post(LEADS, { input: [{ email: 'a@x' }], ...wrong }))).toBe(code);
    expect(face.instance().leads.size).toBe(0);
  });

  test.each([
    ['a text for an integer', { leadScore: 'many' }, '1003'],
    ['a fraction for an integer', { leadScore: 14.1 }, '1003'],
    ['an address that is none', { email: 'nobody' }, '1003'],
    ['a day that is none', { dateOfBirth: 'yesterday' }, '1003'],
    ['an object', { firstName: { a: 1 } }, '1003'],
    ['a field that is read only', { createdAt: '2026-01-01T00:00:00Z' }, '1003'],
    ['an id that is not looked up', { id: 5 }, '1003'],
    ['a field of the company', { company: 'Acme' }, '1021'],
    ['a SOAP name', { FirstName: 'Ann' }, '1006'],
  ])('skips a record with %s', async (_, wrong, code) => {
    expect(outcomes(await sync([{ email: 'a@x', ...wrong }]))).toEqual([code]);
    expect(face.instance().leads.size).toBe(0);
  });

  test('takes text for numbers, clears with null and with "", and leaves alone what is absent', async () => {
    await face.lead('a@x', { leadScore: '7', firstName: 'Ann', lastName: 'Lee', city: 'Oslo' });
    await face.lead('a@x', { firstName: null, lastName: '' });
    expect((await by('email', 'a@x', '&fields=leadScore,firstName,lastName,city')).result).toMatchObject([
      { leadScore: 7, firstName: null, lastName: null, city: 'Oslo' },
    ]);
  });

  test('makes a lead in a partition, and does not move one', async () => {
    await face.lead('a@x');
    const europe = { partitionName: 'Europe' };
    expect(outcomes(await sync([{ email: 'a@x' }, { email: 'b@x' }], europe))).toEqual(['1010', 'created']);
    expect((await by('email', 'b@x', '&fields=leadPartitionId')).result).toMatchObject([
      { leadPartitionId: 2 },
    ]);
  });

  test('passes over company fields where the instance is told to', async () => {
    await face.close();
    face = await startFace();
    expect(outcomes(await sync([{ email: 'a@x', company: 'Acme' }]))).toEqual(['created']);
    expect((await by('email', 'a@x', '&fields=company')).result).toMatchObject([{ company: null }]);
  });

  test('wants JSON', async () => {
    const body = '{"input":[{"email":"a@x"}]}';
    const json = { 'content-type': 'application/json; charset=utf-8' };
    const codeOf = async (sent: object) => errorCode(await rest(face, 'POST', LEADS, sent));
    expect(await codeOf({ body, headers: json })).toBeNull();
    expect(await codeOf({ body, headers: { 'content-type': 'text/plain' } })).toBe('612');
    expect(await codeOf({ body })).toBe('612');
    expect(await codeOf({ body: body.slice(1), headers: json })).toBe('609');
    expect(await codeOf({ body: '[]', headers: json })).toBe('609');
    expect(await codeOf({ body: Buffer.from([0x22, 0xff, 0x22]), headers: json })).toBe('609');
  });
});

describe('one lead', () => {
  const COOKIE = 'id:123-ABC-456&token:_mch-example.com-1';
  const associate = (id: number | string, cookie: string) =>
    face.post(`/rest/v1/leads/${id}/associate.json?cookie=${encodeURIComponent(cookie)}`);

  test('takes a cookie, which is then its own', async () => {
    const [a, b] = [await face.lead('a@x'), await face.lead('b@x')];
    const reply = await associate(a, COOKIE);
    expect([reply.success, reply.result]).toEqual([true, undefined]);
    expect((await by('cookies', COOKIE)).result).toMatchObject([{ id: a }]);
    await associate(b, COOKIE);
    expect((await by('cookies', COOKIE)).result).toMatchObject([{ id: b }]);
    expect([errorCode(await associate(5, COOKIE)), errorCode(await associate(a, 'crumb'))]).toEqual([
      '1004',
      '1012',
    ]);
  });

  const merge = (winner: number, query: string) => face.post(`/rest/v1/leads/${winner}/merge.json?${query}`);

  test('takes in others, once', async () => {
    const [a, b, c] = [
      await face.lead('a@x'),
      await face.lead('b@x', { city: 'Oslo' }),
      await face.lead('c@x'),
    ];
    expect(await merge(a, `leadIds=${b},${c}&mergeInCRM=false`)).toMatchObject({ success: true });
    expect((await by('id', `${a},${b},${c}`, '&fields=city')).result).toEqual([{ id: a, city: 'Oslo' }]);
    const again = await merge(a, `leadId=${b}`);
    expect(again.errors).toEqual([{ code: '1004', message: `Lead [${b}] not found` }]);
  });

  test.each([
    ['itself', (id: number) => `leadId=${id}`, '1003'],
    ['nobody', () => '', '1003'],
    ['26 others', () => `leadIds=${Array.from({ length: 26 }, (_, index) => index + 1)}`, '1080'],
    ['somebody in a CRM that is not there', (id: number) => `leadId=${id}&mergeInCRM=true`, '1003'],
    ['no number', () => 'leadId=abc', '1001'],
  ])('is not merged with %s', async (_, query, code) => {
    const id = await face.lead('a@x');
    expect(errorCode(await merge(id, query(id)))).toBe(code);
  });

  test('is deleted once, and a bad list deletes nobody', async () => {
    const id = await face.lead('a@x');
    const remove = (input: unknown[]) => face.post('/rest/v1/leads/delete.json', { input });
    expect(errorCode(await remove([{ id }, {}]))).toBe('1003');
    expect(outcomes(await remove([{ id }]))).toEqual(['deleted']);
    expect((await remove([{ id }])).result).toMatchObject([
      { id, status: 'skipped', reasons: [{ code: '1004' }] },
    ]);
  });
});

describe('describe', () => {
  test('gives the names of both APIs, and leaves out the one that there is not', async () => {
    const { result } = await face.get('/rest/v1/leads/describe.json');
    const field = (name: string) => result?.find(({ displayName }) => displayName === name);
    expect(field('Date of Birth')).toEqual({
      id: expect.any(Number),
      displayName: 'Date of Birth',
      dataType: 'date',
      rest: { name: 'dateOfBirth', readOnly: false },
      soap: { name: 'DateofBirth', readOnly: false },
    });
    expect(field('Lucky Number')).toMatchObject({
      rest: { name: 'favouriteNumber_c' },
      soap: { name: 'Favourite Number' },
    });
    expect(field('Updated At')).toMatchObject({ rest: { name: 'updatedAt', readOnly: true } });
    expect(field('Updated At')).not.toHaveProperty('soap');
    expect(field('First Name')).toMatchObject({ dataType: 'string', length: 255 });
  });

  test('describe2 says what a lead can be found by', async () => {
    const { result } = await face.get('/rest/v1/leads/describe2.json');
    const [lead] = result ?? [];
    expect(lead?.['searchableFields']).toEqual(expect.arrayContaining([['id'], ['email'], ['crmPersonKey']]));
    expect(lead?.['searchableFields']).not.toContainEqual(['firstName']);
    expect((await face.get('/rest/v1/leads/partitions.json')).result).toEqual([
      { id: 1, name: 'Default', description: null },
      { id: 2, name: 'Europe', description: null },
    ]);
  });
});
