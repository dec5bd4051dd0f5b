import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPERATION_NAMES } from '../../../shared/marketo/operations/operation-names.ts';
import {
  isUnsafe,
  leadKeysOf,
  OPERATIONS,
  type OperationName,
  validateParams,
} from '../../../shared/marketo/operations/registry.ts';
import { freightOf, packed, unpacked } from '../../../shared/marketo/packing/packing.ts';
import { REST_BOUNDS } from '../../../shared/marketo/rest/packing-bounds.ts';
import { SOAP_BOUNDS } from '../../../shared/marketo/soap/packing-bounds.ts';
import type { Call, RecordOutcome } from '../../../shared/marketo/transport.ts';
import { paramsArbitrary } from '../../support/params-arbitrary.ts';

const BOUNDS = [SOAP_BOUNDS, REST_BOUNDS] as const;

const anyCall: fc.Arbitrary<Call> = fc.constantFrom(...OPERATION_NAMES).chain((operation: OperationName) =>
  fc.record({
    operation: fc.constant(operation),
    params: paramsArbitrary(OPERATIONS[operation].params),
    workspace: fc.constantFrom(null, 'Default', 'Europe'),
  }),
) as fc.Arbitrary<Call>;

const text = fc.constantFrom(
  'a@x.example',
  'A@x.example ',
  'á@x.example',
  'b@x.example',
  'c,d@x.example',
  '',
);
const idText = fc.constantFrom('1', '01', '2', '3', '4', 'x');
const leadKey = fc.oneof(
  fc.record({ keyType: fc.constant('EMAIL' as const), keyValue: text.filter((value) => value !== '') }),
  fc.record({ keyType: fc.constant('IDNUM' as const), keyValue: idText }),
);
const leadKeys = fc.array(leadKey, { minLength: 1, maxLength: 3 });

