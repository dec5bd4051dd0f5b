import { expect, test } from 'vitest';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import type { RestSettings } from '../../../../shared/marketo/rest/call/settings.ts';
import { leadMappings } from '../../../../shared/marketo/rest/leads/leads.ts';
import { play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';
import { STUB_DIRECTORY } from '../../../support/stub-lead-fields.ts';

type Params = Parameters<typeof play<'syncMultipleLeads'>>[2];
type Lead = Params['leadRecordList']['leadRecord'][number];

const sync = (
  leadRecord: Lead[],
  replies: readonly Canned[],
  over: { dedupEnabled?: boolean; settings?: Partial<RestSettings>; workspace?: string } = {},
) => {
  const { dedupEnabled = true, ...stage } = over;
  const params = { leadRecordList: { leadRecord }, dedupEnabled };
  return play('syncMultipleLeads', leadMappings.syncMultipleLeads, params, replies, {
    directory: STUB_DIRECTORY,
    ...stage,
  });
};

/** As `sync`, of params that do not say whether to look for duplicates. */
const syncUntold = (leadRecord: Lead[], replies: readonly Canned[]) =>
  play('syncMultipleLeads', leadMappings.syncMultipleLeads, { leadRecordList: { leadRecord } }, replies, {
    directory: STUB_DIRECTORY,
  });

const named = (attrName: string, attrValue: string) => ({
  leadAttributeList: { attribute: [{ attrName, attrValue }] },
});
const done = (id: number, status = 'updated') => ({ id, status });
const skipped = (code: string, message: string) => ({ status: 'skipped', reasons: [{ code, message }] });
const network: Canned = {
  fault: { kind: 'network', sent: true, reason: 'timeout', message: 'no answer within 105 s' },
};
const tooLarge: Canned = {
  fault: { kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'too large (HTTP 413)' },
};
const statusesOf = ({ done: end }: Awaited<ReturnType<typeof sync>>) =>
  end?.records.map(({ result }) => result);

test('records go by the kind of their key, and their outcomes come back in their order', async () => {
  const played = await sync(
    [
      { Email: 'a@x.example', ...named('FirstName', 'Ann') },
      { Id: 5, Email: 'ignored@x.example' },
      { Email: 'b@x.example' },
      { Id: 6, ...named('Email', 'new@x.example') },
    ],
    [{ rows: [done(5), done(6)] }, { rows: [done(1, 'created'), skipped('1003', 'Invalid')] }],
  );
  expect(requestsOf(played)).toEqual([
    {
      line: 'POST /rest/v1/leads.json',
      query: {},
      body: {
        action: 'updateOnly',
        lookupField: 'id',
        input: [{ id: 5 }, { id: 6, email: 'new@x.example' }],
      },
    },
    {
      line: 'POST /rest/v1/leads.json',
      query: {},
      body: {
        action: 'createOrUpdate',
        lookupField: 'email',
        input: [{ email: 'a@x.example', firstName: 'Ann' }, { email: 'b@x.example' }],
      },
    },
  ]);
  expect(played.seen.map(({ target }) => target.announces)).toEqual([false, false]);
  const statuses = [
    { leadId: 1, status: 'CREATED' },
    { leadId: 5, status: 'UPDATED' },
    { leadId: 0, status: 'FAILED', error: '1003 - Invalid' },
    { leadId: 6, status: 'UPDATED' },
  ];
  expect(statusesOf(played)).toEqual(statuses);
  expect(played.done?.result).toEqual({ result: { syncStatusList: { syncStatus: statuses } } });
  expect(played.done?.records.map(({ ok, code }) => ({ ok, code }))).toEqual([
    { ok: true, code: null },
    { ok: true, code: null },
    { ok: false, code: 1003 },
    { ok: true, code: null },
  ]);
});

test('records of one key go one after the other', async () => {
  const played = await sync(
    [
      { Email: 'a@x.example', ...named('FirstName', 'Ann') },
      { Email: 'b@x.example' },
      { Email: 'A@x.example', ...named('FirstName', 'Anna') },
    ],
    [{ rows: [done(1), done(2)] }, { rows: [done(1)] }],
  );
  expect(played.seen.map(({ body }) => (body as { input: unknown }).input)).toEqual([
    [{ email: 'a@x.example', firstName: 'Ann' }, { email: 'b@x.example' }],
    [{ email: 'A@x.example', firstName: 'Anna' }],
  ]);
  expect(played.done?.records.every(({ ok }) => ok)).toBe(true);
});

test('a key that comes again more often than a call has requests is refused', async () => {
  const times = (count: number) => Array.from({ length: count }, () => ({ Email: 'a@x.example' }));
  const { findings, seen } = await sync(times(21), []);
  expect(findings).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(seen).toEqual([]);
  const replies = Array.from({ length: 20 }, () => ({ rows: [done(1)] }));
  expect((await sync(times(20), replies)).findings).toEqual([]);
});

test('a record that cannot be sent fails alone', async () => {
  const played = await sync(
    [{ Email: 'a@x.example', ...named('FistName', 'Ann') }, { Email: 'b@x.example' }],
    [{ rows: [done(2)] }],
  );
  expect(played.seen.map(({ body }) => (body as { input: unknown }).input)).toEqual([
    [{ email: 'b@x.example' }],
  ]);
  expect(played.done?.records).toMatchObject([{ ok: false, code: 1006 }, { ok: true }]);
});

test('the check names a record that fails alone, and refuses where all do', async () => {
  const bad = { Email: 'a@x.example', ...named('Email', 'b@x.example') };
  const one = await sync([bad, { Email: 'b@x.example' }], [{ rows: [done(2)] }]);
  expect(one.findings).toMatchObject([
    { kind: 'unlike', code: 1003, message: expect.stringMatching(/^record 1: will fail alone, /) },
  ]);
  const all = await sync([bad, bad], []);
  expect(all.findings).toMatchObject([
    { kind: 'refused', code: 1003, message: expect.stringMatching(/^records 1, 2: /) },
  ]);
  expect(all.ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
});

test('what Marketo says of one of several requests is the outcome of its records alone', async () => {
  const played = await sync(
    [{ Email: 'a@x.example' }, { Id: 5 }, { Email: 'b@x.example' }],
    [{ error: 1003, message: 'Bad' }, { rows: [done(1), done(2)] }],
  );
  expect(played.done?.records).toMatchObject([
    { ok: true },
    { ok: false, code: 1003, message: '1003 - request 1 of 2: Bad' },
    { ok: true },
  ]);
});

test('what Marketo says of the only request ends the call', async () => {
  const { ended } = await sync([{ Email: 'a@x.example' }, { Email: 'b@x.example' }], [{ error: 1003 }]);
  expect(ended?.fault).toMatchObject({ kind: 'marketo', code: 1003 });
});

test('a throttle or a lost answer ends a call that may be made again as a whole', async () => {
  const records = [{ Email: 'a@x.example' }, { Id: 5 }];
  const first: Canned = { rows: [done(5)] };
  const throttled = await sync(records, [first, { error: 606 }]);
  expect(throttled.ended).toMatchObject({ fault: { code: 606 }, remaining: undefined });
  const lost = await sync(records, [first, network]);
  expect(lost.ended).toMatchObject({ fault: { kind: 'network' }, remaining: undefined });
  await expect(sync(records, [first, { refusal: 'full' }])).rejects.toBeInstanceOf(CallRefused);
});

test('a batch that is too large is halved within the call', async () => {
  const played = await sync(
    [{ Email: 'a@x.example' }, { Email: 'b@x.example' }, { Email: 'c@x.example' }],
    [tooLarge, { rows: [done(1), done(2)] }, { rows: [done(3)] }],
  );
  expect(played.seen.slice(1).map(({ body }) => (body as { input: unknown[] }).input.length)).toEqual([2, 1]);
  expect(statusesOf(played)).toMatchObject([{ leadId: 1 }, { leadId: 2 }, { leadId: 3 }]);
});

test('a record that is too large alone fails alone', async () => {
  const played = await sync(
    [{ Email: 'a@x.example' }, { Email: 'b@x.example' }],
    [tooLarge, tooLarge, { rows: [done(2)] }],
  );
  expect(played.done?.records).toMatchObject([{ ok: false, code: null }, { ok: true }]);
});

test('a gateway that finds everything too large ends within the requests of a call', async () => {
  const records = Array.from({ length: 300 }, (_, index) => ({ Id: index + 1 }));
  const played = await sync(
    records,
    Array.from({ length: 60 }, () => tooLarge),
  );
  expect(played.seen.length).toBeLessThanOrEqual(60);
  expect(played.done?.records.some(({ ok }) => ok)).toBe(false);
});

test('records of more than a megabyte go in several requests', async () => {
  const records = Array.from({ length: 4 }, (_, index) => ({
    Id: index + 1,
    ...named('FirstName', 'x'.repeat(300_000)),
  }));
  const played = await sync(records, [{ rows: [done(1), done(2)] }, { rows: [done(3), done(4)] }]);
  expect(played.done?.records.every(({ ok }) => ok)).toBe(true);
});

test('without deduplication every record without an Id is created anew, announced and last', async () => {
  const played = await sync(
    [{ Email: 'a@x.example' }, named('FirstName', 'Bob'), { Id: 5 }, { Email: 'a@x.example' }],
    [{ rows: [done(5)] }, { rows: [done(1, 'created'), done(2, 'created'), done(3, 'created')] }],
    { dedupEnabled: false },
  );
  expect(played.seen.map(({ body }) => body)).toEqual([
    { action: 'updateOnly', lookupField: 'id', input: [{ id: 5 }] },
    {
      action: 'createDuplicate',
      input: [{ email: 'a@x.example' }, { firstName: 'Bob' }, { email: 'a@x.example' }],
    },
  ]);
  expect(played.seen.map(({ target }) => target.announces)).toEqual([false, true]);
  expect(statusesOf(played)).toMatchObject([{ leadId: 1 }, { leadId: 2 }, { leadId: 5 }, { leadId: 3 }]);
});

test('an announced request without an answer leaves its own records to do', async () => {
  const { ended } = await sync([{ Email: 'a@x.example' }, { Id: 5 }], [{ rows: [done(5)] }, network], {
    dedupEnabled: false,
  });
  expect(ended).toMatchObject({
    fault: { kind: 'network' },
    remaining: { leadRecordList: { leadRecord: [{ Email: 'a@x.example' }] }, dedupEnabled: false },
  });
});

test('a record that cannot be sent is left to do with those in doubt', async () => {
  const bad = { Id: 6, ...named('FistName', 'Ann') };
  const records = [{ Email: 'a@x.example' }, bad, { Id: 5 }];
  const { ended } = await sync(records, [{ rows: [done(5)] }, network], { dedupEnabled: false });
  expect(ended?.remaining).toMatchObject({ leadRecordList: { leadRecord: [{ Email: 'a@x.example' }, bad] } });
});

test('an announced request that was proved not to run leaves everything to do', async () => {
  const { ended } = await sync([{ Email: 'a@x.example' }, { Id: 5 }], [{ rows: [done(5)] }, { error: 606 }], {
    dedupEnabled: false,
  });
  expect(ended).toMatchObject({ fault: { code: 606 }, remaining: undefined });
});

const twice: Lead[] = [{ Email: 'a@x.example' }, { Email: 'b@x.example' }, { Email: 'a@x.example' }];

test('an absent dedupEnabled looks for duplicates, and announces what is not by Id', async () => {
  const { seen } = await syncUntold(
    [{ Email: 'a@x.example' }, { Id: 5 }],
    [{ rows: [done(5)] }, { rows: [done(1)] }],
  );
  expect(seen.map(({ body, target }) => [(body as { action: string }).action, target.announces])).toEqual([
    ['updateOnly', false],
    ['createOrUpdate', true],
  ]);
});

test.each([
  { what: 'is throttled', reply: { error: 606, message: 'Max rate limit' } },
  { what: 'is refused a permit', reply: { refusal: 'full' } },
])(
  'once an announced request is answered, the next that $what leaves its records as not sent',
  async ({ reply }) => {
    const { done: end } = await syncUntold(twice, [{ rows: [done(1), done(2)] }, reply as Canned]);
    expect(end?.records).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: false, code: null, message: expect.stringMatching(/^not sent: /) },
    ]);
  },
);

