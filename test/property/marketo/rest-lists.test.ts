import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  OPERATIONS,
  type OperationName,
  validateParams,
} from '../../../shared/marketo/operations/registry.ts';
import { CallEnded, CallRefused } from '../../../shared/marketo/rest/call/call-ended.ts';
import { ENDPOINTS } from '../../../shared/marketo/rest/call/endpoints.ts';
import type { Mapping } from '../../../shared/marketo/rest/call/mapping.ts';
import { campaignMappings } from '../../../shared/marketo/rest/campaigns/campaigns.ts';
import type { Directory } from '../../../shared/marketo/rest/directory/directory.ts';
import { listMappings } from '../../../shared/marketo/rest/lists/lists.ts';
import { paramsArbitrary } from '../../support/params-arbitrary.ts';
import { directoryStub } from '../../support/rest-directory.ts';
import { type Canned, NO_SETTINGS, restStage, type Seen } from '../../support/rest-stage.ts';
import { STUB_FIELDS } from '../../support/stub-lead-fields.ts';

const MAPPINGS = { ...campaignMappings, ...listMappings };
type Name = keyof typeof MAPPINGS;

const id = fc.integer({ min: 1, max: 4 });

const likelyRow = fc.record(
  {
    id: fc.oneof(id, fc.constant(77)),
    name: fc.constantFrom('Welcome', 'a.b'),
    programName: fc.constantFrom('Spring', null),
    email: fc.constantFrom('ann@example.com', 'bob@example.com'),
    status: fc.constantFrom('added', 'removed', 'memberof', 'notmemberof', 'skipped', 'Queued', 'Failed'),
    reasons: fc.oneof(fc.constant([{ code: '1015', message: 'no' }]), fc.jsonValue()),
    updatedAt: fc.constantFrom('2026-01-02T03:04:05Z', 'x', null),
    batchId: id,
  },
  { requiredKeys: ['id'] },
);

const reply: fc.Arbitrary<Canned> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ rows: fc.array(likelyRow, { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ rows: fc.array(fc.jsonValue(), { maxLength: 3 }) }) },
  fc.record({ rows: fc.array(likelyRow, { maxLength: 2 }), nextPageToken: fc.constant('next=') }),
  fc.record({ error: fc.constantFrom(1003, 1004, 1013, 603, 606, 611, 9999) }),
  fc.constant<Canned>({
    fault: { kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'too large' },
  }),
  fc.constant<Canned>({ refusal: 'quota' }),
);

/** Keys and names that lead somewhere more often than any text does. */
const likely: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  leadList: fc.record({ leadKey: keys() }),
  listMemberList: fc.record({ leadKey: keys() }),
  listKey: fc.constant({ keyType: 'MKTOLISTNAME', keyValue: 'Customers' }),
  source: fc.constant('MKTOWS'),
  importFileHeader: fc.constantFrom('Email', 'Email,First Name', 'Id,LastName', '__proto__,Email'),
  clearList: fc.constant(false),
  programName: fc.constantFrom('Spring', '__proto__'),
  listName: fc.constantFrom('Customers', 'toString'),
};

function keys(): fc.Arbitrary<unknown> {
  const one = fc.oneof(
    fc.record({ keyType: fc.constant('IDNUM'), keyValue: id.map(String) }),
    fc.record({
      keyType: fc.constant('EMAIL'),
      keyValue: fc.constantFrom('ann@example.com', 'bob@example.com'),
    }),
    fc.record({
      keyType: fc.constantFrom('IDNUM', 'EMAIL', 'COOKIE', 'SFDCLEADID'),
      keyValue: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    }),
  );
  return fc.array(one, { minLength: 1, maxLength: 4 });
}

function paramsOf(name: OperationName): fc.Arbitrary<unknown> {
  const any = paramsArbitrary(OPERATIONS[name].params);
  return fc.oneof(
    any,
    fc.tuple(any, fc.record(likely, { requiredKeys: [] })).map(([params, over]) => replaced(params, over)),
    fc
      .tuple(any, fc.record(likely))
      .map(([params, over]) => ({ ...replaced(params, over), ...sendable(name) })),
  );
}

/** The children that are there, by likelier ones. */
const replaced = (params: unknown, over: object): object => ({
  ...(params as object),
  ...Object.fromEntries(Object.entries(over).filter(([child]) => Object.hasOwn(params as object, child))),
});

/** A campaign by its number, which chance alone rarely gives with a lead and without a name. */
const sendable = (name: OperationName): object =>
  name === 'requestCampaign'
    ? {
        source: 'MKTOWS',
        campaignId: 77,
        campaignName: undefined,
        leadList: { leadKey: { keyType: 'IDNUM', keyValue: '7' } },
      }
    : {};

const directoryOf = (type: 'trigger' | 'batch' | null): Partial<Directory> => ({
  ...directoryStub({ fields: STUB_FIELDS }).directory,
  list: async () => ({ id: 501, name: 'Customers', program: null }),
  campaign: async () => ({ id: 77, name: 'Welcome', program: 'Spring', type }),
  importBatch: async () => (type === null ? null : { kind: 'batch', batchId: 2 }),
});

const PATHS = Object.values(ENDPOINTS).map(
  ({ method, path }) => new RegExp(`^${method} ${path.replace(/\{\w+\}/g, '[A-Za-z0-9_]+')}$`),
);

function expectWellFormed({ line, query, target, body }: Seen): void {
  expect(new URL(target.url).search).toBe('');
  // What failed on the wire was not read, and has no method.
  if (line.includes(' ') && query['_method'] !== 'GET')
    expect(PATHS.some((path) => path.test(line))).toBe(true);
  expect(new URLSearchParams(query).toString().length).toBeLessThan(8_000);
  for (const list of ['id', 'filterValues', 'name'])
    expect(query[list]?.split(',').length ?? 0).toBeLessThanOrEqual(300);
  expect(Buffer.byteLength(typeof body === 'string' ? body : JSON.stringify(body))).toBeLessThan(1_000_000);
}

describe.each(Object.keys(MAPPINGS) as Name[])('%s', (name) => {
  const mapping = MAPPINGS[name] as Mapping<Name>;

  test('ends in one of the three ways, whatever it is asked and whatever comes back', async () => {
    let ran = 0;
    let done = 0;
    await fc.assert(
      fc.asyncProperty(
        paramsOf(name),
        fc.array(reply, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('trigger', 'batch', null),
        fc.constantFrom('latest', 'dead-letter'),
        async (params, some, type, onDuplicate) => {
          const valid = validateParams(name, params);
          fc.pre(valid.kind === 'valid');
          const checked = valid.kind === 'valid' ? valid.input.params : null;
          const settings = { ...NO_SETTINGS, onDuplicate };
          const known = { fields: STUB_FIELDS, settings, workspace: null, now: 0 };
          const findings = mapping.check(checked as never, known);
          if (findings.some(({ kind }) => kind !== 'unlike')) return;
          const replies = Array.from({ length: 200 }, (_, index) => some[index % some.length] as Canned);
          const { session, seen } = restStage(replies, { directory: directoryOf(type), settings });
          ran += 1;
          const end: unknown = await mapping.run(checked as never, session).then(
            ({ records }) => {
              done += 1;
              return records;
            },
            (error: unknown) => error,
          );
          for (const one of seen) expectWellFormed(one);
          if (!Array.isArray(end) && !(end instanceof CallEnded) && !(end instanceof CallRefused)) throw end;
        },
      ),
      { numRuns: 600 },
    );
    expect(ran).toBeGreaterThan(20);
    expect(done).toBeGreaterThan(0);
  });
});
