import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CheckedParamsOf, OPERATIONS } from '../../../../shared/marketo/operations/registry.ts';
import { activityMappings } from '../../../../shared/marketo/rest/activities/activities.ts';
import { CallEnded, CallRefused, refused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import type { Directory } from '../../../../shared/marketo/rest/directory/directory.ts';
import { hostileJson } from '../../../support/hostile.ts';
import { paramsArbitrary } from '../../../support/params-arbitrary.ts';
import { type Canned, NO_SETTINGS, restStage } from '../../../support/rest-stage.ts';

const { getLeadActivity, getLeadChanges } = activityMappings;
const NOW = Date.parse('2026-11-26T12:00:00Z');
const KNOWN = { fields: null, settings: NO_SETTINGS, workspace: null, now: NOW };

const TYPES = [
  { id: 1, name: 'Visit Webpage', primaryAttribute: 'Webpage ID', attributes: [] },
  { id: 13, name: 'Change Data Value', primaryAttribute: 'Attribute Name', attributes: [] },
];
/** Needs two streams. */
const MANY_TYPES = Array.from({ length: 12 }, (_, index) => ({
  id: index + 1,
  name: `Type ${index + 1}`,
  primaryAttribute: null,
  attributes: [],
}));

const directory: Partial<Directory> = {
  activityTypes: async () => TYPES,
  campaignNames: async (_, ids) => new Map(ids.filter((id) => id === 77).map((id) => [id, 'Spring'])),
  list: async (_, name) => ({ id: 1001, name, program: null }),
  using: async (_, find, use) => use(await find()),
};
const manyTypes = { ...directory, activityTypes: async () => MANY_TYPES };

const stage = (replies: readonly Canned[], over: Partial<Directory> = directory) =>
  restStage(replies, { directory: over, now: NOW });

const row = (over: object = {}) => ({
  id: 9,
  marketoGUID: 'guid-9',
  leadId: 12,
  activityDate: '2026-11-02T03:04:05Z',
  activityTypeId: 1,
  attributes: [],
  ...over,
});
const TOKEN: Canned = { rows: [], nextPageToken: 'T0' };
const BY_ID = { leadKey: { keyType: 'IDNUM', keyValue: '12' } } as const;

/** What newStartPosition says, of either operation. */
interface Answer {
  readonly returnCount: number;
  readonly remainingCount: number;
  readonly newStartPosition: { readonly offset: string; readonly oldestCreatedAt: string | null };
  readonly activityRecordList: { readonly activityRecord: readonly Record<string, unknown>[] } | null;
}

const activityOf = (result: unknown) => (result as { leadActivityList: Answer }).leadActivityList;
const changesOf = (result: unknown) => (result as { result: Answer }).result;

const ended = async (running: Promise<unknown>) => {
  const error = await running.catch((thrown: unknown) => thrown);
  if (error instanceof CallEnded) return error.fault;
  throw error;
};

test('getLeadActivity begins at a date and answers the records as SOAP does', async () => {
  const visit = row({
    campaignId: 77,
    primaryAttributeValueId: 8,
    primaryAttributeValue: 'pricing.example.com',
    attributes: [{ name: 'Referrer URL', value: 'https://example.com/?a=1&b=2' }],
  });
  const { session, seen } = stage([TOKEN, { rows: [visit], nextPageToken: 'T1', moreResult: false }]);

  const { result, records } = await getLeadActivity.run(
    { ...BY_ID, startPosition: { oldestCreatedAt: '2026-11-01T09:00:00-05:00', offset: '' }, batchSize: 10 },
    session,
  );

  expect(seen.map(({ line, query }) => ({ line, query }))).toEqual([
    { line: 'GET /rest/v1/activities/pagingtoken.json', query: { sinceDatetime: '2026-11-01T14:00:00Z' } },
    {
      line: 'GET /rest/v1/activities.json',
      query: { nextPageToken: 'T0', activityTypeIds: '1,13', leadIds: '12', batchSize: '10' },
    },
  ]);
  expect(result).toEqual({
    leadActivityList: {
      returnCount: 1,
      remainingCount: 0,
      newStartPosition: {
        latestCreatedAt: null,
        oldestCreatedAt: '2026-11-01T09:00:00-05:00',
        activityCreatedAt: null,
        offset: expect.stringMatching(/^r1\./),
      },
      activityRecordList: {
        activityRecord: [
          {
            id: 9,
            marketoGUID: 'guid-9',
            activityDateTime: '2026-11-02T03:04:05Z',
            activityType: 'Visit Webpage',
            mktgAssetName: 'pricing.example.com',
            activityAttributes: {
              attribute: [
                { attrName: 'Webpage ID', attrType: null, attrValue: '8' },
                { attrName: 'Referrer URL', attrType: null, attrValue: 'https://example.com/?a=1&b=2' },
                { attrName: 'Lead ID', attrType: null, attrValue: '12' },
              ],
            },
            campaign: 'Spring',
            personName: null,
            mktPersonId: '12',
            foreignSysId: null,
            orgName: null,
            foreignSysOrgId: null,
          },
        ],
      },
    },
  });
  expect(records).toMatchObject([{ ok: true, code: null }]);
});

test('getLeadActivity without a start reads the last 30 days, and says so', async () => {
  const { session, seen } = stage([TOKEN, { rows: [], nextPageToken: 'T1', moreResult: false }]);

  const { result } = await getLeadActivity.run(BY_ID, session);

  expect(seen[0]?.query).toEqual({ sinceDatetime: '2026-10-27T12:00:00Z' });
  expect(activityOf(result)).toMatchObject({
    returnCount: 0,
    remainingCount: 0,
    newStartPosition: { oldestCreatedAt: '2026-10-27T12:00:00Z' },
    activityRecordList: null,
  });
  expect(getLeadActivity.check(BY_ID, KNOWN)).toMatchObject([
    { kind: 'unlike', message: expect.stringContaining('oldest first') },
  ]);
});

test('the later of two starts counts', async () => {
  const { session, seen } = stage([TOKEN, { rows: [], nextPageToken: 'T1' }]);

  await getLeadActivity.run(
    {
      ...BY_ID,
      startPosition: { oldestCreatedAt: '2026-11-01T00:00:00Z', activityCreatedAt: '2026-11-05T00:00:00Z' },
    },
    session,
  );

  expect(seen[0]?.query).toEqual({ sinceDatetime: '2026-11-05T00:00:00Z' });
});

test('the id of an activity may be absent, and the asset of a change is the value itself', async () => {
  const change = row({
    id: undefined,
    activityTypeId: 13,
    activityDate: '2026-11-02T03:04:05+0000',
    primaryAttributeValueId: 48,
    primaryAttributeValue: 'City',
    attributes: [
      { name: 'New Value', value: 'Chicago' },
      { name: 'Old Value', value: null },
      { name: 'Count', value: 3 },
    ],
  });
  const { session } = stage([TOKEN, { rows: [change], nextPageToken: 'T1' }]);

  const { result } = await getLeadActivity.run(BY_ID, session);

  expect(activityOf(result).activityRecordList?.activityRecord).toMatchObject([
    {
      id: null,
      activityDateTime: '2026-11-02T03:04:05Z',
      activityType: 'Change Data Value',
      mktgAssetName: 'City',
      campaign: null,
      activityAttributes: {
        attribute: [
          { attrName: 'Attribute Name', attrValue: 'City' },
          { attrName: 'New Value', attrValue: 'Chicago' },
          { attrName: 'Old Value', attrValue: null },
          { attrName: 'Count', attrValue: '3' },
          { attrName: 'Lead ID', attrValue: '12' },
        ],
      },
    },
  ]);
});

test('a campaign whose name cannot be had is nil', async () => {
  const { session } = stage([TOKEN, { rows: [row({ campaignId: 78 })], nextPageToken: 'T1' }]);

  const { result } = await getLeadActivity.run(BY_ID, session);

  expect(activityOf(result).activityRecordList?.activityRecord).toMatchObject([{ campaign: null }]);
});

test('a key that is no id is looked up first', async () => {
  const { session, seen } = stage([
    { rows: [{ id: 12, email: 'ann@example.com' }] },
    TOKEN,
    { rows: [], nextPageToken: 'T1' },
  ]);

  await getLeadActivity.run({ leadKey: { keyType: 'EMAIL', keyValue: 'ann@example.com' } }, session);

  expect(seen.map(({ line }) => line)).toEqual([
    'GET /rest/v1/leads.json',
    'GET /rest/v1/activities/pagingtoken.json',
    'GET /rest/v1/activities.json',
  ]);
  expect(seen[0]?.query).toMatchObject({ filterType: 'email', filterValues: 'ann@example.com' });
  expect(seen[2]?.query['leadIds']).toBe('12');
});

test.each<readonly [number, readonly unknown[]]>([
  [1004, []],
  [
    1007,
    [
      { id: 12, email: 'ann@example.com' },
      { id: 13, email: 'ANN@example.com' },
    ],
  ],
])('getLeadActivity ends with %i where not one lead has the key', async (code, rows) => {
  const { session, seen } = stage([{ rows }]);
  const running = getLeadActivity.run(
    { leadKey: { keyType: 'EMAIL', keyValue: 'ann@example.com' } },
    session,
  );

  expect(await ended(running)).toMatchObject({ kind: 'decided', code });
  expect(seen).toHaveLength(1);
});

test('streams of ten types are read one after the other, and a position holds where each stands', async () => {
  const first = stage([TOKEN, { rows: [row()], nextPageToken: 'T1', moreResult: false }], manyTypes);
  const one = activityOf((await getLeadActivity.run(BY_ID, first.session)).result);
  expect(first.seen[1]?.query['activityTypeIds']).toBe('1,2,3,4,5,6,7,8,9,10');
  expect(one.remainingCount).toBe(1);

  const second = stage([{ rows: [row()], nextPageToken: 'U1', moreResult: true }], manyTypes);
  const two = activityOf(
    (await getLeadActivity.run({ ...BY_ID, startPosition: one.newStartPosition as object }, second.session))
      .result,
  );
  expect(second.seen.map(({ query }) => query)).toEqual([
    { nextPageToken: 'T0', activityTypeIds: '11,12', leadIds: '12', batchSize: '100' },
  ]);
  expect(two.remainingCount).toBe(1);

  const third = stage([{ rows: [], nextPageToken: 'U2', moreResult: false }], manyTypes);
  const three = activityOf(
    (await getLeadActivity.run({ ...BY_ID, startPosition: two.newStartPosition as object }, third.session))
      .result,
  );
  expect(third.seen[0]?.query['nextPageToken']).toBe('U1');
  expect(three).toMatchObject({ returnCount: 0, remainingCount: 0 });

  const poll = stage(
    [
      { rows: [], nextPageToken: 'T2', moreResult: false },
      { rows: [row()], nextPageToken: 'U3', moreResult: false },
    ],
    manyTypes,
  );
  const four = activityOf(
    (await getLeadActivity.run({ ...BY_ID, startPosition: three.newStartPosition as object }, poll.session))
      .result,
  );
  expect(poll.seen.map(({ query }) => query['nextPageToken'])).toEqual(['T1', 'U2']);
  expect(four).toMatchObject({ returnCount: 1, remainingCount: 0 });
});

test('a type that is new since a position begins at the date, and the others go on where they were', async () => {
  const first = stage([TOKEN, { rows: [row()], nextPageToken: 'T1', moreResult: false }]);
  const one = activityOf((await getLeadActivity.run(BY_ID, first.session)).result);

  const added = { id: 5, name: 'Attend Event', primaryAttribute: null, attributes: [] };
  const second = stage(
    [
      { rows: [], nextPageToken: 'T2', moreResult: false },
      { rows: [], nextPageToken: 'N0' },
      { rows: [row({ activityTypeId: 5 })], nextPageToken: 'N1', moreResult: false },
    ],
    { ...directory, activityTypes: async () => [...TYPES, added] },
  );
  const { offset } = one.newStartPosition;
  const startPosition = { offset, oldestCreatedAt: '2026-11-01T00:00:00Z' };
  const two = activityOf((await getLeadActivity.run({ ...BY_ID, startPosition }, second.session)).result);

  expect(second.seen.map(({ query }) => query)).toMatchObject([
    { nextPageToken: 'T1', activityTypeIds: '1,13' },
    { sinceDatetime: '2026-11-01T00:00:00Z' },
    { nextPageToken: 'N0', activityTypeIds: '5' },
  ]);
  const third = stage([{ rows: [row()], nextPageToken: 'T3', moreResult: false }]);
  await getLeadActivity.run(
    { ...BY_ID, startPosition: { offset: two.newStartPosition.offset } },
    third.session,
  );
  expect(third.seen[0]?.query['nextPageToken']).toBe('T2');
});

test('empty pages are read on, ten in a job', async () => {
  const pages = Array.from({ length: 11 }, (_, index) => ({
    rows: [],
    nextPageToken: `T${index + 1}`,
    moreResult: true,
  }));
  const { session, seen } = stage([TOKEN, ...pages]);

  const answer = activityOf((await getLeadActivity.run(BY_ID, session)).result);

  expect(seen).toHaveLength(11);
  expect(answer).toMatchObject({ returnCount: 0, remainingCount: 1 });

  const next = stage([{ rows: [row()], nextPageToken: 'T99' }]);
  await getLeadActivity.run(
    { ...BY_ID, startPosition: { offset: answer.newStartPosition.offset } },
    next.session,
  );
  expect(next.seen[0]?.query['nextPageToken']).toBe('T10');
});

test('activities past the latest date are left out and end the stream, whose token stays', async () => {
  const latestCreatedAt = '2026-11-03T00:00:00Z';
  const late = row({ activityDate: '2026-11-03T00:00:01Z' });
  const { session } = stage([TOKEN, { rows: [row(), late], nextPageToken: 'T1', moreResult: true }]);

  const answer = activityOf(
    (await getLeadActivity.run({ ...BY_ID, startPosition: { latestCreatedAt } }, session)).result,
  );

  expect(answer).toMatchObject({ returnCount: 1, remainingCount: 0, newStartPosition: { latestCreatedAt } });
  const next = stage([{ rows: [row(), late], nextPageToken: 'T1' }]);
  const more = await getLeadActivity.run(
    { ...BY_ID, startPosition: { offset: answer.newStartPosition.offset } },
    next.session,
  );
  expect(next.seen[0]?.query['nextPageToken']).toBe('T0');
  expect(activityOf(more.result).returnCount).toBe(2);
});

test('getLeadActivity asks for the types of its filter alone', async () => {
  const { session, seen } = stage([TOKEN, { rows: [], nextPageToken: 'T1' }]);

  await getLeadActivity.run(
    { ...BY_ID, activityFilter: { includeTypes: { activityType: ['ChangeDataValue'] } } },
    session,
  );

  expect(seen[1]?.query['activityTypeIds']).toBe('13');
});

test('a type that REST has not is refused before anything is asked', async () => {
  const { session, seen } = stage([]);
  const running = getLeadActivity.run(
    { ...BY_ID, activityFilter: { includeTypes: { activityType: ['Wait'] } } },
    session,
  );

  expect(await ended(running)).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toEqual([]);
});

test('getLeadChanges answers the changes of the leads that are selected', async () => {
  const { session, seen } = stage([TOKEN, { rows: [row({ activityTypeId: 13 })], nextPageToken: 'T1' }]);

  const { result } = await getLeadChanges.run(
    {
      startPosition: { oldestCreatedAt: '2026-11-01T00:00:00Z' },
      activityNameFilter: { stringItem: ['Change Data Value'] },
      leadSelector: { keyType: 'IDNUM', keyValues: { stringItem: ['12', '0013', '12'] } },
      batchSize: 1_000,
    },
    session,
  );

  expect(seen[1]?.query).toEqual({
    nextPageToken: 'T0',
    activityTypeIds: '13',
    leadIds: '12,13',
    batchSize: '300',
  });
  expect(result).toEqual({
    result: {
      returnCount: 1,
      remainingCount: 0,
      newStartPosition: {
        latestCreatedAt: null,
        oldestCreatedAt: '2026-11-01T00:00:00Z',
        activityCreatedAt: null,
        offset: expect.stringMatching(/^r1\./),
      },
      leadChangeRecordList: {
        leadChangeRecord: [
          {
            id: 9,
            marketoGUID: 'guid-9',
            activityDateTime: '2026-11-02T03:04:05Z',
            activityType: 'Change Data Value',
            mktgAssetName: null,
            activityAttributes: { attribute: [{ attrName: 'Lead ID', attrType: null, attrValue: '12' }] },
            campaign: null,
            mktPersonId: '12',
          },
        ],
      },
    },
  });
});

test('getLeadChanges without a selector asks for everybody', async () => {
  const { session, seen } = stage([TOKEN, { rows: [], nextPageToken: 'T1' }]);

  await getLeadChanges.run({ startPosition: { oldestCreatedAt: '2026-11-01T00:00:00Z' } }, session);

  expect(seen[1]?.query).toEqual({ nextPageToken: 'T0', activityTypeIds: '1,13', batchSize: '100' });
});

test('a selector by time of update says the same as the dates of the position', async () => {
  const late = row({ activityDate: '2026-11-09T00:00:00Z' });
  const { session, seen } = stage([TOKEN, { rows: [row(), late], nextPageToken: 'T1' }]);
  const params = {
    startPosition: { oldestCreatedAt: '2026-10-01T00:00:00Z', latestCreatedAt: '2026-11-20T00:00:00Z' },
    leadSelector: { oldestUpdatedAt: '2026-11-01T00:00:00Z', latestUpdatedAt: '2026-11-05T00:00:00Z' },
  };

  const { result } = await getLeadChanges.run(params, session);

  expect(getLeadChanges.check(params, KNOWN)).toEqual([]);
  expect(seen[0]?.query).toEqual({ sinceDatetime: '2026-11-01T00:00:00Z' });
  expect(seen[1]?.query).not.toHaveProperty('leadIds');
  expect(changesOf(result).returnCount).toBe(1);
});

test.each([
  ['by name', { staticListName: 'Webinar' }],
  ['by id', { staticListId: 1001 }],
])('a static list is asked for %s', async (_, leadSelector) => {
  const { session, seen } = stage([TOKEN, { rows: [], nextPageToken: 'T1' }]);

  await getLeadChanges.run({ startPosition: {}, leadSelector }, session);

  expect(seen[1]?.query).toMatchObject({ listId: '1001' });
});

test('a static list that there is not ends the call with the word of the directory', async () => {
  const missing = async () => {
    throw refused(1013, 'no list has this name');
  };
  const { session } = stage([], { ...directory, list: missing });

  const running = getLeadChanges.run({ startPosition: {}, leadSelector: { staticListName: 'x' } }, session);

  expect(await ended(running)).toMatchObject({ kind: 'decided', code: 1013 });
});

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

test('more than 30 leads are more than one stream', async () => {
  const { session, seen } = stage([
    TOKEN,
    { rows: [], nextPageToken: 'T1', moreResult: false },
    { rows: [], nextPageToken: 'U1', moreResult: false },
  ]);

  await getLeadChanges.run(
    { startPosition: {}, leadSelector: { keyType: 'IDNUM', keyValues: { stringItem: ids(31) } } },
    session,
  );

  expect(seen.slice(1).map(({ query }) => query['leadIds']?.split(',').length)).toEqual([30, 1]);
});

const addresses = (count: number) => ids(count).map((id) => `lead-${id}@example.com`);

test('keys without a lead are none, and a group of keys keeps its place while leads come and go', async () => {
  const keyValues = { stringItem: addresses(21) };
  const params = { startPosition: {}, leadSelector: { keyType: 'EMAIL', keyValues } } as const;
  const first = stage([
    { rows: [{ id: 21, email: 'lead-21@example.com' }] },
    TOKEN,
    { rows: [row()], nextPageToken: 'U1', moreResult: true },
  ]);
  const one = changesOf((await getLeadChanges.run(params, first.session)).result);
  expect(first.seen[2]?.query).toMatchObject({ leadIds: '21', nextPageToken: 'T0' });

  const second = stage([
    {
      rows: [
        { id: 21, email: 'lead-21@example.com' },
        { id: 1, email: 'lead-1@example.com' },
      ],
    },
    { rows: [], nextPageToken: 'U2', moreResult: false },
  ]);
  const { offset } = one.newStartPosition;
  const two = changesOf(
    (await getLeadChanges.run({ ...params, startPosition: { offset } }, second.session)).result,
  );
  expect(second.seen[1]?.query).toMatchObject({ leadIds: '21', nextPageToken: 'U1' });
  expect(two.remainingCount).toBe(0);
});

test('a lead that keys of two groups lead to is asked for once', async () => {
  const stringItem = ids(40);
  const rows = stringItem.map((id) => ({ id: Number(id), sfdcContactId: id }));
  const { session, seen } = stage([
    { rows: rows.map((lead) => (lead.id === 40 ? { ...lead, id: 1 } : lead)) },
    TOKEN,
    { rows: [], nextPageToken: 'T1', moreResult: false },
    { rows: [], nextPageToken: 'U1', moreResult: false },
  ]);

  await getLeadChanges.run(
    { startPosition: {}, leadSelector: { keyType: 'SFDCCONTACTID', keyValues: { stringItem } } },
    session,
  );

  expect(seen.slice(2).map(({ query }) => query['leadIds']?.split(',').length)).toEqual([20, 19]);
});

test('no lead at all is an empty answer, and activities are not asked for', async () => {
  const { session, seen } = stage([{ rows: [] }]);

  const { result } = await getLeadChanges.run(
    { startPosition: {}, leadSelector: { keyType: 'EMAIL', keyValues: { stringItem: ['a@example.com'] } } },
    session,
  );

  expect(seen).toHaveLength(1);
  expect(changesOf(result)).toMatchObject({ returnCount: 0, remainingCount: 0, leadChangeRecordList: null });
});

test('keys that more leads have than Marketo takes are refused', async () => {
  const rows = ids(31).map((id) => ({ id: Number(id), email: 'a@example.com' }));
  const { session } = stage([{ rows }]);

  const running = getLeadChanges.run(
    { startPosition: {}, leadSelector: { keyType: 'EMAIL', keyValues: { stringItem: ['a@example.com'] } } },
    session,
  );

  expect(await ended(running)).toMatchObject({ code: 1003, message: expect.stringContaining('31 leads') });
});

test.each([
  [{ ...BY_ID, startPosition: { offset: '50' } }, 'none of the REST API'],
  [
    {
      ...BY_ID,
      startPosition: { oldestCreatedAt: '2026-11-02T00:00:00Z', latestCreatedAt: '2026-11-01T00:00:00Z' },
    },
    'oldestCreatedAt is after latestCreatedAt',
  ],
  [{ leadKey: { keyType: 'LEADOWNEREMAIL', keyValue: 'a@example.com' } }, 'LEADOWNEREMAIL'],
  [{ leadKey: { keyType: 'IDNUM', keyValue: '12,13' } }, 'digits'],
] as const)('check refuses %j', (params, words) => {
  const findings = getLeadActivity.check(params, KNOWN).filter(({ kind }) => kind === 'refused');

  expect(findings).toMatchObject([{ code: 1003, message: expect.stringContaining(words) }]);
});

test.each<readonly [Partial<CheckedParamsOf<'getLeadChanges'>>, string]>([
  [{}, 'last 30 days'],
  [{ batchSize: 500, startPosition: { oldestCreatedAt: '2026-11-01T00:00:00Z' } }, 'at most 300'],
  [
    {
      startPosition: { oldestCreatedAt: '2026-11-01T00:00:00Z' },
      activityNameFilter: { stringItem: ['Delete Lead'] },
    },
    'deleted leads',
  ],
])('check says how getLeadChanges differs with %j', (params, words) => {
  expect(getLeadChanges.check({ startPosition: {}, ...params }, KNOWN)).toMatchObject([
    { kind: 'unlike', message: expect.stringContaining(words) },
  ]);
});

test.each([
  ['COOKIE', 41, 1],
  ['COOKIE', 40, 0],
  ['EMAIL', 41, 0],
] as const)(
  'check of getLeadChanges with keys of type %s, %i of them, refuses %i',
  (keyType, count, refusals) => {
    const leadSelector = { keyType, keyValues: { stringItem: ids(count) } };
    const startPosition = { oldestCreatedAt: '2026-11-01T00:00:00Z' };

    expect(getLeadChanges.check({ startPosition, leadSelector }, KNOWN)).toHaveLength(refusals);
  },
);

test.each<readonly [string, Canned]>([
  ['a row that is no object', { rows: [7], nextPageToken: 'T1' }],
  ['a row of no lead', { rows: [row({ leadId: '12' })], nextPageToken: 'T1' }],
  ['a row without a date', { rows: [row({ activityDate: null })], nextPageToken: 'T1' }],
  ['more, but no token', { rows: [row()], moreResult: true }],
])('a page of activities with %s is none', async (_, page) => {
  const { session } = stage([TOKEN, page]);

  expect(await ended(getLeadActivity.run(BY_ID, session))).toMatchObject({
    kind: 'unreadable',
    what: 'foreign',
  });
});

test('a paging token that is missing ends the call', async () => {
  const { session } = stage([{ rows: [] }]);

  expect(await ended(getLeadActivity.run(BY_ID, session))).toMatchObject({
    kind: 'unreadable',
    what: 'foreign',
  });
});

test('a page that Marketo refuses ends the call, and a permit that is refused too', async () => {
  const failed = stage([TOKEN, { error: 606 }]);
  expect(await ended(getLeadActivity.run(BY_ID, failed.session))).toMatchObject({
    kind: 'marketo',
    code: 606,
  });

  const refusal = stage([TOKEN, { refusal: 'no permit' }]);
  await expect(getLeadActivity.run(BY_ID, refusal.session)).rejects.toBeInstanceOf(CallRefused);
});

/** Rows as Marketo gives them, some of them broken. */
const reply: fc.Arbitrary<Canned> = fc.oneof(
  fc.record({
    rows: fc.array(
      fc.oneof(
        hostileJson,
        fc.constant(row()),
        hostileJson.map((value) => row({ attributes: value })),
      ),
      {
        maxLength: 3,
      },
    ),
    nextPageToken: fc.constantFrom('T1', 'T2'),
    moreResult: fc.boolean(),
  }),
  fc.record({ error: fc.constantFrom(1003, 606, 1013) }),
);

/** Params without what would end the call before an activity is asked for. */
const readable = (operation: 'getLeadActivity' | 'getLeadChanges') =>
  paramsArbitrary(OPERATIONS[operation].params).map((params) => {
    const { activityFilter: _, activityNameFilter: __, ...rest } = Object(params);
    const leadSelector = { keyType: 'IDNUM', keyValues: { stringItem: ids(40) } };
    return { ...rest, ...BY_ID, leadSelector, startPosition: {} };
  });

test.each(['getLeadActivity', 'getLeadChanges'] as const)(
  'no params and no replies make %s throw anything else, and every request is one that Marketo takes',
  async (operation) => {
    const mapping = activityMappings[operation];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(paramsArbitrary(OPERATIONS[operation].params), readable(operation)),
        fc.array(reply, { minLength: 20, maxLength: 20 }),
        async (params, replies) => {
          const { session, seen } = stage(replies, manyTypes);
          expect(Array.isArray(mapping.check(params as never, KNOWN))).toBe(true);
          const error = await mapping.run(params as never, session).then(
            () => null,
            (thrown: unknown) => thrown,
          );
          if (error !== null && !(error instanceof CallEnded) && !(error instanceof CallRefused)) throw error;
          for (const { query, line } of seen) {
            expect(line).toMatch(/^GET \/rest\/v1\/(activities|activities\/pagingtoken|leads)\.json$/);
            if (!line.endsWith('/activities.json')) continue;
            expect(query['activityTypeIds']?.split(',').length).toBeLessThanOrEqual(10);
            expect(query['leadIds']?.split(',').length ?? 0).toBeLessThanOrEqual(30);
            expect(Number(query['batchSize'])).toBeLessThanOrEqual(300);
          }
        },
      ),
    );
  },
);
