import { expect, test } from 'vitest';
import type { ParamsOf } from '../../../../shared/marketo/operations/registry.ts';
import { mObjectMappings } from '../../../../shared/marketo/rest/objects/mobjects.ts';
import { OBJECT_TYPES } from '../../../support/object-types.ts';
import { payloadOf, play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';
import { STUB_DIRECTORY } from '../../../support/stub-lead-fields.ts';

const over = { directory: { ...OBJECT_TYPES, ...STUB_DIRECTORY } };

type MObject = ParamsOf<'deleteMObjects'>['mObjectList']['mObject'][number];

const sync = (
  mObject: MObject[],
  replies: readonly Canned[] = [],
  operation: 'INSERT' | 'UPDATE' | 'UPSERT' = 'UPSERT',
) =>
  play('syncMObjects', mObjectMappings.syncMObjects, { operation, mObjectList: { mObject } }, replies, over);

const remove = (mObject: MObject[], replies: readonly Canned[] = []) =>
  play('deleteMObjects', mObjectMappings.deleteMObjects, { mObjectList: { mObject } }, replies, over);

const keyed = (value: string) => ({ name: 'externalOpportunityId', value });

const opportunity = (key: string, name = 'Big deal'): MObject => ({
  type: 'Opportunity',
  externalKey: keyed(key),
  attribList: {
    attrib: [
      { name: 'Name', value: name },
      { name: 'IsClosed', value: '1' },
    ],
  },
});

const role = (
  lead: { id?: number; externalKey?: { name: string; value: string } },
  over: Partial<MObject> = {},
): MObject => ({
  type: 'OpportunityPersonRole',
  attribList: { attrib: [{ name: 'Role', value: 'Buyer' }] },
  associationList: {
    mObjAssociation: [
      { mObjType: 'Lead', ...lead },
      { mObjType: 'Opportunity', externalKey: keyed('O1') },
    ],
  },
  ...over,
});

const created = (count = 1): Canned => ({
  rows: Array.from({ length: count }, (_, seq) => ({ seq, status: 'created', marketoGUID: `g${seq}` })),
});

test('opportunities are written before their roles, each by its key', async () => {
  const played = await sync([role({ id: 12 }), opportunity('O1')], [created(), created()], 'INSERT');

  expect(played.findings).toEqual([]);
  expect(requestsOf(played)).toEqual([
    {
      line: 'POST /rest/v1/opportunities.json',
      query: {},
      body: {
        action: 'createOnly',
        dedupeBy: 'dedupeFields',
        input: [{ externalOpportunityId: 'O1', name: 'Big deal', isClosed: true }],
      },
    },
    {
      line: 'POST /rest/v1/opportunities/roles.json',
      query: {},
      body: {
        action: 'createOnly',
        dedupeBy: 'dedupeFields',
        input: [{ externalOpportunityId: 'O1', leadId: 12, role: 'Buyer' }],
      },
    },
  ]);
  expect(played.seen.map(({ target }) => target.announces)).toEqual([false, false]);
  const statuses = [
    { id: null, externalKey: null, status: 'CREATED', error: null },
    { id: null, externalKey: keyed('O1'), status: 'CREATED', error: null },
  ];
  expect(played.done).toEqual({
    result: { result: { mObjStatusList: { mObjStatus: statuses } } },
    records: statuses.map((result) => ({ ok: true, code: null, message: '', result })),
  });
});

test('roles are deleted before their opportunities, by their keys alone', async () => {
  const played = await remove(
    [opportunity('O1'), role({ id: 12 })],
    [
      { rows: [{ status: 'deleted' }] },
      { rows: [{ status: 'skipped', reasons: [{ code: '1013', message: 'gone' }] }] },
    ],
  );

  expect(requestsOf(played)).toEqual([
    {
      line: 'POST /rest/v1/opportunities/roles/delete.json',
      query: {},
      body: { deleteBy: 'dedupeFields', input: [{ externalOpportunityId: 'O1', leadId: 12, role: 'Buyer' }] },
    },
    {
      line: 'POST /rest/v1/opportunities/delete.json',
      query: {},
      body: { deleteBy: 'dedupeFields', input: [{ externalOpportunityId: 'O1' }] },
    },
  ]);
  expect(payloadOf(played)).toMatchObject({
    mObjStatusList: { mObjStatus: [{ status: 'UNCHANGED', error: '1013 - gone' }, { status: 'DELETED' }] },
  });
});

test('PersonId and the attribute externalOpportunityId name the ends of a role as well', async () => {
  const byAttributes: MObject = {
    type: 'OpportunityPersonRole',
    attribList: {
      attrib: [
        { name: 'PersonId', value: '19' },
        { name: 'ExternalOpportunityId', value: 'O1' },
        { name: 'Role', value: 'Buyer' },
        { name: 'IsPrimary', value: 'true' },
      ],
    },
  };

  const played = await sync([byAttributes], [created()]);

  expect(played.seen[0]?.body).toMatchObject({
    input: [{ leadId: 19, externalOpportunityId: 'O1', role: 'Buyer', isPrimary: true }],
  });
});

test('leads that associations name by a key are looked up in one read; who is not found fails alone', async () => {
  const played = await sync(
    [
      role({ externalKey: { name: 'Email', value: 'ann@example.com' } }),
      role({ externalKey: { name: 'Email', value: 'bob@example.com' } }),
      role({ externalKey: { name: 'Email', value: 'two@example.com' } }),
      role({ externalKey: { name: 'Nonsense', value: 'x' } }),
    ],
    [
      {
        rows: [
          { id: 1, email: 'Ann@Example.com' },
          { id: 2, email: 'two@example.com' },
        ],
        nextPageToken: 'n',
      },
      { rows: [{ id: 3, email: 'two@example.com' }] },
      created(),
    ],
  );

  expect(played.seen.map(({ line }) => line)).toEqual([
    'GET /rest/v1/leads.json',
    'GET /rest/v1/leads.json',
    'POST /rest/v1/opportunities/roles.json',
  ]);
  expect(played.seen[0]?.query).toEqual({
    filterType: 'email',
    filterValues: 'ann@example.com,bob@example.com,two@example.com',
    fields: 'id,email',
    batchSize: '300',
  });
  expect(played.seen[1]?.query).toMatchObject({ nextPageToken: 'n' });
  expect(played.seen[2]?.body).toMatchObject({ input: [{ leadId: 1 }] });
  expect(played.done?.records.map(({ ok, code }) => [ok, code])).toEqual([
    [true, null],
    [false, 1004],
    [false, 1007],
    [false, 1006],
  ]);
});

test('a job of one role whose lead is not there is decided before anything is written', async () => {
  const { ended, seen } = await sync(
    [role({ externalKey: { name: 'Email', value: 'ann@example.com' } })],
    [{ rows: [] }],
  );

  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1004 });
  expect(seen).toHaveLength(1);
});

