import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CheckedParamsOf,
  OPERATIONS,
  validateParams,
} from '../../../../shared/marketo/operations/registry.ts';
import { CallEnded, CallRefused } from '../../../../shared/marketo/rest/call-ended.ts';
import { customObjectMappings } from '../../../../shared/marketo/rest/custom-objects.ts';
import type { LeadFields } from '../../../../shared/marketo/rest/lead-fields.ts';
import type { Mapping } from '../../../../shared/marketo/rest/mapping.ts';
import { mObjectMappings } from '../../../../shared/marketo/rest/mobjects.ts';
import { OBJECT_TYPES } from '../../../support/object-types.ts';
import { paramsArbitrary } from '../../../support/params-arbitrary.ts';
import { type Canned, NO_SETTINGS, restStage, type Seen } from '../../../support/rest-stage.ts';

const MAPPINGS = { ...customObjectMappings, ...mObjectMappings };
type Name = keyof typeof MAPPINGS;
const NAMES = Object.keys(MAPPINGS) as Name[];

const FIELD_NAMES = [
  'vin',
  'color',
  'MKTOID',
  'rid',
  'city',
  'marketoGUID',
  '__proto__',
  'Email',
  'Id',
  'constructor',
];
const MOBJECT_NAMES = [
  'externalOpportunityId',
  'Name',
  'Role',
  'PersonId',
  'leadId',
  'Month',
  'Amount',
  'Type',
  'Value',
];
const VALUES = ['V1', '12', 'O1', 'a,b', '', ' ', '2026-01', '\ud800', '1e400', 'x'.repeat(9_000)];
const TYPES = [
  'Opportunity',
  'OpportunityPersonRole',
  'Program',
  'Lead',
  'Cost',
  'Tag',
  'Created At',
  'Company',
];

/** Texts that mean something to one mapping or another, in place of those that an arbitrary job would have. */
const telling = fc.constantFrom(...FIELD_NAMES, ...MOBJECT_NAMES, ...VALUES, ...TYPES);

/** The same params with other texts: as many as there are strings, in their order. */
function withTexts(value: unknown, next: () => string): unknown {
  if (typeof value === 'string') return next();
  if (Array.isArray(value)) return value.map((one) => withTexts(one, next));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      name === 'operation' || name === 'comparison' ? child : withTexts(child, next),
    ]),
  );
}

const params = (name: Name): fc.Arbitrary<unknown> =>
  fc
    .tuple(paramsArbitrary(OPERATIONS[name].params), fc.infiniteStream(telling), fc.boolean())
    .map(([value, texts, kept]) => (kept ? value : withTexts(value, () => texts.next().value ?? '')));

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

const canned: fc.Arbitrary<Canned> = fc.oneof(
  {
    weight: 6,
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

const email = {
  rest: 'email',
  soap: 'Email',
  displayName: 'Email Address',
  dataType: 'email',
  readOnly: false,
};
const leadFields = async (): Promise<LeadFields> => ({
  all: [email],
  bySoapName: (name) => (name === 'Email' ? email : null),
  byRestName: () => null,
  nearest: () => [],
});

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

test.each(NAMES)(
  '%s throws nothing but the end of its call, whatever it is given and answered',
  async (name) => {
    const mapping: Mapping<Name> = MAPPINGS[name] as never;
    await fc.assert(
      fc.asyncProperty(
        params(name),
        fc.array(canned, { minLength: 1, maxLength: 5 }),
        async (value, replies) => {
          const validated = validateParams(name, value);
          fc.pre(validated.kind === 'valid');
          const input = (validated as { input: { params: unknown } }).input.params as CheckedParamsOf<Name>;
          const many = Array.from({ length: 40 }, () => replies).flat();
          const { session, seen } = restStage(many, { directory: { ...OBJECT_TYPES, leadFields } });

          const findings = mapping.check(input as never, {
            fields: null,
            settings: NO_SETTINGS,
            workspace: null,
            now: 0,
          });
          const ended = await mapping.run(input as never, session).then(
            ({ records }) => records,
            (error: unknown) => {
              if (error instanceof CallEnded || error instanceof CallRefused) return error;
              throw error;
            },
          );

          expect(seen.map(problemOf).filter((problem) => problem !== null)).toEqual([]);
          if (findings.some(({ kind }) => kind === 'refused')) return;
          if (Array.isArray(ended)) expect(ended.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  },
);