test('once an announced request is answered, the next that is lost leaves its own records in doubt', async () => {
  const { ended } = await syncUntold(twice, [{ rows: [done(1), done(2)] }, network]);
  expect(ended).toMatchObject({
    fault: { kind: 'network' },
    remaining: { leadRecordList: { leadRecord: [{ Email: 'a@x.example' }] } },
  });
});

const duplicate = skipped('1007', 'Multiple lead match');

test('records whose addresses several leads have name them, with one look-up for all', async () => {
  const played = await sync(
    [{ Email: 'a@x.example' }, { Email: 'b@x.example' }, { Email: 'c@x.example' }],
    [
      { rows: [duplicate, done(2), duplicate] },
      {
        rows: [
          { id: 8, email: 'c@x.example' },
          { id: 7, email: 'a@x.example' },
          { id: 6, email: 'c@x.example' },
        ],
      },
    ],
  );
  expect(played.done?.records.map(({ message }) => message)).toEqual([
    '1007 - Multiple lead match; leads 7 match',
    '',
    '1007 - Multiple lead match; leads 6, 8 match',
  ]);
});

const found: Canned = {
  rows: [
    { id: 7, email: 'a@x.example', updatedAt: '2026-01-01T00:00:00Z' },
    { id: 8, email: 'a@x.example', updatedAt: '2026-02-01T00:00:00Z' },
  ],
};
const latest = { settings: { onDuplicate: 'latest' as const } };

