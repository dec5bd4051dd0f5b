import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPERATIONS, validateParams } from '../../../shared/marketo/operations/registry.ts';
import { CallEnded, CallRefused } from '../../../shared/marketo/rest/call/call-ended.ts';
import type { Mapping } from '../../../shared/marketo/rest/call/mapping.ts';
import { customObjectMappings } from '../../../shared/marketo/rest/objects/custom-objects.ts';
import { mObjectMappings } from '../../../shared/marketo/rest/objects/mobjects.ts';
import { OBJECT_TYPES } from '../../support/object-types.ts';
import { paramsArbitrary } from '../../support/params-arbitrary.ts';
import { type Canned, NO_SETTINGS, restStage, type Seen } from '../../support/rest-stage.ts';
import { STUB_DIRECTORY } from '../../support/stub-lead-fields.ts';

const MAPPINGS = { ...customObjectMappings, ...mObjectMappings };
type Name = keyof typeof MAPPINGS;
const NAMES = Object.keys(MAPPINGS) as Name[];

const VALUES = [
  'V1',
  '12',
  'O1',
  'a,b',
  '',
  ' ',
  '2026-01',
  '200',
  '\ud800',
  '1e400',
  'x'.repeat(9_000),
  '__proto__',
];
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('V1', '12', 'O1') },
  fc.constantFrom(...VALUES),
);

/** Attributes of a few names that mean something; `A` is how their parts are called. */
const attributesOf = <A>(
  names: readonly string[],
  make: (name: string, value: string) => A,
): fc.Arbitrary<A[]> => fc.tuple(...names.map((name) => value.map((text) => make(name, text))));

const attribute = (attrName: string, attrValue: string) => ({ attrName, attrValue });
const attrib = (name: string, text: string) => ({ name, value: text });

/** Names of keys: mostly such as the type is found by. */
const KEYS: Readonly<Record<string, readonly string[][]>> = {
  car_c: [['vin'], ['vin'], ['marketoGUID'], ['vin', 'VIN'], ['__proto__']],
  RoadShow: [['MKTOID', 'rid'], ['MKTOID', 'rid'], ['MKTOID'], ['rid'], ['constructor']],
};
const keysOf = (type: string) =>
  fc.constantFrom(...(KEYS[type] ?? [])).chain((names) => attributesOf(names, attribute));
const others = fc
  .constantFrom([], [], [], ['color'], ['city', 'zip'], ['year'], ['vip'], ['__proto__'])
  .chain((names) => attributesOf(names, attribute));
const objTypeName = fc.constantFrom(...Object.keys(KEYS));
const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 3 });
const operation = fc.constantFrom('INSERT', 'UPDATE', 'UPDATE', 'UPSERT');

const opportunity = fc.record({
  type: fc.constant('Opportunity'),
  externalKey: value.map((text) => attrib('externalOpportunityId', text)),
  attribList: fc.record({ attrib: attributesOf(['Name', 'Amount'], attrib) }),
});
const role = fc.record({
  type: fc.constant('OpportunityPersonRole'),
  attribList: fc.record({ attrib: attributesOf(['Role', 'ExternalOpportunityId'], attrib) }),
  associationList: fc.record({
    mObjAssociation: fc.oneof(
      fc.constant([{ mObjType: 'Lead', id: 12 }]),
      value.map((text) => [{ mObjType: 'Lead', externalKey: attrib('Email', text) }]),
    ),
  }),
});
const program = fc.record({
  type: fc.constant('Program'),
  id: fc.integer({ min: 1, max: 3 }),
  typeAttribList: fc.record({
    typeAttrib: fc.constantFrom(
      [{ attrType: 'Cost', attrList: { attrib: [attrib('Month', '2026-01'), attrib('Amount', '200')] } }],
      [{ attrType: 'Tag', attrList: { attrib: [attrib('Type', 'Region'), attrib('Value', 'North')] } }],
    ),
  }),
});
const mObjectList = fc.record({ mObject: few(fc.oneof(opportunity, role, program)) });

/** Params that pass most rules, so that replies are read at all. */
const PLAUSIBLE: Readonly<Record<Name, fc.Arbitrary<unknown>>> = {
  getCustomObjects: objTypeName.chain((type) =>
    fc.record({
      objTypeName: fc.constant(type),
      customObjKeyList: fc.record({ attribute: keysOf(type) }),
      includeAttributes: fc.record({
        stringItem: fc.constantFrom([''], [''], ['marketoGUID'], ['__proto__']),
      }),
    }),
  ),
  syncCustomObjects: objTypeName.chain((type) =>
    fc.record({
      objTypeName: fc.constant(type),
      operation,
      customObjList: fc.record({
        customObj: few(
          fc.record({
            customObjKeyList: fc.record({ attribute: keysOf(type) }),
            customObjAttributeList: fc.record({ attribute: others }),
          }),
        ),
      }),
    }),
  ),
  deleteCustomObjects: objTypeName.chain((type) =>
    fc.record({
      objTypeName: fc.constant(type),
      customObjKeyLists: fc.record({ keyList: few(fc.record({ attribute: keysOf(type) })) }),
    }),
  ),
  listMObjects: fc.constant({}),
  describeMObject: fc.record({
    objectName: fc.constantFrom('LeadRecord', 'Opportunity', 'OpportunityPersonRole'),
  }),
  getMObjects: fc.oneof(
    fc.record({
      type: fc.constantFrom('Opportunity', 'OpportunityPersonRole'),
      externalKey: value.map((text) => attrib('externalOpportunityId', text)),
    }),
    fc.record({
      type: fc.constantFrom('Opportunity', 'OpportunityPersonRole'),
      mObjAssociationList: role.map(({ associationList }) => associationList),
    }),
    fc.record({ type: fc.constant('Program') }),
    fc.record({ type: fc.constant('Program'), id: fc.integer({ min: 1, max: 9 }) }),
  ),
  syncMObjects: fc.record({ operation, mObjectList }),
  deleteMObjects: fc.record({ mObjectList }),
};

