import { expect, test } from 'vitest';
import type { ParamsOf } from '../../../../shared/marketo/operations/registry.ts';
import { mObjectMappings } from '../../../../shared/marketo/rest/objects/mobjects.ts';
import { OBJECT_TYPES } from '../../../support/object-types.ts';
import { payloadOf, play, requestsOf } from '../../../support/rest-run.ts';
import type { Canned } from '../../../support/rest-stage.ts';
import { STUB_DIRECTORY } from '../../../support/stub-lead-fields.ts';

type Params = ParamsOf<'getMObjects'>;

const get = (params: Params, replies: readonly Canned[] = []) =>
  play('getMObjects', mObjectMappings.getMObjects, params, replies, {
    directory: { ...OBJECT_TYPES, ...STUB_DIRECTORY },
  });

const criterion = (attrName: string, attrValue: string, comparison: 'EQ' | 'NE' | 'GE' | 'LE' = 'EQ') => ({
  attrName,
  comparison,
  attrValue,
});
const OPPORTUNITY_FIELDS =
  'marketoGUID,createdAt,updatedAt,externalOpportunityId,name,amount,isClosed,crmKey_c';
const ROLE_FIELDS = 'marketoGUID,createdAt,updatedAt,externalOpportunityId,leadId,role,isPrimary';

test('an opportunity is found by its external key and shown with attributes in capitals', async () => {
  const played = await get(
    { type: 'Opportunity', externalKey: { name: 'externalOpportunityId', value: 'O1' } },
    [
      {
        rows: [
          {
            seq: 0,
            marketoGUID: 'g',
            externalOpportunityId: 'O1',
            name: 'Big deal',
            amount: 10.5,
            isClosed: false,
            crmKey_c: null,
            createdAt: '2026-01-02T03:04:05Z',
            updatedAt: '2026-01-03T03:04:05Z',
          },
        ],
      },
    ],
  );

  expect(requestsOf(played)).toEqual([
    {
      line: 'GET /rest/v1/opportunities.json',
      query: {
        filterType: 'externalOpportunityId',
        filterValues: 'O1',
        fields: OPPORTUNITY_FIELDS,
        batchSize: '100',
      },
      body: '',
    },
  ]);
  expect(payloadOf(played)).toEqual({
    returnCount: 1,
    hasMore: false,
    newStreamPosition: '',
    mObjectList: {
      mObject: [
        {
          type: 'Opportunity',
          id: null,
          externalKey: { name: 'externalOpportunityId', value: 'O1' },
          createdAt: '2026-01-02T03:04:05Z',
          updatedAt: '2026-01-03T03:04:05Z',
          attribList: {
            attrib: [
              { name: 'MarketoGUID', value: 'g' },
              { name: 'ExternalOpportunityId', value: 'O1' },
              { name: 'Name', value: 'Big deal' },
              { name: 'Amount', value: '10.5' },
              { name: 'IsClosed', value: 'false' },
            ],
          },
          typeAttribList: null,
          associationList: null,
        },
      ],
    },
  });
});

test('a criterion is a filter too, by any name of a searchable field', async () => {
  const played = await get(
    { type: 'Opportunity', mObjCriteriaList: { mObjCriteria: [criterion('CRM Key', 'k1')] } },
    [{ rows: [] }],
  );

  expect(played.seen[0]?.query).toMatchObject({ filterType: 'crmKey_c', filterValues: 'k1' });
  expect(payloadOf(played)).toMatchObject({ returnCount: 0, mObjectList: null });
});

