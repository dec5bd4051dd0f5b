import { expect, test } from 'vitest';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import type { RestSettings } from '../../../../shared/marketo/rest/call/settings.ts';
import { leadMappings } from '../../../../shared/marketo/rest/leads/leads.ts';
import { play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';
import { STUB_DIRECTORY } from '../../../support/stub-lead-fields.ts';

type Params = Parameters<typeof play<'syncLead'>>[2];

const sync = (
  params: Partial<Params>,
  replies: readonly Canned[],
  over: { settings?: Partial<RestSettings>; workspace?: string } = {},
) =>
  play(
    'syncLead',
    leadMappings.syncLead,
    { returnLead: false, leadRecord: { Email: 'ann@x.example' }, ...params },
    replies,
    { directory: STUB_DIRECTORY, ...over },
  );

const ann = {
  Email: ' Ann@x.example ',
  leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: 'Ann' }] },
};
const cookie = 'id:123-ABC-456&token:_mch-example.com-1';
const created: Canned = { rows: [{ id: 12, status: 'created' }] };
const updated: Canned = { rows: [{ id: 12, status: 'updated' }] };
const several: Canned = {
  rows: [{ status: 'skipped', reasons: [{ code: '1007', message: 'Multiple lead match lookup criteria' }] }],
};
const network: Canned = {
  fault: { kind: 'network', sent: true, reason: 'timeout', message: 'no answer within 105 s' },
};

test('a record with an Email is created or updated by it', async () => {
  const played = await sync({ leadRecord: ann }, [created]);
  expect(requestsOf(played)).toEqual([
    {
      line: 'POST /rest/v1/leads.json',
      query: {},
      body: {
        action: 'createOrUpdate',
        lookupField: 'email',
        input: [{ email: 'Ann@x.example', firstName: 'Ann' }],
      },
    },
  ]);
  expect(played.seen[0]?.target).toMatchObject({ changes: true, announces: false });
  expect(played.findings).toEqual([]);
  expect(played.done?.result).toEqual({
    result: { leadId: 12, syncStatus: { leadId: 12, status: 'CREATED' } },
  });
  expect(played.done?.records).toEqual([
    { ok: true, code: null, message: '', result: { leadId: 12, status: 'CREATED' } },
  ]);
});

test('a record with an Id is updated by it, and its Email is changed', async () => {
  const { seen, done } = await sync({ leadRecord: { ...ann, Id: 12 } }, [updated]);
  expect(seen.map(({ body }) => body)).toEqual([
    {
      action: 'updateOnly',
      lookupField: 'id',
      input: [{ id: 12, email: 'Ann@x.example', firstName: 'Ann' }],
    },
  ]);
  expect(done?.result).toEqual({ result: { leadId: 12, syncStatus: { leadId: 12, status: 'UPDATED' } } });
});

test('a record with a foreign id is found by the configured field', async () => {
  const leadRecord = { ...ann, ForeignSysPersonId: 'F1', ForeignSysType: 'CUSTOM' as const };
  const { seen } = await sync({ leadRecord }, [created], { settings: { foreignIdField: 'foreignId' } });
  expect(seen.map(({ body }) => body)).toEqual([
    {
      action: 'createOrUpdate',
      lookupField: 'foreignId',
      input: [{ email: 'Ann@x.example', firstName: 'Ann', foreignId: 'F1' }],
    },
  ]);
});

