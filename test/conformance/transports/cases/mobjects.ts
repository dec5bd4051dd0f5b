import { ANN_AND_BOB, attribs, type Case, FIRST_LEAD, job } from '../job.ts';

const KEY = 'externalOpportunityId';

const opportunity = (key: string, values: Readonly<Record<string, string>> = { Name: 'Big' }) => ({
  type: 'Opportunity',
  externalKey: { name: KEY, value: key },
  attribList: attribs(values),
});

const role = (values: Readonly<Record<string, string>> = { Role: 'Buyer' }) => ({
  type: 'OpportunityPersonRole',
  attribList: attribs(values),
  associationList: {
    mObjAssociation: [
      { mObjType: 'Lead', id: FIRST_LEAD },
      { mObjType: 'Opportunity', externalKey: { name: KEY, value: 'O1' } },
    ],
  },
});

type Wanted = 'INSERT' | 'UPDATE' | 'UPSERT';

const sync = (operation: Wanted, ...mObject: readonly object[]) =>
  job('syncMObjects', { operation, mObjectList: { mObject: mObject as never } });

const remove = (...mObject: readonly object[]) =>
  job('deleteMObjects', { mObjectList: { mObject: mObject as never } });

const get = (type: string, over: object = {}) => job('getMObjects', { type, ...over });

const byKey = (value: string) => ({ externalKey: { name: KEY, value } });
const ofLead = { mObjAssociationList: { mObjAssociation: [{ mObjType: 'Lead', id: FIRST_LEAD }] } };

export const mObjectCases: readonly Case[] = [
  {
    name: 'objects are listed and described',
    jobs: [
      job('listMObjects', {}),
      job('describeMObject', { objectName: 'LeadRecord' }),
      job('describeMObject', { objectName: 'Opportunity' }),
      job('describeMObject', { objectName: 'OpportunityPersonRole' }),
      job('describeMObject', { objectName: 'No Such Object' }),
    ],
    shows: ['describe-words', 'describe-fields', 'codes'],
  },
  {
    name: 'activities are described',
    jobs: [job('describeMObject', { objectName: 'ActivityRecord' })],
    shows: ['describe-activity'],
  },
  {
    name: 'opportunities and roles are made, changed, read and deleted',
    before: ANN_AND_BOB,
    jobs: [
      sync('UPSERT', opportunity('O1', { Name: 'Big', Amount: '10' })),
      sync('UPSERT', opportunity('O1', { Amount: '11' }), opportunity('O2', { Name: 'Small' })),
      sync('UPSERT', opportunity('O1'), opportunity('O3', { NoSuchField: 'x' })),
      sync('UPDATE', opportunity('O9')),
      sync('UPSERT', role()),
      get('Opportunity', { ...byKey('O1'), includeDetails: true }),
      get('Opportunity', byKey('O9')),
      get('OpportunityPersonRole', { ...ofLead, includeDetails: true }),
      remove({ type: 'Opportunity', ...byKey('O2') }),
      remove({ type: 'Opportunity', ...byKey('O2') }),
    ],
    shows: ['mobject-id', 'mobject-attributes', 'role-links', 'error-words', 'record-code'],
  },
  {
    name: 'details that nobody asked for',
    before: [sync('UPSERT', opportunity('O1'))],
    jobs: [get('Opportunity', byKey('O1'))],
    shows: ['mobject-details'],
  },
  {
    name: 'an opportunity by its id',
    before: [sync('UPSERT', opportunity('O1'))],
    jobs: [get('Opportunity', { id: 1_000_005 })],
    shows: ['mobject-by-id'],
  },
  {
    name: 'an opportunity by a key of one’s own, and by none',
    jobs: [
      sync('UPSERT', { ...opportunity('O1'), externalKey: { name: 'Crm Id', value: '7' } }),
      sync('INSERT', { type: 'Opportunity', attribList: attribs({ Name: 'Big' }) }),
    ],
    shows: ['opportunity-key'],
  },
  {
    name: 'a role without its name',
    before: [...ANN_AND_BOB, sync('UPSERT', opportunity('O1'))],
    jobs: [sync('INSERT', role({ IsPrimary: 'true' }))],
    shows: ['role-key'],
  },
  {
    name: 'an opportunity of a company',
    jobs: [
      sync('UPSERT', {
        ...opportunity('O1'),
        associationList: { mObjAssociation: [{ mObjType: 'Company', id: 5 }] },
      }),
    ],
    shows: ['opportunity-company'],
  },
  {
    name: 'an opportunity is inserted twice',
    jobs: [sync('INSERT', opportunity('O1')), sync('INSERT', opportunity('O1'))],
    shows: ['insert-again'],
  },
  {
    name: 'an opportunity without a name',
    jobs: [sync('UPSERT', opportunity('O1', { Amount: '10' }))],
    shows: ['opportunity-name'],
  },
  {
    name: 'filters that REST has not',
    before: [sync('UPSERT', opportunity('O1'))],
    jobs: [
      get('Opportunity'),
      get('Opportunity', {
        mObjCriteriaList: { mObjCriteria: [{ attrName: 'Name', comparison: 'NE', attrValue: 'Big' }] },
      }),
    ],
    shows: ['get-filter'],
  },
  {
    name: 'the opportunities of a lead',
    before: [...ANN_AND_BOB, sync('UPSERT', opportunity('O1')), sync('UPSERT', role())],
    jobs: [get('Opportunity', ofLead)],
    shows: ['get-by-lead'],
  },
];
