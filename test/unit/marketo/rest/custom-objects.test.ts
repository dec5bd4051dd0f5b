import { expect, test } from 'vitest';
import { CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import type { Directory } from '../../../../shared/marketo/rest/directory/directory.ts';
import { customObjectMappings } from '../../../../shared/marketo/rest/objects/custom-objects.ts';
import { CAR, OBJECT_TYPES } from '../../../support/object-types.ts';
import { payloadOf, play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';

const { getCustomObjects, syncCustomObjects, deleteCustomObjects } = customObjectMappings;
const over = { directory: OBJECT_TYPES };

const attribute = (attrName: string, attrValue: string) => ({ attrName, attrValue });

const car = (vin: string, color: string) => ({
  customObjKeyList: { attribute: [attribute('vin', vin)] },
  customObjAttributeList: { attribute: [attribute('color', color)] },
});

const sync = (
  customObj: Parameters<typeof play<'syncCustomObjects'>>[2]['customObjList']['customObj'],
  replies: readonly Canned[],
  operation: 'INSERT' | 'UPDATE' | 'UPSERT' = 'UPSERT',
  objTypeName = 'car_c',
) =>
  play(
    'syncCustomObjects',
    syncCustomObjects,
    { objTypeName, operation, customObjList: { customObj } },
    replies,
    over,
  );

test('syncCustomObjects sends the records by their dedupe fields and answers with the keys as given', async () => {
  const played = await sync(
    [car('V1', 'red'), car('V2', 'blue')],
    [
      {
        rows: [
          { seq: 0, status: 'updated', marketoGUID: 'a' },
          { seq: 1, status: 'created', marketoGUID: 'b' },
        ],
      },
    ],
  );

  expect(requestsOf(played)).toEqual([
    {
      line: 'POST /rest/v1/customobjects/car_c.json',
      query: {},
      body: {
        action: 'createOrUpdate',
        dedupeBy: 'dedupeFields',
        input: [
          { vin: 'V1', color: 'red' },
          { vin: 'V2', color: 'blue' },
        ],
      },
    },
  ]);
  expect(played.seen[0]?.target).toMatchObject({ changes: true, announces: false });
  const statuses = [
    {
      objTypeName: 'car_c',
      customObjKeyList: { attribute: [attribute('vin', 'V1')] },
      status: 'UPDATED',
      error: null,
    },
    {
      objTypeName: 'car_c',
      customObjKeyList: { attribute: [attribute('vin', 'V2')] },
      status: 'CREATED',
      error: null,
    },
  ];
  expect(played.done).toEqual({
    result: { result: { syncCustomObjStatusList: { syncCustomObjStatus: statuses } } },
    records: statuses.map((result) => ({ ok: true, code: null, message: '', result })),
  });
});

test('MKTOID is the field that links to the lead, and numbers and booleans go as such', async () => {
  const record = {
    customObjKeyList: { attribute: [attribute('MKTOID', '1090177'), attribute('RID', 'r1')] },
    customObjAttributeList: { attribute: [attribute('Zip Code', '0150'), attribute('vip', '1')] },
  };

  const played = await sync([record], [{ rows: [{ seq: 0, status: 'created' }] }], 'INSERT', 'RoadShow');

  expect(requestsOf(played)[0]).toMatchObject({
    line: 'POST /rest/v1/customobjects/roadShow_c.json',
    body: {
      action: 'createOnly',
      input: [{ leadId: 1090177, rid: 'r1', zip: '0150', vip: true }],
    },
  });
});

test('an insert of what exists and an update of what does not are skipped, a missing lead is a failure', async () => {
  const skipped = (code: string) => [
    { rows: [{ seq: 0, status: 'skipped', reasons: [{ code, message: 'no' }] }] },
  ];
  const statusOf = async (operation: 'INSERT' | 'UPDATE' | 'UPSERT', code: string) =>
    (await sync([car('V1', 'red')], skipped(code), operation)).done?.records[0];

  expect(await statusOf('INSERT', '1005')).toMatchObject({
    ok: true,
    result: { status: 'SKIPPED', error: '1005 - no' },
  });
  expect(await statusOf('INSERT', '1017')).toMatchObject({ ok: true });
  expect(await statusOf('UPDATE', '1013')).toMatchObject({ ok: true });
  expect(await statusOf('UPDATE', '1004')).toMatchObject({ ok: false, code: 1004, message: '1004 - no' });
  expect(await statusOf('UPSERT', '1013')).toMatchObject({
    ok: false,
    code: 1013,
    result: { status: 'FAILED' },
  });
  expect(await statusOf('UPDATE', '1005')).toMatchObject({ ok: false, code: 1005 });
});

test('reasons are read under each of their names, several are joined, and none at all is a failure', async () => {
  const outcomes = async (row: object) =>
    (await sync([car('V1', 'red')], [{ rows: [{ status: 'skipped', ...row }] }])).done?.records[0];

  expect(await outcomes({ reason: { code: 1006, message: 'a' } })).toMatchObject({
    code: 1006,
    message: '1006 - a',
  });
  expect(
    await outcomes({
      errors: [
        { code: '1001', message: 'a' },
        { code: 'x', message: 'b' },
      ],
    }),
  ).toMatchObject({
    code: 1001,
    message: '1001 - a; b',
  });
  expect(await outcomes({})).toMatchObject({ ok: false, code: null, message: 'skipped without a reason' });
});

test('a record with an unknown field or without its key fails by itself and the others are sent', async () => {
  const played = await sync(
    [
      { ...car('V1', 'red'), customObjAttributeList: { attribute: [attribute('nonsense', 'x')] } },
      { customObjAttributeList: { attribute: [attribute('color', 'red')] } },
      car('V3', 'green'),
    ],
    [{ rows: [{ seq: 0, status: 'updated' }] }],
  );

  expect(played.seen).toHaveLength(1);
  expect(played.seen[0]?.body).toMatchObject({ input: [{ vin: 'V3', color: 'green' }] });
  expect(played.done?.records.map(({ ok, code }) => [ok, code])).toEqual([
    [false, 1006],
    [false, 1003],
    [true, null],
  ]);
  expect(played.done?.records[0].message).toContain('car_c has no field "nonsense"');
});

test('a record that is not sent tells the fault that it would have met alone', async () => {
  const bad = { ...car('V1', 'red'), customObjAttributeList: { attribute: [attribute('nonsense', 'x')] } };

  const alone = await sync([bad], []);
  const among = await sync([bad, car('V2', 'blue')], [{ rows: [{ seq: 0, status: 'updated' }] }]);

  expect(alone.ended?.fault).toMatchObject({ kind: 'decided', code: 1006 });
  expect(among.done?.records[0].fault).toEqual(alone.ended?.fault);
  expect(among.done?.records[1]).not.toHaveProperty('fault');
});

test('a job of one record that cannot be sent is decided as a whole', async () => {
  const { ended, seen } = await sync(
    [{ customObjAttributeList: { attribute: [attribute('color', 'red')] } }],
    [],
  );

  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(ended?.message).toContain('vin is missing; nothing was sent');
  expect(seen).toEqual([]);
});

test('an update may find an object by its GUID, which an upsert cannot', async () => {
  const byGuid = {
    customObjKeyList: { attribute: [attribute('marketoGUID', 'g1')] },
    customObjAttributeList: { attribute: [attribute('color', 'red')] },
  };

  const update = await sync(
    [byGuid, car('V2', 'blue')],
    [{ rows: [{ seq: 0, status: 'updated' }] }, { rows: [{ seq: 0, status: 'updated' }] }],
    'UPDATE',
  );

  expect(requestsOf(update).map(({ body }) => body)).toEqual([
    { action: 'updateOnly', dedupeBy: 'dedupeFields', input: [{ vin: 'V2', color: 'blue' }] },
    { action: 'updateOnly', dedupeBy: 'idField', input: [{ marketoGUID: 'g1', color: 'red' }] },
  ]);
  expect((await sync([byGuid], [])).ended?.fault).toMatchObject({ code: 1003 });
});

test('two names of one field are refused where they differ', async () => {
  const both = (other: string) => ({
    customObjKeyList: { attribute: [attribute('vin', 'V1')] },
    customObjAttributeList: { attribute: [attribute('VIN', other)] },
  });

  expect((await sync([both('V2')], [])).ended?.message).toContain('vin and VIN are both vin, and differ');
  expect((await sync([both('V1')], [{ rows: [{ status: 'updated' }] }])).done?.records[0].ok).toBe(true);
});

test('the second record of a key follows in a request of its own', async () => {
  const played = await sync(
    [car('V1', 'red'), car('V2', 'blue'), car('v1', 'green')],
    [{ rows: [{ status: 'created' }, { status: 'created' }] }, { rows: [{ status: 'updated' }] }],
  );

  expect(played.seen.map(({ body }) => body)).toMatchObject([
    { input: [{ vin: 'V1' }, { vin: 'V2' }] },
    { input: [{ vin: 'v1', color: 'green' }] },
  ]);
  expect(played.done?.records.map(({ result }) => result)).toMatchObject([
    { status: 'CREATED' },
    { status: 'CREATED' },
    { status: 'UPDATED' },
  ]);
});

test('a refusal of one of several requests is the outcome of its records, of the only one that of the job', async () => {
  const again = [car('V1', 'red'), car('V1', 'green')];

  const several = await sync(again, [{ error: 1003, message: 'bad' }, { rows: [{ status: 'updated' }] }]);
  const only = await sync([car('V1', 'red'), car('V2', 'blue')], [{ error: 1003, message: 'bad' }]);

  expect(several.done?.records).toMatchObject([
    { ok: false, code: 1003, message: '1003 - bad', ofRequest: true },
    { ok: true },
  ]);
  expect(only.ended?.fault).toMatchObject({ kind: 'marketo', code: 1003 });
});

test('a throttle or a lost answer ends the call', async () => {
  const again = [car('V1', 'red'), car('V1', 'green')];
  const lost = { kind: 'network', sent: true, reason: 'reset', message: 'reset' } as const;

  expect((await sync(again, [{ rows: [{ status: 'updated' }] }, { error: 606 }])).ended?.fault).toMatchObject(
    { code: 606 },
  );
  expect((await sync(again, [{ fault: lost }])).ended?.fault).toEqual(lost);
  await expect(sync(again, [{ refusal: 'quota' }])).rejects.toBeInstanceOf(CallRefused);
});

test('a batch that is too large is halved until it is taken', async () => {
  const tooLarge = { kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'too large' } as const;

  const played = await sync(
    [car('V1', 'red'), car('V2', 'blue'), car('V3', 'green')],
    [{ fault: tooLarge }, { rows: [{ status: 'created' }, { status: 'created' }] }, { fault: tooLarge }],
  );

  expect(played.seen.slice(1, 2).map(({ body }) => body)).toMatchObject([
    { input: [{ vin: 'V1' }, { vin: 'V2' }] },
  ]);
  expect(played.done?.records.map(({ ok }) => ok)).toEqual([true, true, false]);
});

test('a body over 1 MB is halved before it is sent', async () => {
  const long = 'x'.repeat(600_000);

  const played = await sync(
    [car('V1', long), car('V2', long)],
    [{ rows: [{ status: 'created' }] }, { rows: [{ status: 'created' }] }],
  );

  expect(played.seen).toHaveLength(2);
  expect(played.done?.records.map(({ ok }) => ok)).toEqual([true, true]);
});

test.each([
  ['too few rows', [{ status: 'created' }]],
  ['a row without a status', [{ status: 'created' }, {}]],
  ['a row that is no object', [{ status: 'created' }, 7]],
  [
    'rows in another order',
    [
      { seq: 1, status: 'created' },
      { seq: 0, status: 'created' },
    ],
  ],
])('a reply with %s is none', async (_, rows) => {
  const { ended } = await sync([car('V1', 'red'), car('V2', 'blue')], [{ rows }]);

  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});

test('a type that lacks a field is read anew once, and one that has them all is not', async () => {
  const wanted: (boolean | undefined)[] = [];
  const customObject: Directory['customObject'] = async (_, __, want) => {
    wanted.push(want?.fresh);
    return want?.fresh ? CAR : { ...CAR, fields: CAR.fields.filter(({ name }) => name !== 'color') };
  };
  const run = (attrName: string) =>
    play(
      'syncCustomObjects',
      syncCustomObjects,
      {
        objTypeName: 'car_c',
        customObjList: {
          customObj: [
            {
              customObjKeyList: { attribute: [attribute('vin', 'V1')] },
              customObjAttributeList: { attribute: [attribute(attrName, '2003')] },
            },
          ],
        },
      },
      [{ rows: [{ status: 'updated' }] }],
      { directory: { customObject } },
    );

  expect((await run('color')).done?.records[0].ok).toBe(true);
  expect(wanted).toEqual([false, true]);
  await run('year');
  expect(wanted).toEqual([false, true, false]);
  expect((await run('nonsense')).ended?.fault).toMatchObject({ code: 1006 });
});

test('an attribute called __proto__ is a field like any other', async () => {
  const { ended } = await sync([{ customObjKeyList: { attribute: [attribute('__proto__', 'x')] } }], []);

  expect(ended?.fault).toMatchObject({ code: 1006 });
});

test('more repetitions of one key than requests are refused by rule', async () => {
  const many = Array.from({ length: 40 }, () => car('V1', 'red'));

  const { findings } = await sync(
    many,
    many.map(() => ({ rows: [{ status: 'updated' }] })),
  );
  const few = await sync([car('V1', 'red')], [{ rows: [{ status: 'updated' }] }]);

  expect(findings).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(few.findings).toEqual([]);
});

test('deleteCustomObjects sends the keys alone; what is not there is unchanged', async () => {
  const params = {
    objTypeName: 'RoadShow',
    customObjKeyLists: {
      keyList: [
        { attribute: [attribute('MKTOID', '12'), attribute('rid', 'r1')] },
        { attribute: [attribute('MKTOID', '12'), attribute('rid', 'r2')] },
        { attribute: [attribute('MKTOID', '12')] },
        { attribute: [attribute('MKTOID', '12'), attribute('rid', 'r3'), attribute('city', 'Oslo')] },
      ],
    },
  };
  const rows = [
    { seq: 0, status: 'deleted', marketoGUID: 'a' },
    { seq: 1, status: 'skipped', reasons: [{ code: '1013', message: 'Object not found' }] },
  ];

  const played = await play('deleteCustomObjects', deleteCustomObjects, params, [{ rows }], over);

  expect(requestsOf(played)).toEqual([
    {
      line: 'POST /rest/v1/customobjects/roadShow_c/delete.json',
      query: {},
      body: {
        deleteBy: 'dedupeFields',
        input: [
          { leadId: 12, rid: 'r1' },
          { leadId: 12, rid: 'r2' },
        ],
      },
    },
  ]);
  expect(played.done?.records.map(({ ok, code }) => [ok, code])).toEqual([
    [true, null],
    [true, null],
    [false, 1003],
    [false, 1003],
  ]);
  expect(played.done?.result).toMatchObject({
    result: {
      deleteCustomObjStatusList: {
        syncCustomObjStatus: [
          { status: 'DELETED', error: null },
          { status: 'UNCHANGED', error: '1013 - Object not found' },
          { status: 'FAILED' },
          { status: 'FAILED' },
        ],
      },
    },
  });
});

const get = (
  params: Partial<Parameters<typeof play<'getCustomObjects'>>[2]>,
  replies: readonly Canned[] = [],
) =>
  play(
    'getCustomObjects',
    getCustomObjects,
    { objTypeName: 'RoadShow', includeAttributes: { stringItem: [''] }, ...params },
    replies,
    over,
  );

const byLead = { customObjKeyList: { attribute: [attribute('MKTOID', '1090177')] } };

test('getCustomObjects filters by one searchable field and shows keys and attributes apart', async () => {
  const played = await get(byLead, [
    { rows: [{ seq: 0, marketoGUID: 'a', leadId: 1090177, rid: 'r1', city: 'Oslo', zip: null, vip: false }] },
  ]);

  expect(requestsOf(played)).toEqual([
    {
      line: 'GET /rest/v1/customobjects/roadShow_c.json',
      query: {
        filterType: 'leadId',
        filterValues: '1090177',
        fields: 'leadId,rid,city,zip,vip',
        batchSize: '100',
      },
      body: '',
    },
  ]);
  const payload = {
    objTypeName: 'RoadShow',
    returnCount: 1,
    remainingCount: 0,
    newStreamPosition: '',
    customObjList: {
      customObj: [
        {
          customObjKeyList: {
            attribute: [
              { attrName: 'MKTOID', attrType: null, attrValue: '1090177' },
              { attrName: 'rid', attrType: null, attrValue: 'r1' },
            ],
          },
          customObjAttributeList: {
            attribute: [
              { attrName: 'city', attrType: null, attrValue: 'Oslo' },
              { attrName: 'vip', attrType: null, attrValue: 'false' },
            ],
          },
        },
      ],
    },
  };
  expect(played.done).toEqual({
    result: { result: payload },
    records: [{ ok: true, code: null, message: '', result: payload }],
  });
});

test('getCustomObjects goes on where the page before ended', async () => {
  const first = await get({ ...byLead, batchSize: 2 }, [
    {
      rows: [
        { leadId: 1, rid: 'r1' },
        { leadId: 1, rid: 'r2' },
      ],
      nextPageToken: 'next==',
    },
  ]);
  const { remainingCount, newStreamPosition } = payloadOf(first);
  const second = await get({ ...byLead, batchSize: 2, streamPosition: newStreamPosition ?? '' }, [
    { rows: [] },
  ]);

  expect(remainingCount).toBe(1);
  expect(second.seen[0]?.query).toMatchObject({ nextPageToken: 'next==', batchSize: '2' });
  expect(payloadOf(second)).toMatchObject({
    remainingCount: 0,
    newStreamPosition: '',
    customObjList: null,
  });
});

test('getCustomObjects asks for all fields of a compound key in the body', async () => {
  const played = await get(
    {
      customObjKeyList: { attribute: [attribute('rid', 'a,b'), attribute('MKTOID', '12')] },
      includeAttributes: { stringItem: ['City', 'marketoGUID'] },
    },
    [{ rows: [{ seq: 0, status: 'skipped', reasons: [{ code: '1013', message: 'Object not found' }] }] }],
  );

  expect(played.findings).toEqual([]);
  expect(requestsOf(played)).toEqual([
    {
      line: 'POST /rest/v1/customobjects/roadShow_c.json',
      query: { _method: 'GET' },
      body: {
        filterType: 'dedupeFields',
        fields: ['leadId', 'rid', 'city', 'marketoGUID'],
        input: [{ rid: 'a,b', leadId: 12 }],
        batchSize: 100,
      },
    },
  ]);
  expect(played.seen[0]?.target.changes).toBe(false);
  expect(payloadOf(played)).toMatchObject({ returnCount: 0, customObjList: null });
});

test('a row that was refused for another reason than not being there ends the read', async () => {
  const { ended } = await get(byLead, [
    { rows: [{ status: 'skipped', reasons: [{ code: '1003', message: 'bad' }] }] },
  ]);

  expect(ended?.fault).toMatchObject({ kind: 'marketo', code: 1003 });
});

test.each([
  ['no key', {}, 'refused', 1003],
  ['a blank key', { customObjKeyList: { attribute: [attribute('rid', ' ')] } }, 'refused', 1003],
  [
    'a comma in the only key',
    { customObjKeyList: { attribute: [attribute('rid', 'a,b')] } },
    'refused',
    1003,
  ],
])('getCustomObjects with %s is refused by rule', async (_, params, kind, code) => {
  const { findings, ended } = await get(params);

  expect(findings).toMatchObject([{ kind, code }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided' });
});

test.each([
  ['part of a compound key', { customObjKeyList: { attribute: [attribute('rid', 'r1')] } }, 1003, 'by rid'],
  ['an unknown key', { customObjKeyList: { attribute: [attribute('x', 'r1')] } }, 1006, 'no field "x"'],
  ['an unknown field', { ...byLead, includeAttributes: { stringItem: ['x'] } }, 1006, 'no field "x"'],
  ['a position of SOAP', { ...byLead, streamPosition: '{"ky":["1090177"],"os":6}' }, 1003, 'position'],
])('getCustomObjects with %s is refused without a request', async (_, params, code, words) => {
  const { ended, seen } = await get(params);

  expect(ended?.fault).toMatchObject({ kind: 'decided', code });
  expect(ended?.message).toContain(words);
  expect(seen).toEqual([]);
});