test('roles are found by the lead, and the next page by the position', async () => {
  const params: Params = {
    type: 'OpportunityPersonRole',
    mObjAssociationList: { mObjAssociation: [{ mObjType: 'Lead', id: 12 }] },
  };
  const first = await get(params, [
    {
      rows: [{ externalOpportunityId: 'O1', leadId: 12, role: 'Buyer', isPrimary: true }],
      nextPageToken: 'n=',
    },
  ]);
  const second = await get({ ...params, streamPosition: payloadOf(first).newStreamPosition ?? '' }, [
    { rows: [] },
  ]);

  expect(requestsOf(first)).toEqual([
    {
      line: 'GET /rest/v1/opportunities/roles.json',
      query: { filterType: 'leadId', filterValues: '12', fields: ROLE_FIELDS, batchSize: '100' },
      body: '',
    },
  ]);
  expect(payloadOf(first)).toMatchObject({
    hasMore: true,
    mObjectList: {
      mObject: [
        {
          type: 'OpportunityPersonRole',
          externalKey: null,
          attribList: {
            attrib: [
              { name: 'ExternalOpportunityId', value: 'O1' },
              { name: 'PersonId', value: '12' },
              { name: 'Role', value: 'Buyer' },
              { name: 'IsPrimary', value: 'true' },
            ],
          },
          associationList: {
            mObjAssociation: [
              { mObjType: 'Lead', id: 12, externalKey: null },
              {
                mObjType: 'Opportunity',
                id: null,
                externalKey: { name: 'externalOpportunityId', value: 'O1' },
              },
            ],
          },
        },
      ],
    },
  });
  expect(second.seen[0]?.query).toMatchObject({ nextPageToken: 'n=' });
  expect(payloadOf(second)).toMatchObject({ hasMore: false, newStreamPosition: '' });
});

test('roles are found by their opportunity', async () => {
  const externalKey = { name: 'External Opportunity Id', value: 'O1' };

  const played = await get(
    {
      type: 'OpportunityPersonRole',
      mObjAssociationList: { mObjAssociation: [{ mObjType: 'Opportunity', externalKey }] },
    },
    [{ rows: [] }],
  );

  expect(played.seen[0]?.query).toMatchObject({ filterType: 'externalOpportunityId', filterValues: 'O1' });
});

test('opportunities of a lead are those of its roles', async () => {
  const externalKey = { name: 'Email', value: 'Ann@example.com' };

  const played = await get(
    { type: 'Opportunity', mObjAssociationList: { mObjAssociation: [{ mObjType: 'Lead', externalKey }] } },
    [
      { rows: [{ id: 12, email: 'ann@example.com' }] },
      {
        rows: [
          { externalOpportunityId: 'O1' },
          { externalOpportunityId: 'O2' },
          { externalOpportunityId: 'O1' },
        ],
      },
      { rows: [{ externalOpportunityId: 'O1' }, { externalOpportunityId: 'O2' }] },
    ],
  );

  expect(played.seen.map(({ line, query }) => [line, query['filterType'], query['filterValues']])).toEqual([
    ['GET /rest/v1/leads.json', 'email', 'Ann@example.com'],
    ['GET /rest/v1/opportunities/roles.json', 'leadId', '12'],
    ['GET /rest/v1/opportunities.json', 'externalOpportunityId', 'O1,O2'],
  ]);
  expect(payloadOf(played)).toMatchObject({ returnCount: 2 });
});

test('a lead without roles has no opportunities, and nothing more is asked', async () => {
  const played = await get(
    { type: 'Opportunity', mObjAssociationList: { mObjAssociation: [{ mObjType: 'Lead', id: 12 }] } },
    [{ rows: [] }],
  );

  expect(played.seen).toHaveLength(1);
  expect(payloadOf(played)).toMatchObject({ returnCount: 0, mObjectList: null });
});

test.each([
  ['no lead', [], 1004],
  [
    'two leads',
    [
      { id: 1, email: 'ann@example.com' },
      { id: 2, email: 'ann@example.com' },
    ],
    1007,
  ],
])('an association with a key of %s is refused', async (_, rows, code) => {
  const externalKey = { name: 'Email', value: 'ann@example.com' };

  const { ended } = await get(
    {
      type: 'OpportunityPersonRole',
      mObjAssociationList: { mObjAssociation: [{ mObjType: 'Lead', externalKey }] },
    },
    [{ rows }],
  );

  expect(ended?.fault).toMatchObject({ kind: 'decided', code });
});

const associated = (mObjType: string, id: number) => ({
  mObjAssociationList: { mObjAssociation: [{ mObjType, id }] },
});