const leadRecord = fc.record(
  {
    Id: fc.constantFrom(1, 2, 3),
    Email: text,
    leadAttributeList: fc.record({
      attribute: fc.uniqueArray(
        fc.record({ attrName: fc.constantFrom('FirstName', 'Email', 'Id'), attrValue: text }),
        { selector: ({ attrName }) => attrName, maxLength: 2 },
      ),
    }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const attribute = fc.record({ attrName: fc.constantFrom('vin', 'VIN', 'plate'), attrValue: idText });
const keyList = fc.record({ attribute: fc.array(attribute, { minLength: 1, maxLength: 2 }) });

/** Calls that often may share one, and have few leads and objects between them. */
const crowdedCall: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({
    operation: fc.constant('syncLead'),
    params: fc.record({ leadRecord, returnLead: fc.boolean() }),
  }),
  fc.record({ operation: fc.constant('getLead'), params: fc.record({ leadKey }) }),
  fc.record({
    operation: fc.constant('listOperation'),
    params: fc.record(
      {
        listOperation: fc.constantFrom('ADDTOLIST', 'ISMEMBEROFLIST'),
        listKey: fc.constant({ keyType: 'MKTOLISTNAME', keyValue: 'Fair' }),
        listMemberList: fc.record({ leadKey: leadKeys }),
        strict: fc.boolean(),
      },
      { requiredKeys: ['listOperation', 'listKey', 'listMemberList'], noNullPrototype: true },
    ),
  }),
  fc.record({
    operation: fc.constant('syncCustomObjects'),
    params: fc.record({
      objTypeName: fc.constant('car_c'),
      operation: fc.constantFrom('UPSERT', 'UPDATE', 'INSERT'),
      customObjList: fc.record({
        customObj: fc.array(fc.record({ customObjKeyList: keyList }), { minLength: 1, maxLength: 2 }),
      }),
    }),
  }),
  fc.record({
    operation: fc.constant('deleteMObjects'),
    params: fc.record({
      mObjectList: fc.record({
        mObject: fc.array(
          fc.record({
            type: fc.constant('Opportunity'),
            externalKey: fc.record({ name: fc.constantFrom('key', 'Key'), value: idText }),
          }),
          { minLength: 1, maxLength: 2 },
        ),
      }),
    }),
  }),
  fc.record({
    operation: fc.constant('requestCampaign'),
    params: fc.record({
      source: fc.constant('MKTOWS'),
      campaignId: fc.constantFrom(1, 2),
      leadList: fc.record({ leadKey: leadKeys }),
    }),
  }),
);

const checkedCall = (one: unknown): readonly Call[] => {
  const { operation, params } = one as { operation: OperationName; params: unknown };
  const found = validateParams(operation, params);
  return found.kind === 'valid' ? [{ ...found.input, workspace: null }] : [];
};

/** Several calls of one lane, as full as room and values allow, with what they bring. */
const shared = fc
  .record({
    calls: fc.array(crowdedCall, { minLength: 2, maxLength: 40 }),
    bounds: fc.constantFrom(...BOUNDS),
    mayRepeat: fc.boolean(),
  })
  .map(({ calls, bounds, mayRepeat }) => {
    const freights = calls.flatMap(checkedCall).flatMap((call) => {
      const freight = freightOf(call, bounds, { mayRepeat });
      return freight === null ? [] : [{ call, freight }];
    });
    const lanes = [...Map.groupBy(freights, ({ freight }) => freight.lane).values()];
    const fullest = lanes.toSorted((one, other) => other.length - one.length)[0] ?? [];
    const values = new Set<string>();
    const kept = fullest.filter(({ freight }) => {
      const isNew = freight.values.every((value) => !values.has(value));
      if (isNew) for (const value of freight.values) values.add(value);
      return isNew;
    });
    return { kept, bounds, mayRepeat };
  })
  .filter(({ kept }) => kept.length > 1);

const callsOf = (kept: readonly { readonly call: Call }[]): readonly [Call, ...Call[]] => {
  const [first, ...others] = kept.map(({ call }) => call);
  if (first === undefined) throw new Error('nobody is there');
  return [first, ...others];
};

const record: fc.Arbitrary<RecordOutcome> = fc.record({
  ok: fc.boolean(),
  code: fc.option(fc.integer({ min: 1000, max: 1100 })),
  message: fc.string(),
  result: fc.anything(),
});

describe('what a call brings', () => {
  test('is said of any call, and what it brings has room in a call of its own', () => {
    fc.assert(
      fc.property(anyCall, fc.constantFrom(...BOUNDS), fc.boolean(), (call, bounds, mayRepeat) => {
        const freight = freightOf(call, bounds, { mayRepeat });
        if (freight === null) return;
        expect(freight.records).toBeGreaterThan(0);
        expect(freight.records).toBeLessThanOrEqual(freight.room.records);
        expect(freight.bytes).toBeLessThanOrEqual(freight.room.bytes);
        expect(freight.values.length).toBeGreaterThan(0);
        expect(freightOf(structuredClone(call), bounds, { mayRepeat })).toEqual(freight);
      }),
      { numRuns: 500 },
    );
  });

  test('is nothing where a repeat is not harmless', () => {
    fc.assert(
      fc.property(anyCall, fc.constantFrom(...BOUNDS), (call, bounds) => {
        if (freightOf(call, bounds) !== null) expect(isUnsafe(call)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a shared call', () => {
  test('is valid, as harmless as its parts, and names their leads in their order', () => {
    fc.assert(
      fc.property(shared, ({ kept, mayRepeat }) => {
        const calls = callsOf(kept);
        const one = packed(calls);
        expect(validateParams(one.operation, one.params)).toMatchObject({ kind: 'valid' });
        expect(validateParams(one.operation, one.params)).toEqual({
          kind: 'valid',
          input: { operation: one.operation, params: one.params },
        });
        if (!mayRepeat) expect(isUnsafe(one)).toBe(false);
        expect(leadKeysOf(one)).toEqual(calls.flatMap(leadKeysOf));
      }),
    );
  });

  test('never names one lead twice, however it is spelled', () => {
    const folded = ({ type, value }: { type: string; value: string }) =>
      `${type} ${value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()}`;
    fc.assert(
      fc.property(shared, ({ kept }) => {
        const ofEach = callsOf(kept).map((call) => [...new Set(leadKeysOf(call).map(folded))]);
        const all = ofEach.flat();
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });

  test('is taken apart whatever the answer: one word for each, or none', () => {
    fc.assert(
      fc.property(
        shared,
        fc.anything(),
        fc.array(record, { minLength: 1, maxLength: 50 }),
        fc.boolean(),
        ({ kept, bounds }, result, [first, ...others], inOrder) => {
          if (first === undefined) return;
          const calls = callsOf(kept);
          const owns = unpacked(calls, { result, records: [first, ...others], inOrder }, bounds);
          if (owns !== null) expect(owns).toHaveLength(calls.length);
          if (!inOrder && calls[0].operation !== 'getLead')
            expect(new Set(owns?.map(({ kind }) => kind) ?? ['again-halved'])).toEqual(
              new Set(['again-halved']),
            );
        },
      ),
    );
  });
});

test('the calls of these properties do share', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(shared, ({ kept }) => {
      seen.add(callsOf(kept)[0].operation);
    }),
    { numRuns: 200, seed: 7 },
  );
  expect([...seen].toSorted()).toEqual([
    'deleteMObjects',
    'getLead',
    'listOperation',
    'requestCampaign',
    'syncCustomObjects',
    'syncLead',
  ]);
});