test('a look-up of leads that is refused ends the call, and says that it was a look-up', async () => {
  const { ended, seen } = await sync(
    [role({ externalKey: { name: 'Email', value: 'ann@example.com' } }), opportunity('O1')],
    [{ error: 606, message: 'slow down' }],
  );

  expect(ended?.fault).toMatchObject({ code: 606, message: 'look-up, leads of associations: slow down' });
  expect(seen).toHaveLength(1);
});

test('an unknown attribute fails its record alone', async () => {
  const bad = { ...opportunity('O2'), attribList: { attrib: [{ name: 'Nonsense', value: '1' }] } };

  const { done } = await sync([bad, opportunity('O1')], [created()]);

  expect(done?.records.map(({ ok, code }) => [ok, code])).toEqual([
    [false, 1006],
    [true, null],
  ]);
});

test('what is refused of one type is the outcome of its records, and the other type is written', async () => {
  const { done, seen } = await sync(
    [opportunity('O1'), role({ id: 12 })],
    [{ error: 1018, message: 'CRM' }, created()],
  );

  expect(seen).toHaveLength(2);
  expect(done?.records).toMatchObject([{ ok: false, code: 1018, message: '1018 - CRM' }, { ok: true }]);
});

test('what is refused of the only request is the outcome of the job', async () => {
  const { ended } = await sync([opportunity('O1'), opportunity('O2')], [{ error: 1018 }]);

  expect(ended?.fault).toMatchObject({ kind: 'marketo', code: 1018 });
});

