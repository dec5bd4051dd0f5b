import { ANN_AND_BOB, attributes, type Case, FIRST_LEAD, job } from '../job.ts';

type Values = Readonly<Record<string, string>>;
type Wanted = 'INSERT' | 'UPDATE' | 'UPSERT';

const object = (keys: Values, values: Values = {}) => ({
  customObjKeyList: attributes(keys),
  customObjAttributeList: attributes(values),
});

const sync = (operation: Wanted, objTypeName: string, ...customObj: readonly ReturnType<typeof object>[]) =>
  job('syncCustomObjects', { objTypeName, operation, customObjList: { customObj: [...customObj] } });

const get = (objTypeName: string, keys: Values | null, include: readonly string[], batchSize?: number) =>
  job('getCustomObjects', {
    objTypeName,
    ...(keys === null ? {} : { customObjKeyList: attributes(keys) }),
    ...(batchSize === undefined ? {} : { batchSize }),
    includeAttributes: { stringItem: [...include] },
  });

const remove = (objTypeName: string, ...keys: readonly Values[]) =>
  job('deleteCustomObjects', { objTypeName, customObjKeyLists: { keyList: keys.map(attributes) } });

const show = (rid: string) => object({ MKTOID: String(FIRST_LEAD), rid }, { city: 'Bonn' });

export const customObjectCases: readonly Case[] = [
  {
    name: 'objects are made, changed, read and deleted',
    jobs: [
      sync('UPSERT', 'car_c', object({ vin: 'V1' }, { make: 'Audi', year: '2003' })),
      sync('INSERT', 'car_c', object({ vin: 'V1' }, { make: 'BMW' })),
      sync(
        'UPDATE',
        'car_c',
        object({ vin: 'V1' }, { color: 'red' }),
        object({ vin: 'V9' }, { color: 'red' }),
      ),
      sync('UPSERT', 'car_c', object({ vin: 'V2' }), object({ vin: 'V3' }, { nosuch: 'x' })),
      get('car_c', { vin: 'V1' }, ['make', 'year', 'color']),
      get('car_c', { vin: 'V7' }, ['make']),
      remove('car_c', { vin: 'V1' }, { vin: 'V7' }),
    ],
    shows: ['error-words', 'record-code', 'position'],
  },
  {
    name: 'objects of a lead',
    before: [...ANN_AND_BOB, sync('UPSERT', 'RoadShow', show('r1'), show('r2'), show('r3'))],
    jobs: [
      sync('UPSERT', 'RoadShow', show('r4')),
      get('RoadShow', { MKTOID: String(FIRST_LEAD), rid: 'r1' }, ['city']),
      get('RoadShow', { MKTOID: String(FIRST_LEAD) }, ['city'], 1),
      remove('RoadShow', { MKTOID: String(FIRST_LEAD), rid: 'r1' }),
    ],
    shows: ['remaining', 'position'],
  },
  {
    name: 'a type that there is not',
    jobs: [sync('UPSERT', 'NoSuchType', object({ vin: 'V1' })), get('NoSuchType', { vin: 'V1' }, ['make'])],
    shows: ['custom-type'],
  },
  {
    name: 'objects by what is no key, and all of them',
    before: [sync('UPSERT', 'car_c', object({ vin: 'V1' }, { make: 'Audi' }))],
    jobs: [get('car_c', { make: 'Audi' }, ['make']), get('car_c', null, ['make'])],
    shows: ['custom-get-key'],
  },
  {
    name: 'an attribute that is not there is asked for',
    before: [sync('UPSERT', 'car_c', object({ vin: 'V1' }, { make: 'Audi' }))],
    jobs: [get('car_c', { vin: 'V1' }, ['make', 'nosuch'])],
    shows: ['custom-include'],
  },
];