test('a foreign id without a field for it is refused before any request', async () => {
  const leadRecord = { ...ann, ForeignSysPersonId: 'F1', ForeignSysType: 'CUSTOM' as const };
  const { findings, ended, seen } = await sync({ leadRecord }, []);
  expect(findings).toMatchObject([{ kind: 'needs-setting', code: 1003 }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toEqual([]);
});

test('a workspace becomes the partition that is configured for it', async () => {
  const over = { settings: { partitions: { Berlin: 'Europe' } }, workspace: 'Berlin' };
  const byEmail = await sync({ leadRecord: ann }, [created], over);
  expect(byEmail.seen[0]?.body).toMatchObject({ partitionName: 'Europe' });
  expect(byEmail.findings).toMatchObject([{ kind: 'unlike', code: 1010 }]);
  const byId = await sync({ leadRecord: { Id: 12 } }, [updated], over);
  expect(byId.seen[0]?.body).toEqual({ action: 'updateOnly', lookupField: 'id', input: [{ id: 12 }] });
});

test('a workspace without a partition is refused, unless it is the default one', async () => {
  const { findings, ended, seen } = await sync({}, [], { workspace: 'toString' });
  expect(findings).toMatchObject([{ kind: 'needs-setting', code: 1009 }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1009 });
  expect(seen).toEqual([]);
  const { done } = await sync({}, [created], { workspace: 'Default' });
  expect(done?.records).toMatchObject([{ ok: true }]);
});

test('a skipped record fails with Marketo’s code and words', async () => {
  const { done } = await sync({}, [
    {
      rows: [
        {
          status: 'skipped',
          reasons: [
            { code: '1003', message: 'Invalid value' },
            { code: 1006, message: 'Field not found' },
          ],
        },
      ],
    },
  ]);
  const error = '1003 - Invalid value; 1006 - Field not found';
  expect(done?.records).toEqual([
    { ok: false, code: 1003, message: error, result: { leadId: 0, status: 'FAILED', error } },
  ]);
  expect(done?.result).toEqual({ result: { leadId: 0, syncStatus: { leadId: 0, status: 'FAILED', error } } });
  expect(done?.remaining).toBeUndefined();
});

test('the letter of a duplicate address names the leads that have it', async () => {
  const { seen, done } = await sync({}, [
    several,
    {
      rows: [
        { id: 9, email: 'ann@x.example' },
        { id: 7, email: 'ANN@x.example' },
      ],
    },
  ]);
  expect(seen[1]?.query).toMatchObject({
    filterType: 'email',
    filterValues: 'ann@x.example',
    fields: 'id,email,updatedAt',
  });
  expect(done?.records).toMatchObject([
    { ok: false, code: 1007, message: '1007 - Multiple lead match lookup criteria; leads 7, 9 match' },
  ]);
});

test.each([
  { what: 'is refused', reply: { refusal: 'full' } },
  { what: 'fails', reply: network },
  { what: 'finds nobody', reply: { rows: [] } },
])('a duplicate address stays one where its look-up $what', async ({ reply }) => {
  const { done } = await sync({}, [several, reply as Canned]);
  expect(done?.records).toMatchObject([{ ok: false, code: 1007 }]);
  expect(done?.records[0].message).toContain('which leads match is not known');
});

test('a duplicate address that the whole reply is about is one all the same', async () => {
  const { done } = await sync({}, [
    { error: 1007, message: 'several' },
    { rows: [{ id: 9, email: 'ann@x.example' }] },
  ]);
  expect(done?.records).toMatchObject([{ ok: false, code: 1007, message: '1007 - several; leads 9 match' }]);
});

test('of several leads the one that was changed last is updated, where that is set', async () => {
  const { seen, done } = await sync(
    { leadRecord: ann },
    [
      several,
      {
        rows: [
          { id: 9, email: 'ann@x.example', updatedAt: '2026-01-02T00:00:00Z' },
          { id: 7, email: 'ann@x.example', updatedAt: '2026-03-02T00:00:00Z' },
          { id: 8, email: 'ann@x.example', updatedAt: null },
        ],
      },
      { rows: [{ id: 7, status: 'updated' }] },
    ],
    { settings: { onDuplicate: 'latest' } },
  );
  expect(seen[2]?.body).toEqual({
    action: 'updateOnly',
    lookupField: 'id',
    input: [{ id: 7, email: 'Ann@x.example', firstName: 'Ann' }],
  });
  expect(done?.result).toEqual({ result: { leadId: 7, syncStatus: { leadId: 7, status: 'UPDATED' } } });
});

test('the lead is read back by its id where it is wanted', async () => {
  const { seen, done } = await sync({ leadRecord: ann, returnLead: true }, [
    created,
    { rows: [{ id: 12, email: 'ann@x.example', firstName: 'Ann' }] },
  ]);
  expect(seen[1]).toMatchObject({
    line: 'GET /rest/v1/leads.json',
    query: { filterType: 'id', filterValues: '12' },
  });
  expect(done?.result).toEqual({
    result: {
      leadId: 12,
      syncStatus: { leadId: 12, status: 'CREATED' },
      leadRecord: {
        Id: 12,
        Email: 'ann@x.example',
        leadAttributeList: { attribute: [{ attrName: 'FirstName', attrType: 'string', attrValue: 'Ann' }] },
      },
    },
  });
});

test.each([
  { what: 'is refused', reply: { refusal: 'full' } },
  { what: 'fails', reply: network },
  { what: 'finds nobody', reply: { rows: [] } },
  { what: 'answers another lead', reply: { rows: [{ id: 13 }] } },
])('the write stands where reading back $what', async ({ reply }) => {
  const { done } = await sync({ leadRecord: ann, returnLead: true }, [created, reply as Canned]);
  expect(done?.records).toMatchObject([{ ok: true }]);
  expect(done?.result).toMatchObject({ result: { leadId: 12, leadRecord: null } });
});

test('a failed record is not read back', async () => {
  const { seen } = await sync({ returnLead: true }, [
    { rows: [{ status: 'skipped', reasons: [{ code: '1004' }] }] },
  ]);
  expect(seen).toHaveLength(1);
});

test('a cookie beside a key is associated with the lead that was written', async () => {
  const played = await sync({ leadRecord: ann, marketoCookie: cookie, moveCookie: true }, [
    updated,
    { rows: [] },
  ]);
  expect(requestsOf(played).at(1)).toEqual({
    line: 'POST /rest/v1/leads/12/associate.json',
    query: { cookie },
    body: '',
  });
  expect(played.seen.map(({ target }) => target.announces)).toEqual([false, false]);
  expect(played.findings).toMatchObject([{ kind: 'unlike' }]);
  expect(played.done?.records).toMatchObject([{ ok: true }]);
});

test('a cookie that Marketo refuses fails the record, and says that the lead is written', async () => {
  const { done } = await sync({ leadRecord: ann, marketoCookie: cookie }, [
    updated,
    { error: 1012, message: 'Invalid cookie value' },
  ]);
  const error = '1012 - step 2 of 2, associate the cookie: Invalid cookie value; lead 12 has been written';
  expect(done?.records).toMatchObject([{ ok: false, code: 1012, message: error }]);
  expect(done?.result).toEqual({
    result: { leadId: 12, syncStatus: { leadId: 12, status: 'FAILED', error } },
  });
});

test('what is no verdict on the cookie ends the call, which may be made again', async () => {
  const params = { leadRecord: ann, marketoCookie: cookie };
  expect((await sync(params, [updated, network])).ended?.fault).toMatchObject({ kind: 'network' });
  expect((await sync(params, [updated, { error: 606 }])).ended?.fault).toMatchObject({ code: 606 });
  await expect(sync(params, [updated, { refusal: 'full' }])).rejects.toBeInstanceOf(CallRefused);
});

const byCookie = { leadRecord: { leadAttributeList: ann.leadAttributeList }, marketoCookie: cookie };

test('a cookie alone creates a lead and is associated with it; only the creation is announced', async () => {
  const played = await sync(byCookie, [{ rows: [] }, created, { rows: [] }]);
  expect(requestsOf(played)).toEqual([
    {
      line: 'GET /rest/v1/leads.json',
      query: { filterType: 'cookies', filterValues: cookie, fields: 'id', batchSize: '300' },
      body: '',
    },
    {
      line: 'POST /rest/v1/leads.json',
      query: {},
      body: { action: 'createOnly', input: [{ firstName: 'Ann' }] },
    },
    { line: 'POST /rest/v1/leads/12/associate.json', query: { cookie }, body: '' },
  ]);
  expect(played.seen.map(({ target }) => target.announces)).toEqual([false, true, false]);
  expect(played.findings).toMatchObject([{ kind: 'unlike' }]);
  expect(played.done?.result).toMatchObject({ result: { leadId: 12, syncStatus: { status: 'CREATED' } } });
});

test('a cookie that a lead has updates it, and nothing is announced', async () => {
  const { seen, done } = await sync(byCookie, [{ rows: [{ id: 12 }] }, updated]);
  expect(seen[1]?.body).toEqual({
    action: 'updateOnly',
    lookupField: 'id',
    input: [{ id: 12, firstName: 'Ann' }],
  });
  expect(seen.map(({ target }) => target.announces)).toEqual([false, false]);
  expect(done?.result).toMatchObject({ result: { syncStatus: { status: 'UPDATED' } } });
});

test('a cookie of several leads writes none of them', async () => {
  const { seen, ended } = await sync(byCookie, [{ rows: [{ id: 12 }, { id: 13 }] }]);
  expect(seen).toHaveLength(1);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1007 });
});

