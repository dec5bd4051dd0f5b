import { expect, test } from 'vitest';
import { findLeads, keyFindings } from '../../../../shared/marketo/rest/leads/lead-keys.ts';
import { restStage } from '../../../support/rest-stage.ts';

test('leads of many keys are found with one request for each kind of key, in the order of the keys', async () => {
  const { session, seen } = restStage([
    {
      rows: [
        { id: 7, email: 'B@x.example' },
        { id: 5, email: 'a@x.example' },
        { id: 6, email: 'a@X.example' },
      ],
    },
    { rows: [{ id: 12 }] },
  ]);
  const found = await findLeads(
    session,
    [
      { type: 'EMAIL', value: 'a@x.example' },
      { type: 'IDNUM', value: '0012' },
      { type: 'EMAIL', value: ' b@x.example ' },
      { type: 'EMAIL', value: 'A@x.example' },
      { type: 'IDNUM', value: '13' },
    ],
    ['updatedAt'],
  );
  expect(found.map((leads) => leads.map(({ id }) => id))).toEqual([[5, 6], [12], [7], [5, 6], []]);
  expect(seen.map(({ line, query }) => ({ line, query }))).toEqual([
    {
      line: 'GET /rest/v1/leads.json',
      query: {
        filterType: 'email',
        filterValues: 'a@x.example,b@x.example',
        fields: 'id,email,updatedAt',
        batchSize: '300',
      },
    },
    {
      line: 'GET /rest/v1/leads.json',
      query: { filterType: 'id', filterValues: '12,13', fields: 'id,updatedAt', batchSize: '300' },
    },
  ]);
});

test('a filter is read to its last page', async () => {
  const { session, seen } = restStage([
    { rows: [{ id: 5, email: 'a@x.example' }], nextPageToken: 'T=' },
    { rows: [{ id: 6, email: 'a@x.example' }] },
  ]);
  const [leads] = await findLeads(session, [{ type: 'EMAIL', value: 'a@x.example' }], []);
  expect(leads?.map(({ id }) => id)).toEqual([5, 6]);
  expect(seen.map(({ query }) => query['nextPageToken'])).toEqual([undefined, 'T=']);
});

test('a filter whose pages never end is given up', async () => {
  const pages = Array.from({ length: 10 }, () => ({ rows: [], nextPageToken: 'T=' }));
  const { session } = restStage(pages);
  await expect(findLeads(session, [{ type: 'IDNUM', value: '1' }], [])).rejects.toMatchObject({
    fault: { kind: 'decided', code: 1003 },
  });
});

test('more than 300 keys of a kind take several requests', async () => {
  const { session, seen } = restStage([{ rows: [] }, { rows: [{ id: 301 }] }]);
  const keys = Array.from({ length: 301 }, (_, index) => ({ type: 'IDNUM', value: String(index + 1) }));
  const found = await findLeads(session, keys, []);
  expect(found.at(-1)?.map(({ id }) => id)).toEqual([301]);
  expect(seen.map(({ query }) => query['filterValues']?.split(',').length)).toEqual([300, 1]);
});

test('each cookie goes alone, as no row says which cookie it has', async () => {
  const { session, seen } = restStage([{ rows: [{ id: 5 }] }, { rows: [] }]);
  const cookies = ['id:123-ABC-456&token:_mch-1', 'id:123-ABC-456&token:_mch-2'];
  const found = await findLeads(
    session,
    cookies.map((value) => ({ type: 'COOKIE', value })),
    [],
  );
  expect(found.map((leads) => leads.map(({ id }) => id))).toEqual([[5], []]);
  expect(seen.map(({ query }) => query['filterValues'])).toEqual(cookies);
});

test('a Salesforce id of 18 characters finds the row with its 15', async () => {
  const { session } = restStage([{ rows: [{ id: 5, sfdcLeadId: '00Q000000000001' }] }]);
  const [leads] = await findLeads(session, [{ type: 'SFDCLEADID', value: '00Q000000000001AAA' }], []);
  expect(leads?.map(({ id }) => id)).toEqual([5]);
});

test.each([
  { what: 'is no object', row: 5 },
  { what: 'has no id', row: { email: 'a@x.example' } },
  { what: 'has an id that is text', row: { id: '5', email: 'a@x.example' } },
  { what: 'is of another address', row: { id: 5, email: 'b@x.example' } },
  { what: 'has an address that is no text', row: { id: 5, email: { toString: 1 } } },
])('a reply is refused whose row $what', async ({ row }) => {
  const { session } = restStage([{ rows: [row] }]);
  await expect(findLeads(session, [{ type: 'EMAIL', value: 'a@x.example' }], [])).rejects.toMatchObject({
    fault: { kind: 'unreadable', what: 'foreign' },
  });
});

test.each([
  { type: 'IDNUM', value: '12,13' },
  { type: 'IDNUM', value: '../12' },
  { type: 'IDNUM', value: '1234567890123456789' },
  { type: 'EMAIL', value: 'a@x.example,b@x.example' },
  { type: 'LEADOWNEREMAIL', value: 'a@x.example' },
  { type: 'SFDC', value: '1' },
])('a key that REST cannot look for is refused before any request: $type $value', async (key) => {
  const { session, seen } = restStage([]);
  expect(keyFindings([key])).toMatchObject([{ kind: 'refused', code: 1003 }]);
  await expect(findLeads(session, [key], [])).rejects.toMatchObject({
    fault: { kind: 'decided', code: 1003 },
  });
  expect(seen).toEqual([]);
});

test('keys that REST can look for are not refused', () => {
  const types = [
    'EMAIL',
    'COOKIE',
    'SFDCACCOUNTID',
    'SFDCCONTACTID',
    'SFDCLEADID',
    'SFDCLEADOWNERID',
    'SFDCOPPTYID',
  ];
  expect(keyFindings(types.map((type) => ({ type, value: 'a' })))).toEqual([]);
  expect(keyFindings([{ type: 'IDNUM', value: '123456789012345678' }])).toEqual([]);
});

test('more keys that go alone than a call may have requests are refused', () => {
  const cookies = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ type: 'COOKIE', value: `id:${index}` }));
  expect(keyFindings(cookies(50))).toEqual([]);
  expect(keyFindings(cookies(51))).toMatchObject([{ kind: 'refused', code: 1003 }]);
});
