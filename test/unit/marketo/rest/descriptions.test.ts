import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../shared/kernel/clock.ts';
import { createDirectory } from '../../../../shared/marketo/rest/directory/create-directory.ts';
import { readKnownLeadFields } from '../../../../shared/marketo/rest/directory/lead-fields-copy.ts';
import { leadFieldsOf } from '../../../../shared/marketo/rest/leads/lead-fields.ts';
import {
  COMPANY_FIELDS,
  STANDARD_LEAD_FIELDS,
  standardSoapName,
} from '../../../../shared/marketo/rest/leads/standard-lead-fields.ts';
import { askingOf, marketoError, memoryStore } from '../../../support/asking.ts';

function world() {
  const time = { now: Date.parse('2026-11-26T12:00:00Z') };
  const store = memoryStore();
  const clock = () => time.now;
  const open = (over: { host?: string; clientId?: string } = {}) =>
    createDirectory({
      store,
      clock,
      host: 'a.mktorest.example.com',
      clientId: 'client-1',
      onStoreTrouble: () => undefined,
      ...over,
    });
  const known = () => readKnownLeadFields({ store, clock });
  return { time, open, known, directory: open() };
}

const nobody = askingOf(() => {
  throw new Error('nothing is asked for');
});

const ROWS = [
  { id: 1, displayName: 'First Name', dataType: 'string', rest: { name: 'firstName', readOnly: false } },
  {
    id: 2,
    displayName: 'Birth Day',
    dataType: 'date',
    rest: { name: 'dateOfBirth', readOnly: false },
    soap: { name: 'DateofBirth', readOnly: false },
  },
  {
    id: 3,
    displayName: 'Region',
    dataType: 'string',
    rest: { name: 'region__c', readOnly: true },
    soap: { name: 'SalesRegion' },
  },
  { id: 4, displayName: 'Only SOAP', dataType: 'string', soap: { name: 'OnlySoap' } },
  { id: 5, displayName: 'Region', dataType: 'string', rest: { name: 'region' } },
];

