import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CallEnded } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { ENDPOINTS, endpointOf } from '../../../../shared/marketo/rest/call/endpoints.ts';
import { buildRequest, type PathParts, type Query } from '../../../../shared/marketo/rest/call/request.ts';

const refusal = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof CallEnded) return error.fault.message;
    throw error;
  }
  throw new Error('it was built');
};

describe('a path', () => {
  test('has digits or an api name in it', () => {
    const endpoint = endpointOf('describeCustomObject');
    expect(buildRequest(endpoint, { path: { name: 'car_c' } }).path).toBe(
      '/rest/v1/customobjects/car_c/describe.json',
    );
    expect(buildRequest(endpointOf('addToList'), { path: { id: 501 } }).path).toBe(
      '/rest/v1/lists/501/leads.json',
    );
  });

  test.each(['..', '.', '', 'a/b', 'a%2fb', 'a b', 'a?b', 'a#b', 'ä', '-1', '1.5', 'a\n'])(
    'has no %j in it, which would lead elsewhere',
    (name) => {
      const make = () => buildRequest(endpointOf('describeCustomObject'), { path: { name } });
      expect(refusal(make)).toContain('cannot be part of an address');
    },
  );

  test('lacks no part, and takes none from a prototype', () => {
    const endpoint = { ...endpointOf('describeCustomObject'), path: '/rest/v1/{constructor}.json' };
    expect(refusal(() => buildRequest(endpoint, {}))).toContain('cannot be part of an address');
  });

  test('of whatever parts stays below its endpoint', () => {
    const parts = fc.dictionary(
      fc.constantFrom('id', 'name'),
      fc.oneof(fc.string(), fc.integer(), fc.constantFrom('..', '%2e%2e')),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(ENDPOINTS)), parts, (endpoint, path) => {
        const built = attempt(() => buildRequest(endpoint, { path: path as PathParts }));
        if (built === null) return;
        const form = new RegExp(
          `^${endpoint.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[A-Za-z0-9_]+')}$`,
        );
        expect(new URL(`https://a.example${built.path}`).pathname).toBe(built.path);
        expect(built.path).toMatch(form);
      }),
    );
  });
});

function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof CallEnded) return null;
    throw error;
  }
}

describe('a query', () => {
  const leads = endpointOf('leads');

  test('is encoded, lists with commas between', () => {
    const query: Query = {
      filterType: 'email',
      filterValues: ['a+b@x.example', 'ü &='],
      batchSize: 300,
      skip: undefined,
    };
    expect(buildRequest(leads, { query })).toMatchObject({
      method: 'GET',
      query: 'filterType=email&filterValues=a%2Bb%40x.example%2C%C3%BC%20%26%3D&batchSize=300',
      body: '',
    });
  });

  test('has no value with a comma, which would be two', () => {
    const make = () => buildRequest(leads, { query: { filterValues: ['12,13'] } });
    expect(refusal(make)).toContain('REST reads a value with a comma as two');
  });

  test('too long for an address goes as the form of a POST', () => {
    const filterValues = Array.from({ length: 300 }, (_, number) => `person-${number}@acme.example.com`);
    const built = buildRequest(leads, { query: { filterType: 'email', filterValues } });
    expect(built).toMatchObject({
      method: 'POST',
      query: '_method=GET',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(new URLSearchParams(built.body).get('filterValues')?.split(',')).toEqual(filterValues);
  });

  test('too long for an asset is refused: those take no POST for a GET', () => {
    const make = () => buildRequest(endpointOf('programByName'), { query: { name: 'x'.repeat(7_000) } });
    expect(refusal(make)).toContain('Marketo takes 8 KB');
  });

  test('of whatever values reads back as they were, and is short or a form', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.array(fc.string({ unit: 'binary' })),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (query) => {
        const built = attempt(() => buildRequest(leads, { query }));
        if (built === null) return;
        expect(built.query.length).toBeLessThan(8_000);
        const read = new URLSearchParams(built.query === '_method=GET' ? built.body : built.query);
        const wanted = Object.entries(query).map(([name, one]) => [
          name.toWellFormed(),
          String(one).toWellFormed(),
        ]);
        expect([...read]).toEqual(wanted);
      }),
    );
  });
});

describe('a body', () => {
  test('is JSON that keeps a name like __proto__', () => {
    const record = Object.assign(Object.create(null), { email: 'a@x.example' });
    Object.defineProperty(record, '__proto__', { value: 'x', enumerable: true });
    const built = buildRequest(endpointOf('syncLeads'), { json: { input: [record] } });
    expect(built.body).toBe('{"input":[{"email":"a@x.example","__proto__":"x"}]}');
    expect(built).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
  });

  test('over a megabyte is refused', () => {
    const make = () => buildRequest(endpointOf('syncLeads'), { json: { input: ['x'.repeat(1_000_000)] } });
    expect(refusal(make)).toContain('Marketo takes 1 MB');
  });

  test('of a form is one', () => {
    const built = buildRequest(endpointOf('updateProgram'), {
      path: { id: 1 },
      form: { costs: '[{"cost":1}]', a: 'b&c=d' },
    });
    expect(built.body).toBe('costs=%5B%7B%22cost%22%3A1%7D%5D&a=b%26c%3Dd');
  });

  test('of a file is multipart, the text as it is', () => {
    const built = buildRequest(endpointOf('importLeads'), {
      query: { format: 'csv' },
      file: { boundary: 'b0undary', text: 'email\na@x.example' },
    });
    expect(built).toMatchObject({
      path: '/bulk/v1/leads.json',
      headers: { 'content-type': 'multipart/form-data; boundary=b0undary' },
    });
    expect(built.body).toMatch(/^--b0undary\r\n[\s\S]*\r\n\r\nemail\na@x\.example\r\n--b0undary--\r\n$/);
  });
});
