import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attribute, call, textOf } from '../caller.ts';
import { errorCode, outcomes, rest } from '../rest-caller.ts';
import { type Face, startFace } from './face.ts';

let face: Face;
beforeEach(async () => {
  face = await startFace();
});
afterEach(() => face.close());

const CARS = '/rest/v1/customobjects/car_c';
const SHOWS = '/rest/v1/customobjects/roadShow_c';
const DEALS = '/rest/v1/opportunities';
const ROLES = '/rest/v1/opportunities/roles';

const sync = (base: string, input: unknown[], more: object = {}) =>
  face.post(`${base}.json`, { input, ...more });
const remove = (base: string, input: unknown[], more: object = {}) =>
  face.post(`${base}/delete.json`, { input, ...more });
const compound = (base: string, json: object) => rest(face, 'POST', `${base}.json?_method=GET`, { json });

describe('an object of a type of one’s own', () => {
  test('is created, updated and read by its key', async () => {
    const first = await sync(CARS, [{ vin: 'V1', year: '2003' }, { vin: 'V2' }]);
    expect(first.result).toMatchObject([
      { seq: 0, status: 'created', marketoGUID: expect.stringMatching(/^[\w-]{36}$/) },
      { seq: 1, status: 'created' },
    ]);
    expect(outcomes(await sync(CARS, [{ vin: 'V1', make: 'Saab' }]))).toEqual(['updated']);
    const found = await face.get(`${CARS}.json?filterType=vin&filterValues=V1,V9&fields=year,make,color`);
    const marketoGUID = first.result?.[0]?.['marketoGUID'];
    expect(found.result).toEqual([{ seq: 0, marketoGUID, year: 2003, make: 'Saab', color: null }]);
    const byId = await face.get(`${CARS}.json?filterType=idField&filterValues=${marketoGUID}`);
    expect(byId.result).toMatchObject([{ vin: 'V1', createdAt: '2026-11-22T18:00:00Z' }]);
    const page = await face.get(`${CARS}.json?filterType=vin&filterValues=V1,V2&batchSize=1`);
    const token = encodeURIComponent(page.nextPageToken ?? '');
    const next = await face.get(
      `${CARS}.json?filterType=vin&filterValues=V1,V2&batchSize=1&nextPageToken=${token}`,
    );
    expect([next.result?.[0]?.['vin'], next.nextPageToken]).toEqual(['V2', undefined]);
  });

  test('keeps to its action', async () => {
    const run = async (action: string) => outcomes(await sync(CARS, [{ vin: 'V1' }], { action }));
    expect(await run('updateOnly')).toEqual(['1013']);
    expect(await run('createOnly')).toEqual(['created']);
    expect(await run('createOnly')).toEqual(['1017']);
    expect(await run('updateOnly')).toEqual(['updated']);
  });

  test.each([
    ['an unknown field', { vin: 'V1', boots: 1 }, '1006'],
    ['a text for a number', { vin: 'V1', year: 'old' }, '1003'],
    ['no key', { make: 'Saab' }, '1003'],
  ])('skips a record with %s', async (_, record, code) => {
    expect(outcomes(await sync(CARS, [record]))).toEqual([code]);
  });

  test('skips the second of a key in one input', async () => {
    expect(outcomes(await sync(CARS, [{ vin: 'V1' }, { vin: 'V1' }]))).toEqual(['created', '1036']);
  });

  test.each([
    ['an unknown type', '/rest/v1/customobjects/boat_c', {}, '1013'],
    ['an unknown action', CARS, { action: 'replace' }, '1003'],
    ['an unknown dedupeBy', CARS, { dedupeBy: 'vin' }, '1003'],
    ['a new object by its id', CARS, { dedupeBy: 'idField' }, '1003'],
    ['no records', CARS, { input: [] }, '1003'],
  ])('is refused as a whole for %s', async (_, base, wrong, code) => {
    expect(errorCode(await face.post(`${base}.json`, { input: [{ vin: 'V1' }], ...wrong }))).toBe(code);
  });

  test('is updated by its id', async () => {
    const { result } = await sync(CARS, [{ vin: 'V1' }]);
    const marketoGUID = result?.[0]?.['marketoGUID'];
    const byId = { action: 'updateOnly', dedupeBy: 'idField' };
    expect(outcomes(await sync(CARS, [{ marketoGUID, make: 'Saab' }], byId))).toEqual(['updated']);
    expect(outcomes(await sync(CARS, [{ marketoGUID, vin: 'V2' }], byId))).toEqual(['1003']);
    expect((await face.get(`${CARS}.json?filterType=vin&filterValues=V1&fields=make`)).result).toMatchObject([
      { make: 'Saab' },
    ]);
  });

  test('is deleted once, by key fields alone', async () => {
    await sync(CARS, [{ vin: 'V1' }]);
    expect(outcomes(await remove(CARS, [{ vin: 'V1', make: 'Saab' }]))).toEqual(['1003']);
    expect(outcomes(await remove(CARS, [{ vin: 'V1' }]))).toEqual(['deleted']);
    expect(outcomes(await remove(CARS, [{ vin: 'V1' }]))).toEqual(['1013']);
  });

  test('of several keys is read by a compound key, and hangs on a lead that is there', async () => {
    const leadId = await face.lead('a@x');
    expect(
      outcomes(
        await sync(SHOWS, [
          { leadId, rid: 'r1', city: 'Oslo' },
          { leadId: 5, rid: 'r1' },
        ]),
      ),
    ).toEqual(['created', '1004']);
    const read = { filterType: 'dedupeFields', fields: ['city', 'leadId'], input: [{ leadId, rid: 'r1' }] };
    expect((await compound(SHOWS, read)).result).toMatchObject([{ seq: 0, city: 'Oslo', leadId }]);
    expect(errorCode(await compound(SHOWS, { ...read, input: [{ leadId }] }))).toBe('1003');
    expect(errorCode(await face.get(`${SHOWS}.json?filterType=dedupeFields&filterValues=r1`))).toBe('1003');
    expect((await face.get(`${SHOWS}.json?filterType=leadId&filterValues=${leadId}`)).result).toHaveLength(1);
  });

  test('is the same over SOAP, where the lead’s id is MKTOID', async () => {
    const leadId = await face.lead('a@x');
    await sync(SHOWS, [{ leadId, rid: 'r1', city: 'Oslo' }]);
    const params =
      '<objTypeName>RoadShow</objTypeName><customObjKeyList>' +
      `${attribute('MKTOID', String(leadId))}${attribute('rid', 'r1')}</customObjKeyList><includeAttributes/>`;
    const reply = await call(face, 'getCustomObjects', params, face.now);
    expect(reply.body).toContain(
      attribute('city', 'Oslo').replace('<attrValue>', '<attrType xsi:nil="true"/><attrValue>'),
    );
  });

  test('is described, and its type is listed', async () => {
    const [described] = (await face.get(`${SHOWS}/describe.json`)).result ?? [];
    expect(described).toMatchObject({
      name: 'roadShow_c',
      displayName: 'RoadShow',
      idField: 'marketoGUID',
      dedupeFields: ['leadId', 'rid'],
      relationships: [{ field: 'leadId', type: 'child', relatedTo: { name: 'Lead', field: 'Id' } }],
    });
    expect(described?.['fields']).toContainEqual({
      name: 'attendees',
      displayName: 'Attendees',
      dataType: 'integer',
      updateable: true,
    });
    const { result } = await face.get('/rest/v1/customobjects.json?names=car_c');
    expect(result).toMatchObject([{ name: 'car_c', displayName: 'Car' }]);
    expect(result?.[0]).not.toHaveProperty('fields');
  });
});