describe('the fields of leads', () => {
  test('are those with a REST name, with the SOAP name Marketo says or once said', async () => {
    const { directory } = world();
    const { all } = await directory.leadFields(askingOf(() => ROWS));
    expect(all).toEqual([
      {
        rest: 'firstName',
        soap: 'FirstName',
        displayName: 'First Name',
        dataType: 'string',
        readOnly: false,
      },
      {
        rest: 'dateOfBirth',
        soap: 'DateofBirth',
        displayName: 'Birth Day',
        dataType: 'date',
        readOnly: false,
      },
      { rest: 'region__c', soap: 'SalesRegion', displayName: 'Region', dataType: 'string', readOnly: true },
      { rest: 'region', soap: null, displayName: 'Region', dataType: 'string', readOnly: false },
    ]);
  });

  test('are found by SOAP name, shown name and REST name, exactly first, then without case', async () => {
    const { directory } = world();
    const fields = await directory.leadFields(askingOf(() => ROWS));
    const named = (name: string) => fields.bySoapName(name)?.rest ?? null;
    expect(['DateofBirth', 'Birth Day', 'dateOfBirth', 'DATEOFBIRTH', 'birth day'].map(named)).toEqual(
      Array(5).fill('dateOfBirth'),
    );
    expect(named('Region')).toBe('region');
    expect(named('SALESREGION')).toBe('region__c');
    expect(named('noSuch')).toBeNull();
    expect(named('__proto__')).toBeNull();
    expect(fields.byRestName('region__c')?.soap).toBe('SalesRegion');
    expect(fields.byRestName('Region__c')).toBeNull();
  });

  test('that several are called is none of them', () => {
    const field = { soap: null, dataType: 'string', readOnly: false };
    const fields = leadFieldsOf([
      { ...field, rest: 'a', displayName: 'Same' },
      { ...field, rest: 'b', displayName: 'Same' },
      { ...field, rest: 'c', displayName: 'Other' },
      { ...field, rest: 'd', displayName: 'OTHER' },
    ]);
    expect(fields.bySoapName('Same')).toBeNull();
    expect(fields.bySoapName('same')).toBeNull();
    expect(fields.bySoapName('Other')?.rest).toBe('c');
    expect(fields.bySoapName('other')).toBeNull();
  });

  test('that look like a name are at most three, by the name a job would write', async () => {
    const fields = leadFieldsOf(STANDARD_LEAD_FIELDS);
    expect(fields.nearest('FristName')[0]).toBe('FirstName');
    expect(fields.nearest('BillingCty').length).toBeLessThanOrEqual(3);
    expect(fields.nearest('completelyOther')).toEqual([]);
  });

  test('are asked for once a day, and after ten minutes where a name is not among them', async () => {
    const { time, directory, open } = world();
    const asking = askingOf(() => ROWS);
    await Promise.all(Array.from({ length: 5 }, () => directory.leadFields(asking)));
    time.now += 10 * MINUTE_MS - 1;
    await directory.leadFields(asking, { fresh: true });
    expect(asking.requests).toHaveLength(1);
    time.now += 1;
    await directory.leadFields(asking, { fresh: true });
    await open().leadFields(asking, { fresh: true });
    expect(asking.requests).toHaveLength(2);
    time.now += DAY_MS - 1;
    await directory.leadFields(asking);
    expect(asking.requests).toHaveLength(2);
    time.now += 1;
    await directory.leadFields(asking);
    expect(asking.requests).toHaveLength(3);
  });

  test('are the standard ones where Marketo refuses to say, said so, and asked for again within the hour', async () => {
    const { time, directory, open, known } = world();
    const refusing = askingOf(() => marketoError(603));
    const fields = await directory.leadFields(refusing);
    expect(fields.bySoapName('SICCode')?.rest).toBe('sicCode');
    expect(await known()).toMatchObject({ standard: true });
    time.now += HOUR_MS - 1;
    await open().leadFields(refusing);
    expect(refusing.requests).toHaveLength(1);
    time.now += 1;
    await directory.leadFields(askingOf(() => ROWS));
    expect(await known()).toMatchObject({ standard: false, at: time.now });
  });

  test('are a copy of a week while Marketo is in trouble, and never the standard ones', async () => {
    const { time, directory, open } = world();
    await directory.leadFields(askingOf(() => ROWS));
    time.now += 6 * DAY_MS;
    const troubled = askingOf(() => marketoError(611));
    expect((await directory.leadFields(troubled)).bySoapName('SalesRegion')).not.toBeNull();
    expect((await directory.leadFields(troubled)).bySoapName('SalesRegion')).not.toBeNull();
    expect(troubled.requests).toHaveLength(1);
    time.now += DAY_MS;
    await expect(open().leadFields(troubled)).rejects.toMatchObject({ fault: { code: 611 } });
  });

  test('are no old copy for a name that it lacks: that Marketo could not be asked is no verdict', async () => {
    const { time, open, directory } = world();
    await directory.leadFields(askingOf(() => ROWS));
    const trouble = askingOf(() => marketoError(611));
    time.now += 11 * MINUTE_MS;
    const fresh = { fresh: true };
    for (const one of [directory, open()])
      await expect(one.leadFields(trouble, fresh)).rejects.toMatchObject({ fault: { code: 611 } });
    time.now += DAY_MS;
    expect((await directory.leadFields(trouble)).all).not.toHaveLength(0);
    await expect(directory.leadFields(trouble, fresh)).rejects.toMatchObject({ fault: { code: 611 } });
  });

  test.each([606, 607, 615])('are not an old copy where Marketo asks to wait: %i', async (code) => {
    const { time, directory } = world();
    await directory.leadFields(askingOf(() => ROWS));
    time.now += 2 * DAY_MS;
    await expect(directory.leadFields(askingOf(() => marketoError(code)))).rejects.toMatchObject({
      fault: { code },
    });
  });

  test.each([[[]], [['x']], [[{ rest: 5 }]]])('are not what a foreign reply says: %j', async (rows) => {
    const { directory } = world();
    await expect(directory.leadFields(askingOf(() => rows))).rejects.toMatchObject({
      fault: { kind: 'unreadable' },
    });
  });

  test('that no copy tells are unknown without a call', async () => {
    expect(await world().known()).toBeNull();
  });

  test.each([[{ clientId: 'client-2' }], [{ host: 'b.example.com' }]])(
    'are not those of another client or instance, and are read from outside without knowing either: %j',
    async (other) => {
      const { directory, open, known } = world();
      await directory.leadFields(askingOf(() => ROWS));
      const others = askingOf(() => ROWS.slice(0, 1));
      expect((await open(other).leadFields(others)).bySoapName('SalesRegion')).toBeNull();
      expect((await known())?.fields.all).toHaveLength(1);
      expect((await open().leadFields(askingOf(() => ROWS))).bySoapName('SalesRegion')).not.toBeNull();
      expect((await known())?.fields.bySoapName('SalesRegion')).not.toBeNull();
    },
  );

  test('that cannot be read are trouble of whoever asks from outside', async () => {
    const store = { ...memoryStore(), read: () => Promise.reject(new Error('no table')) };
    await expect(readKnownLeadFields({ store, clock: () => 0 })).rejects.toThrow('no table');
  });
});