test.each<[string, Params]>([
  ['no filter', { type: 'Opportunity' }],
  ['an integer id', { type: 'Opportunity', id: 7 }],
  ['an unknown type', { type: 'Company' }],
  [
    'another comparison',
    { type: 'Opportunity', mObjCriteriaList: { mObjCriteria: [criterion('Name', 'x', 'NE')] } },
  ],
  [
    'two filters',
    {
      type: 'OpportunityPersonRole',
      mObjCriteriaList: { mObjCriteria: [criterion('Role', 'x')] },
      ...associated('Lead', 1),
    },
  ],
  ['a company', { type: 'Opportunity', ...associated('Company', 9) }],
  ['the integer id of an opportunity', { type: 'OpportunityPersonRole', ...associated('Opportunity', 9) }],
  ['a comma', { type: 'Opportunity', externalKey: { name: 'externalOpportunityId', value: 'a,b' } }],
  ['OpportunityId', { type: 'OpportunityPersonRole', externalKey: { name: 'OpportunityId', value: '64' } }],
  [
    'a position of SOAP',
    {
      type: 'Opportunity',
      streamPosition: '8UJZ',
      externalKey: { name: 'externalOpportunityId', value: 'a' },
    },
  ],
  ['a program by its company', { type: 'Program', ...associated('Company', 9) }],
  [
    'programs by another comparison',
    { type: 'Program', mObjCriteriaList: { mObjCriteria: [criterion('Id', '10', 'LE')] } },
  ],
  [
    'programs by a tag',
    { type: 'Program', mObjCriteriaList: { mObjCriteria: [criterion('Tag Type', 'Region')] } },
  ],
  ['details of a page of programs', { type: 'Program', includeDetails: true }],
  [
    'a program by id and more',
    { type: 'Program', id: 1, mObjCriteriaList: { mObjCriteria: [criterion('Name', 'x')] } },
  ],
  [
    'a date that is none',
    { type: 'Program', mObjCriteriaList: { mObjCriteria: [criterion('Updated At', 'today', 'GE')] } },
  ],
])('getMObjects with %s is refused by rule', async (_, params) => {
  const { findings, ended, seen } = await get(params);

  expect(findings).toMatchObject([{ kind: 'refused', code: 1003 }]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code: 1003 });
  expect(seen).toEqual([]);
});

test.each([
  ['an unknown field', 'Nonsense', 1006],
  ['a field that is not searchable', 'Amount', 1003],
])('a filter by %s is refused by what the object is made of', async (_, name, code) => {
  const { findings, ended } = await get({ type: 'Opportunity', externalKey: { name, value: '1' } });

  expect(findings).toEqual([]);
  expect(ended?.fault).toMatchObject({ kind: 'decided', code });
});

const SPRING = {
  id: 1001,
  name: 'Spring',
  description: '',
  type: 'Default',
  channel: 'Content',
  workspace: 'Default',
  createdAt: '2026-01-02T03:04:05Z+0000',
  updatedAt: '2026-01-03T03:04:05Z+0000',
};

test('a program is read by its id with its channel, tags and costs', async () => {
  const tags = [{ tagType: 'Region', tagValue: 'North' }, { tagType: 'Half' }];
  const costs = [{ startDate: '2026-01-01T00:00:00Z+0000', cost: 200, note: 'print' }];

  const played = await get({ type: 'Program', id: 1001, includeDetails: true }, [
    { rows: [{ ...SPRING, tags, costs }] },
  ]);

  expect(requestsOf(played)).toEqual([{ line: 'GET /rest/asset/v1/program/1001.json', query: {}, body: '' }]);
  expect(payloadOf(played)).toEqual({
    returnCount: 1,
    hasMore: false,
    newStreamPosition: '',
    mObjectList: {
      mObject: [
        {
          type: 'Program',
          id: 1001,
          externalKey: null,
          createdAt: '2026-01-02T03:04:05Z',
          updatedAt: '2026-01-03T03:04:05Z',
          attribList: {
            attrib: [
              { name: 'Name', value: 'Spring' },
              { name: 'Type', value: 'Default' },
              { name: 'Workspace Name', value: 'Default' },
            ],
          },
          typeAttribList: {
            typeAttrib: [
              {
                attrType: 'Tag',
                attrList: {
                  attrib: [
                    { name: 'Type', value: 'Channel' },
                    { name: 'Value', value: 'Content' },
                  ],
                },
              },
              {
                attrType: 'Tag',
                attrList: {
                  attrib: [
                    { name: 'Type', value: 'Region' },
                    { name: 'Value', value: 'North' },
                  ],
                },
              },
              {
                attrType: 'Cost',
                attrList: {
                  attrib: [
                    { name: 'Month', value: '2026-01' },
                    { name: 'Amount', value: '200' },
                    { name: 'Note', value: 'print' },
                  ],
                },
              },
            ],
          },
          associationList: null,
        },
      ],
    },
  });
});