const params = (name: Name): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: PLAUSIBLE[name] }, paramsArbitrary(OPERATIONS[name].params));

const row = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.record(
    {
      id: fc.oneof(fc.integer(), fc.jsonValue({ maxDepth: 1 })),
      status: fc.constantFrom('created', 'updated', 'deleted', 'skipped', 'toString', null),
      reasons: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant([{ code: '1013', message: 'no' }])),
      externalOpportunityId: fc.constantFrom('O1', 'a,b', 7, null, {}),
      tags: fc.jsonValue({ maxDepth: 2 }),
      costs: fc.jsonValue({ maxDepth: 2 }),
      createdAt: fc.constantFrom('2026-01-02T03:04:05Z+0000', 'x', 7, null),
      email: fc.constantFrom('V1', 'O1', {}),
      rest: fc.jsonValue({ maxDepth: 1 }),
      soap: fc.jsonValue({ maxDepth: 1 }),
    },
    { requiredKeys: [] },
  ),
);

/** One that is what it should be, for as many records as there are rows. */
const goodRow = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  status: fc.constantFrom('created', 'updated', 'deleted', 'skipped'),
  reasons: fc.constant([{ code: '1013', message: 'no' }]),
  externalOpportunityId: fc.constantFrom('O1', 'O2'),
  email: fc.constantFrom('v1', 'o1'),
});

const canned: fc.Arbitrary<Canned> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ rows: fc.array(goodRow, { maxLength: 3 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ rows: fc.array(row, { maxLength: 3 }), nextPageToken: fc.constantFrom('', 'n=') }),
  },
  { weight: 1, arbitrary: fc.record({ error: fc.constantFrom(606, 607, 611, 702, 1003, 1013, 9999) }) },
  { weight: 1, arbitrary: fc.constant({ refusal: 'quota' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Canned>(
      { fault: { kind: 'network', sent: true, reason: 'reset', message: 'reset' } },
      { fault: { kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'too large' } },
    ),
  },
);

const PATHS = [
  /^(GET|POST) \/rest\/v1\/(opportunities|opportunities\/roles)(\/delete)?\.json$/,
  /^(GET|POST) \/rest\/v1\/customobjects\/\w+(\/delete)?\.json$/,
  /^(GET|POST) \/rest\/v1\/leads\.json$/,
  /^GET \/rest\/v1\/leads\/describe\.json$/,
  /^(GET|POST) \/rest\/asset\/v1\/program\/\d+\.json$/,
  /^GET \/rest\/asset\/v1\/(program\/byName|programs)\.json$/,
];

function problemOf({ line, query, body, target }: Seen): string | null {
  if (body === '' && line.startsWith('/')) return null;
  if (!PATHS.some((path) => path.test(line))) return `path ${line}`;
  if (new URLSearchParams(query).toString().length > 8_192) return 'query too long';
  if (target.announces && !/program\/\d+\.json$/.test(line)) return `announced ${line}`;
  const input = typeof body === 'object' && body !== null && 'input' in body ? body.input : [];
  return Array.isArray(input) && input.length <= 300 ? null : 'too many records';
}

/** How many records a job of these params is about. */
const recordsIn = (name: Name, input: unknown): number =>
  (OPERATIONS[name].records?.of(input as never) ?? [input]).length;

async function runs(name: Name, given: unknown, replies: readonly Canned[]): Promise<void> {
  const mapping: Mapping<Name> = MAPPINGS[name] as never;
  const validated = validateParams(name, given);
  fc.pre(validated.kind === 'valid');
  const input = (validated as { input: { params: unknown } }).input.params;
  const many = Array.from({ length: 40 }, () => replies).flat();
  const { session, seen } = restStage(many, { directory: { ...OBJECT_TYPES, ...STUB_DIRECTORY } });

  mapping.check(input as never, { fields: null, settings: NO_SETTINGS, workspace: null, now: 0 });
  const ended = await mapping.run(input as never, session).catch((error: unknown) => {
    if (error instanceof CallEnded || error instanceof CallRefused) return error;
    throw error;
  });

  expect(seen.map(problemOf).filter((problem) => problem !== null)).toEqual([]);
  if ('records' in ended) expect(ended.records).toHaveLength(recordsIn(name, input));
}

test.each(NAMES)('%s throws nothing but the end of its call, whatever it is given and answered', (name) =>
  fc.assert(
    fc.asyncProperty(params(name), fc.array(canned, { minLength: 1, maxLength: 5 }), (given, replies) =>
      runs(name, given, replies),
    ),
    { numRuns: 300 },
  ),
);