test('the lead that was changed last is updated by its id, where that is set', async () => {
  const played = await sync(
    [{ Email: 'a@x.example', ...named('FirstName', 'Ann') }, { Email: 'b@x.example' }],
    [{ rows: [duplicate, done(2)] }, found, { rows: [done(8)] }],
    latest,
  );
  expect(played.seen[2]?.body).toEqual({
    action: 'updateOnly',
    lookupField: 'id',
    input: [{ id: 8, email: 'a@x.example', firstName: 'Ann' }],
  });
  expect(statusesOf(played)).toEqual([
    { leadId: 8, status: 'UPDATED' },
    { leadId: 2, status: 'UPDATED' },
  ]);
});

test('what Marketo says of the update of the latest lead fails that record alone', async () => {
  const played = await sync(
    [{ Email: 'a@x.example' }, { Email: 'b@x.example' }],
    [{ rows: [duplicate, done(2)] }, found, { error: 1003, message: 'Bad' }],
    latest,
  );
  expect(played.done?.records).toMatchObject([{ ok: false, code: 1003 }, { ok: true }]);
});

test('a look-up of duplicates that Marketo refuses leaves the records as they are', async () => {
  const played = await sync(
    [{ Email: 'a@x.example' }, { Email: 'b@x.example' }],
    [{ rows: [duplicate, done(2)] }, { error: 1003, message: 'Too many results' }],
    latest,
  );
  expect(played.done?.records).toMatchObject([{ ok: false, code: 1007 }, { ok: true }]);
});

