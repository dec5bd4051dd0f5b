import { ANN_AND_BOB, attribs, attributes, FIRST_LEAD, type Job, job } from '../../transports/job.ts';
import type { Mix } from '../mix.ts';

type Values = Readonly<Record<string, string>>;
type Wanted = 'INSERT' | 'UPDATE' | 'UPSERT';

const car = (vin: string, values: Values = { make: 'Audi' }) => ({
  customObjKeyList: attributes({ vin }),
  customObjAttributeList: attributes(values),
});

const show = (rid: string, lead = FIRST_LEAD) => ({
  customObjKeyList: attributes({ MKTOID: String(lead), rid }),
  customObjAttributeList: attributes({ city: 'Bonn' }),
});

const sync = (operation: Wanted, objTypeName: string, ...customObj: readonly ReturnType<typeof car>[]): Job =>
  job('syncCustomObjects', { objTypeName, operation, customObjList: { customObj: [...customObj] } });

const remove = (objTypeName: string, ...keys: readonly Values[]): Job =>
  job('deleteCustomObjects', { objTypeName, customObjKeyLists: { keyList: keys.map(attributes) } });

const customObjectMixes: readonly Mix[] = [
  {
    name: 'objects are made and changed, some of them in vain',
    before: [sync('UPSERT', 'car_c', car('V1'))],
    jobs: [
      sync('UPSERT', 'car_c', car('V1', { color: 'red' }), car('V2')),
      sync('UPSERT', 'car_c', car('V3', { nosuch: 'x' })),
      sync('UPSERT', 'car_c', car('V4'), car('V5', { nosuch: 'x' }), car('V6')),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'objects are changed, some of which there are not',
    before: [sync('UPSERT', 'car_c', car('V1'))],
    jobs: [sync('UPDATE', 'car_c', car('V1', { color: 'red' })), sync('UPDATE', 'car_c', car('V9'))],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'each object is refused',
    jobs: [
      sync('UPSERT', 'car_c', car('V1', { nosuch: 'x' })),
      sync('UPSERT', 'car_c', car('V2', { nosuch: 'y' })),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'objects that are inserted, and what else goes alone',
    jobs: [
      sync('INSERT', 'car_c', car('V1')),
      sync('INSERT', 'car_c', car('V2')),
      sync('UPSERT', 'car_c', { ...car('V3'), customObjKeyList: attributes({}) }),
      sync('UPDATE', 'car_c', { ...car('V4'), customObjKeyList: attributes({}) }),
      sync('UPDATE', 'car_c', { ...car('V4'), customObjKeyList: attributes({}) }),
    ],
    calls: { soap: 5, rest: 5 },
  },
  {
    name: 'one object twice',
    jobs: [
      sync('UPSERT', 'car_c', car('V1', { make: 'Audi' })),
      sync('UPSERT', 'car_c', car('V2')),
      sync('UPSERT', 'car_c', car('V1', { make: 'BMW' })),
    ],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'objects of leads, of which those of one lead go apart',
    before: ANN_AND_BOB,
    jobs: [
      sync('UPSERT', 'RoadShow', show('r1')),
      sync('UPSERT', 'RoadShow', show('r2', FIRST_LEAD + 1)),
      sync('UPSERT', 'RoadShow', show('r3')),
    ],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'objects are deleted, some of which there are not',
    before: [sync('UPSERT', 'car_c', car('V1'), car('V2'), car('V3'))],
    jobs: [
      remove('car_c', { vin: 'V1' }),
      remove('car_c', { vin: 'V9' }, { vin: 'V2' }),
      remove('car_c', { vin: '8' }),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'a key that there is not',
    jobs: [remove('car_c', { nosuch: 'V1' }), remove('car_c', { nosuch: 'V2' })],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'objects of a type that there is not',
    jobs: [sync('UPSERT', 'NoSuchType', car('V1')), sync('UPSERT', 'NoSuchType', car('V2'))],
    calls: { soap: 3, rest: 3 },
  },
];

const KEY = 'externalOpportunityId';

const opportunity = (key: string, values: Values = { Name: 'Big' }) => ({
  type: 'Opportunity',
  externalKey: { name: KEY, value: key },
  attribList: attribs(values),
});

const role = (key: string, lead: number, values: Values = { Role: 'Buyer' }) => ({
  type: 'OpportunityPersonRole',
  attribList: attribs(values),
  associationList: {
    mObjAssociation: [
      { mObjType: 'Lead', id: lead },
      { mObjType: 'Opportunity', externalKey: { name: KEY, value: key } },
    ],
  },
});

const write = (operation: Wanted, ...mObject: readonly object[]): Job =>
  job('syncMObjects', { operation, mObjectList: { mObject: mObject as never } });

const erase = (...mObject: readonly object[]): Job =>
  job('deleteMObjects', { mObjectList: { mObject: mObject as never } });

const byKey = (value: string) => ({ type: 'Opportunity', externalKey: { name: KEY, value } });

const mObjectMixes: readonly Mix[] = [
  {
    name: 'opportunities are made and changed, some of them in vain',
    before: [write('UPSERT', opportunity('O1'))],
    jobs: [
      write('UPSERT', opportunity('O1', { Name: 'Bigger', Amount: '11' })),
      write('UPSERT', opportunity('O2'), opportunity('O3', { Name: 'x', NoSuchField: 'x' })),
      write('UPSERT', opportunity('O4', { NoSuchField: 'x' })),
      write('UPSERT', opportunity('O5')),
    ],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'opportunities are changed, some of which there are not',
    before: [write('UPSERT', opportunity('O1'))],
    jobs: [write('UPDATE', opportunity('O1', { Amount: '12' })), write('UPDATE', opportunity('O9'))],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'opportunities are deleted, some of which there are not',
    before: [write('UPSERT', opportunity('O1'), opportunity('O2'))],
    jobs: [erase(byKey('O1')), erase(byKey('O9')), erase(byKey('O2'))],
    calls: { soap: 1, rest: 1 },
  },
  {
    name: 'roles are changed, of which those of one opportunity go apart',
    before: [
      ...ANN_AND_BOB,
      write('UPSERT', opportunity('O1'), opportunity('O2')),
      write('INSERT', role('O1', FIRST_LEAD)),
      write('INSERT', role('O2', FIRST_LEAD + 1)),
    ],
    jobs: [
      write('UPDATE', role('O1', FIRST_LEAD, { Role: 'Buyer', IsPrimary: 'true' })),
      write('UPDATE', role('O2', FIRST_LEAD + 1, { Role: 'Buyer', IsPrimary: 'true' })),
      write('UPDATE', role('O1', FIRST_LEAD + 1, { Role: 'Seller' })),
    ],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'opportunities that go by other keys, and what else goes alone',
    before: [write('UPSERT', opportunity('O1'))],
    jobs: [
      write('UPSERT', { ...opportunity('O2'), externalKey: { name: 'Crm Id', value: '7' } }),
      write('UPSERT', { ...opportunity('O3'), externalKey: { name: 'Crm Id', value: '8' } }),
      write('UPSERT', opportunity('O4')),
      write('INSERT', opportunity('O5')),
      write('UPDATE', { type: 'Program', id: 2001, typeAttribList: { typeAttrib: [] } }),
      write('UPSERT', opportunity('O6'), role('O6', FIRST_LEAD)),
    ],
    calls: { soap: 5, rest: 7 },
  },
  {
    name: 'objects of a type that nobody has',
    jobs: [
      write('UPSERT', { ...opportunity('O1'), type: 'NoSuchType' }),
      write('UPSERT', { ...opportunity('O2'), type: 'NoSuchType' }),
    ],
    calls: { soap: 2, rest: 2 },
  },
  {
    name: 'an opportunity that rules refuse over REST, among others',
    jobs: [
      write('UPSERT', opportunity('O1')),
      write('UPSERT', {
        ...opportunity('O2'),
        associationList: { mObjAssociation: [{ mObjType: 'Lead', id: 5 }] },
      }),
      write('UPSERT', opportunity('O3')),
    ],
    calls: { soap: 2, rest: 2 },
  },
];

export const objectMixes: readonly Mix[] = [...customObjectMixes, ...mObjectMixes];