test('a program is read by its name, commas and all', async () => {
  const played = await get(
    { type: 'Program', mObjCriteriaList: { mObjCriteria: [criterion('Name', 'Spring, early')] } },
    [{ rows: [] }],
  );

  expect(requestsOf(played)).toEqual([
    {
      line: 'GET /rest/asset/v1/program/byName.json',
      query: { name: 'Spring, early', includeTags: 'true', includeCosts: 'true' },
      body: '',
    },
  ]);
});

test('a program that is not there is an empty answer, another refusal ends the read', async () => {
  const gone = await get({ type: 'Program', id: 9 }, [{ error: 702 }]);

  expect(payloadOf(gone)).toMatchObject({ returnCount: 0, mObjectList: null });
  expect((await get({ type: 'Program', id: 9 }, [{ error: 603 }])).ended?.fault).toMatchObject({ code: 603 });
});

test('all programs are read page by page', async () => {
  const page = Array.from({ length: 100 }, (_, index) => ({ id: index + 1, name: `p${index}` }));
  const first = await get({ type: 'Program' }, [{ rows: page }]);
  const second = await get({ type: 'Program', streamPosition: payloadOf(first).newStreamPosition ?? '' }, [
    { rows: [SPRING] },
  ]);

  expect(requestsOf(first)).toEqual([
    { line: 'GET /rest/asset/v1/programs.json', query: { maxReturn: '100', offset: '0' }, body: '' },
  ]);
  expect(payloadOf(first)).toMatchObject({ returnCount: 100, hasMore: true });
  expect(second.seen[0]?.query).toMatchObject({ offset: '100' });
  expect(payloadOf(second)).toMatchObject({ returnCount: 1, hasMore: false, newStreamPosition: '' });
});

test('programs by dates are narrowed down by Marketo and then here', async () => {
  const mObjCriteria = [
    criterion('Created At', '2026-01-01T00:00:00+01:00', 'GE'),
    criterion('Created At', '2026-01-31T00:00:00Z', 'LE'),
    criterion('Updated At', '2026-01-02T00:00:00Z', 'GE'),
    criterion('Updated At', '2026-02-28T00:00:00.500Z', 'LE'),
  ];
  const late = {
    ...SPRING,
    id: 2,
    createdAt: '2026-02-02T03:04:05Z+0000',
    updatedAt: '2026-02-02T03:04:05Z+0000',
  };

  const played = await get({ type: 'Program', mObjCriteriaList: { mObjCriteria } }, [
    { rows: [SPRING, late] },
  ]);

  expect(played.seen[0]?.query).toEqual({
    maxReturn: '100',
    offset: '0',
    earliestUpdatedAt: '2026-01-02T00:00:00Z',
    latestUpdatedAt: '2026-02-28T00:00:00Z',
  });
  expect(payloadOf(played)).toMatchObject({ returnCount: 1, mObjectList: { mObject: [{ id: 1001 }] } });
});

test('a row of programs without an id is no answer', async () => {
  const { ended } = await get({ type: 'Program', id: 9 }, [{ rows: [{ name: 'x' }] }]);

  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});

test.each<[string, Params]>([
  ['id', { type: 'Program', id: 1001, includeDetails: true }],
  [
    'name',
    {
      type: 'Program',
      includeDetails: true,
      mObjCriteriaList: { mObjCriteria: [criterion('Name', 'Spring')] },
    },
  ],
])('a program of another %s is no answer', async (_key, params) => {
  const { ended } = await get(params, [{ rows: [{ id: 1002, name: 'Autumn' }] }]);
  expect(ended?.fault).toMatchObject({ kind: 'unreadable', what: 'foreign' });
});