describe('an opportunity', () => {
  const deal = { externalOpportunityId: 'O1', name: 'Deal', amount: '10.5', isWon: true };

  test('is known by the id its caller gave it, and needs a name', async () => {
    expect(outcomes(await sync(DEALS, [deal, { externalOpportunityId: 'O2' }]))).toEqual(['created', '1003']);
    expect(outcomes(await sync(DEALS, [{ externalOpportunityId: 'O1', stage: 'Won' }]))).toEqual(['updated']);
    const query = 'filterType=externalOpportunityId&filterValues=O1&fields=name,amount,isWon,stage';
    expect((await face.get(`${DEALS}.json?${query}`)).result).toMatchObject([
      { name: 'Deal', amount: 10.5, isWon: true, stage: 'Won' },
    ]);
    expect(errorCode(await face.get(`${DEALS}.json?filterType=name&filterValues=Deal`))).toBe('1003');
    expect(outcomes(await remove(DEALS, [{ externalOpportunityId: 'O1' }]))).toEqual(['deleted']);
  });

  test('is the same over SOAP, where that id is an external key', async () => {
    await sync(DEALS, [deal]);
    const key = '<externalKey><name>externalOpportunityId</name><value>O1</value></externalKey>';
    const params = `<type>Opportunity</type>${key}<includeDetails>true</includeDetails>`;
    const reply = await call(face, 'getMObjects', params, face.now);
    expect([textOf(reply, 'returnCount'), textOf(reply, 'name')]).toEqual(['1', 'externalOpportunityId']);
    expect(reply.body).toContain('<name>Amount</name><value>10.5</value>');
  });

  test('has roles, between a lead and an opportunity that are there', async () => {
    await sync(DEALS, [deal]);
    const leadId = await face.lead('a@x');
    const role = { externalOpportunityId: 'O1', leadId, role: 'Buyer' };
    const wrong = [
      { ...role, leadId: 5 },
      { ...role, externalOpportunityId: 'O9' },
      { leadId, role: 'Buyer' },
    ];
    expect(outcomes(await sync(ROLES, [{ ...role, isPrimary: true }, ...wrong]))).toEqual([
      'created',
      '1004',
      '1013',
      '1003',
    ]);
    const found = await face.get(
      `${ROLES}.json?filterType=leadId&filterValues=${leadId}&fields=isPrimary,role`,
    );
    expect(found.result).toMatchObject([{ isPrimary: true, role: 'Buyer' }]);
    expect((await compound(ROLES, { filterType: 'dedupeFields', input: [role] })).result).toMatchObject([
      role,
    ]);
    expect(outcomes(await remove(ROLES, [role]))).toEqual(['deleted']);
    const [described] = (await face.get(`${ROLES}/describe.json`)).result ?? [];
    expect(described?.['dedupeFields']).toEqual(['externalOpportunityId', 'leadId', 'role']);
  });
});