test('a cookie that REST cannot look for is refused', async () => {
  const { findings, seen } = await sync({ ...byCookie, marketoCookie: 'a,b' }, []);
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'refused', code: 1003 }));
  expect(seen).toEqual([]);
});

test.each([
  { what: 'is refused a permit', reply: { refusal: 'full' }, words: 'not sent' },
  { what: 'is throttled', reply: { error: 606, message: 'Max rate limit' }, words: 'Max rate limit' },
  { what: 'is lost', reply: network, words: 'no answer' },
  { what: 'is refused by Marketo', reply: { error: 1012, message: 'Invalid' }, words: 'Invalid' },
])('a created lead whose association $what is not created again', async ({ reply, words }) => {
  const { done } = await sync(byCookie, [{ rows: [] }, created, reply as Canned]);
  expect(done?.records).toMatchObject([{ ok: false, code: null }]);
  expect(done?.records[0].message).toContain('lead 12 was created');
  expect(done?.records[0].message).toContain(words);
  expect(done?.remaining).toEqual({
    returnLead: false,
    leadRecord: { ...byCookie.leadRecord, Id: 12 },
    marketoCookie: cookie,
  });
});

test('a lost creation ends the call; nobody says that it can be made again', async () => {
  const { ended, seen } = await sync(byCookie, [{ rows: [] }, network]);
  expect(ended?.fault).toMatchObject({ kind: 'network', sent: true });
  expect(seen[1]?.target.announces).toBe(true);
});

test.each([
  { what: 'no row', rows: [] },
  {
    what: 'two rows',
    rows: [
      { id: 12, status: 'created' },
      { id: 13, status: 'created' },
    ],
  },
  { what: 'a status nobody knows', rows: [{ id: 12, status: 'queued' }] },
  { what: 'no id', rows: [{ status: 'created' }] },
  { what: 'a row that is text', rows: ['created'] },
])('an answer with $what is no answer', async ({ rows }) => {
  const { ended } = await sync({}, [{ rows }]);
  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});