test('a look-up of duplicates that is not let through defers a call that may be made again', async () => {
  const records = [{ Email: 'a@x.example' }];
  await expect(sync(records, [{ rows: [duplicate] }, { refusal: 'full' }], latest)).rejects.toBeInstanceOf(
    CallRefused,
  );
});

test('a workspace without a partition refuses all, and with one names it', async () => {
  const refusedRun = await sync([{ Email: 'a@x.example' }], [], { workspace: 'Berlin' });
  expect(refusedRun.findings).toMatchObject([{ kind: 'needs-setting', code: 1009 }]);
  expect(refusedRun.seen).toEqual([]);
  const { seen } = await sync([{ Email: 'a@x.example' }], [{ rows: [done(1)] }], {
    workspace: 'Berlin',
    settings: { partitions: { Berlin: 'Europe' } },
  });
  expect(seen[0]?.body).toMatchObject({ partitionName: 'Europe' });
});

test.each([
  { what: 'too few rows', rows: [done(1)] },
  { what: 'a row without an id', rows: [done(1), { status: 'updated' }] },
  { what: 'a row that is null', rows: [done(1), null] },
])('an answer with $what is no answer', async ({ rows }) => {
  const { ended } = await sync([{ Email: 'a@x.example' }, { Email: 'b@x.example' }], [{ rows }]);
  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});

test('a doubt in which no record is done leaves the whole job to do', async () => {
  const played = await syncUntold([{ Email: 'a@x.example' }, { Email: 'b@x.example' }], [network]);
  expect(played.ended).toMatchObject({ fault: { kind: 'network', sent: true } });
  expect(played.ended?.remaining).toBeUndefined();
});