describe('standard fields', () => {
  test('have the SOAP names of Adobe’s list, small first letter or not', () => {
    const bySoap = new Map(STANDARD_LEAD_FIELDS.map((field) => [field.soap, field.rest]));
    expect(bySoap.get('DateofBirth')).toBe('dateOfBirth');
    expect(bySoap.get('Marketo Jigsaw Contact Id')).toBe('jigsawContactId');
    expect(standardSoapName('createdAt')).toBeNull();
    expect(standardSoapName('constructor')).toBeNull();
    expect(new Set(STANDARD_LEAD_FIELDS.map(({ rest }) => rest)).size).toBe(STANDARD_LEAD_FIELDS.length);
  });

  test('of companies are all among them', () => {
    const rest = new Set(STANDARD_LEAD_FIELDS.map((field) => field.rest));
    expect([...COMPANY_FIELDS].filter((name) => !rest.has(name))).toEqual([]);
  });
});

const CAR = {
  name: 'car_c',
  displayName: 'Car',
  idField: 'marketoGUID',
  dedupeFields: ['vin'],
  searchableFields: [['vin'], ['marketoGUID']],
  relationships: [{ field: 'ownerId', type: 'child', relatedTo: { name: 'Lead', field: 'Id' } }],
  fields: [
    { name: 'vin', displayName: 'VIN', dataType: 'string', length: 255, updateable: false },
    { name: 'ownerId', displayName: 'Owner', dataType: 'integer', updateable: true },
  ],
  createdAt: '2026-01-02T03:04:05Z',
};

describe('an object type', () => {
  const marketo = (types: readonly unknown[] = [CAR, { name: 'bike_c', displayName: 'Bike' }]) =>
    askingOf(({ endpoint }) => (endpoint === 'customObjectTypes' ? types : [CAR]));

  test.each(['car_c', 'Car', 'CAR_C', 'car'])('is found as %s', async (name) => {
    const { directory } = world();
    const asking = marketo();
    expect(await directory.customObject(asking, name)).toEqual({
      name: 'car_c',
      displayName: 'Car',
      idField: 'marketoGUID',
      dedupeFields: ['vin'],
      searchableFields: [['vin'], ['marketoGUID']],
      fields: [
        { name: 'vin', displayName: 'VIN', dataType: 'string', length: 255, readOnly: true },
        { name: 'ownerId', displayName: 'Owner', dataType: 'integer', length: null, readOnly: false },
      ],
      leadField: 'ownerId',
      createdAt: '2026-01-02T03:04:05Z',
      updatedAt: null,
    });
    expect(asking.requests[1]).toMatchObject({ endpoint: 'describeCustomObject', path: { name: 'car_c' } });
    await directory.customObject(nobody, name);
  });

  test('that is unknown is looked for again after ten minutes', async () => {
    const { time, directory } = world();
    const asking = marketo();
    const find = () => directory.customObject(asking, 'Boat');
    await expect(find()).rejects.toMatchObject({ fault: { kind: 'decided', code: 1013 } });
    await expect(find()).rejects.toMatchObject({ fault: { code: 1013 } });
    expect(asking.requests).toHaveLength(1);
    time.now += 10 * MINUTE_MS;
    await expect(find()).rejects.toMatchObject({ fault: { code: 1013 } });
    expect(asking.requests).toHaveLength(2);
  });

  test('that several are called is none of them', async () => {
    const { directory } = world();
    const asking = marketo([CAR, { name: 'car2_c', displayName: 'Car' }]);
    await expect(directory.customObject(asking, 'Car')).rejects.toMatchObject({ fault: { code: 1003 } });
  });

  test('of opportunities and roles is described under its own address', async () => {
    const { directory } = world();
    const described = { ...CAR, name: 'opportunityRole', relationships: [], fields: [{ name: 'leadId' }] };
    const asking = askingOf(() => [described]);
    expect(await directory.role(asking)).toMatchObject({ leadField: 'leadId' });
    expect(await directory.opportunity(askingOf(() => [{ ...CAR, relationships: null }]))).toMatchObject({
      leadField: null,
    });
    expect(asking.requests[0]?.endpoint).toBe('describeRoles');
  });

  test('that is not described is not found', async () => {
    const { directory } = world();
    await expect(directory.opportunity(askingOf(() => []))).rejects.toMatchObject({ fault: { code: 1013 } });
    await expect(directory.role(askingOf(() => [{ name: 'x' }]))).rejects.toMatchObject({
      fault: { kind: 'unreadable' },
    });
  });
});

describe('types of activities', () => {
  test('are asked for once a day', async () => {
    const { directory, open } = world();
    const asking = askingOf(() => [
      {
        id: 1,
        name: 'Visit Webpage',
        primaryAttribute: { name: 'Webpage ID' },
        attributes: [{ name: 'Query' }],
      },
      { id: 2, name: 'Fill Out Form' },
    ]);
    const types = [
      { id: 1, name: 'Visit Webpage', primaryAttribute: 'Webpage ID', attributes: ['Query'] },
      { id: 2, name: 'Fill Out Form', primaryAttribute: null, attributes: [] },
    ];
    expect(await directory.activityTypes(asking)).toEqual(types);
    expect(await open().activityTypes(nobody)).toEqual(types);
  });
});