const attribs = (attrib: { name: string; value: string }[]) => ({ attribList: { attrib } });

test.each<[string, MObject]>([
  ['an integer id', { ...opportunity('O1'), id: 7 }],
  ['no key', { type: 'Opportunity', ...attribs([{ name: 'Name', value: 'x' }]) }],
  ['a key that is another field', { type: 'Opportunity', externalKey: { name: 'SfdcOppId', value: 'k1' } }],
  [
    'a company',
    { ...opportunity('O1'), associationList: { mObjAssociation: [{ mObjType: 'Company', id: 9 }] } },
  ],
  ['a typeAttribList', { ...opportunity('O1'), typeAttribList: { typeAttrib: [{ attrType: 'Custom' }] } }],
  ['an unknown type', { type: 'Company' }],
  ['a role with an id', role({ id: 12 }, { id: 3 })],
  ['a role without Role', role({ id: 12 }, attribs([]))],
  [
    'a role without a lead',
    role(
      { id: 12 },
      { associationList: { mObjAssociation: [{ mObjType: 'Opportunity', externalKey: keyed('O1') }] } },
    ),
  ],
  [
    'a role without an opportunity',
    role({ id: 12 }, { associationList: { mObjAssociation: [{ mObjType: 'Lead', id: 12 }] } }),
  ],
  [
    'the integer id of an opportunity',
    role(
      { id: 12 },
      {
        associationList: {
          mObjAssociation: [
            { mObjType: 'Lead', id: 12 },
            { mObjType: 'Opportunity', id: 64 },
          ],
        },
      },
    ),
  ],
  [
    'OpportunityId',
    role(
      { id: 12 },
      attribs([
        { name: 'Role', value: 'x' },
        { name: 'OpportunityId', value: '64' },
      ]),
    ),
  ],
  ['a lead by a key with a comma', role({ externalKey: { name: 'Email', value: 'a,b' } })],
  ['a lead without id and key', role({})],
])('an object with %s is refused by rule', async (_, object) => {
  const { findings, ended, seen } = await sync([object]);

  expect(findings).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toEqual([]);
});

test('several records that are refused by rule are named in one finding', async () => {
  const { findings } = await sync(
    [{ ...opportunity('O1'), id: 7 }, opportunity('O2'), role({})],
    [created()],
  );

  expect(findings).toHaveLength(1);
  expect(findings[0]?.message).toMatch(/^record 1: .*\(and 1 more\)$/);
});

test('more repetitions of a key than requests are refused by rule', async () => {
  const many = Array.from({ length: 40 }, () => opportunity('O1'));

  const { findings } = await sync(
    many,
    many.map(() => created()),
  );

  expect(findings).toMatchObject([
    { kind: 'refused', code: 1003, message: expect.stringContaining('split the job') },
  ]);
});

test('a lead id that JSON does not carry exactly is no answer: another lead would get the role', async () => {
  const asked = [role({ externalKey: { name: 'Email', value: 'ann@example.com' } })];
  const { ended, seen } = await sync(asked, [{ rows: [{ id: 2 ** 53, email: 'ann@example.com' }] }]);
  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
  expect(seen).toHaveLength(1);
});

test('a key is nobody’s alone while pages of leads are left unread', async () => {
  const asked = [role({ externalKey: { name: 'Email', value: 'ann@example.com' } })];
  const page = { rows: [{ id: 1, email: 'ann@example.com' }], nextPageToken: 'more' };
  const { ended, seen } = await sync(asked, [page, page, page, page]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toHaveLength(4);
});
