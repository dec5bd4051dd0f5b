import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isObject } from '../../../shared/kernel/is-object.ts';
import { OPERATIONS, validateParams } from '../../../shared/marketo/operations/registry.ts';
import { CallEnded, CallRefused } from '../../../shared/marketo/rest/call/call-ended.ts';
import type { Done, Finding, Known } from '../../../shared/marketo/rest/call/mapping.ts';
import { MOST_REQUESTS, type Session } from '../../../shared/marketo/rest/call/session.ts';
import type { RestSettings } from '../../../shared/marketo/rest/call/settings.ts';
import { leadMappings } from '../../../shared/marketo/rest/leads/leads.ts';
import { paramsArbitrary } from '../../support/params-arbitrary.ts';
import { type Canned, NO_SETTINGS, restStage, type Seen } from '../../support/rest-stage.ts';
import { STUB_DIRECTORY, STUB_FIELDS } from '../../support/stub-lead-fields.ts';

const RUNS = 300;

const HOSTILE_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'id',
  'status',
  'email',
  'reasons',
  'foreignId',
];

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.dictionary(fc.constantFrom(...HOSTILE_KEYS), fc.jsonValue({ maxDepth: 2 })),
);

/** Rows that are nearly what Marketo answers, so that the calls go on. */
const likely = fc.record(
  {
    id: fc.constantFrom<unknown>(1, 2, 12, '12', 0, 1.5, 1e300),
    status: fc.constantFrom('created', 'updated', 'skipped', 'queued'),
    email: fc.constantFrom<unknown>('a@x.example', 'A@x.example', null, { toString: 1 }),
    updatedAt: fc.constantFrom<unknown>('2026-01-01T00:00:00Z', 'never', null, 5),
    reasons: fc.constantFrom<unknown>([{ code: '1007', message: 'several' }], [], null, [{ code: {} }], 5),
  },
  { requiredKeys: [] },
);

const rows = fc.array(fc.oneof({ weight: 4, arbitrary: likely }, { weight: 1, arbitrary: anything }), {
  maxLength: 4,
});

const canned: fc.Arbitrary<Canned> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      { rows, nextPageToken: fc.string(), moreResult: fc.boolean() },
      { requiredKeys: ['rows'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ error: fc.constantFrom(1003, 1004, 1007, 606, 611, 99_999) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Canned>(
      { refusal: 'full' },
      { fault: { kind: 'network', sent: true, reason: 'timeout', message: 'no answer' } },
      { fault: { kind: 'network', sent: false, reason: 'refused', message: 'refused' } },
      { fault: { kind: 'gateway', httpStatus: 413, retryAfterMs: null, message: 'too large' } },
    ),
  },
);

const settings: fc.Arbitrary<RestSettings> = fc.record({
  foreignIdField: fc.constantFrom(null, 'foreignId', 'noSuch', { SFDC: 'foreignId', CUSTOM: 'lastName' }),
  partitions: fc.constantFrom({}, { Berlin: 'Europe' }),
  onDuplicate: fc.constantFrom<RestSettings['onDuplicate']>('dead-letter', 'latest'),
});

/** Values that lead somewhere, in place of most of the treacherous ones. */
const KNOWN_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  keyValue: ['a@x.example', '12', 'a,b'],
  Email: ['a@x.example', ''],
  attrName: ['FirstName', 'Email', 'Id', 'IDNUM', 'EMAIL', '__proto__', 'Company'],
  attrValue: ['a@x.example', '12', '13'],
  stringItem: [['a@x.example', '12'], ['FirstName'], ['updatedAt', 'Last Name']],
  ForeignSysPersonId: ['', ''],
  streamPosition: ['', ' '],
  lastUpdatedAt: [undefined, undefined],
};

function tamed(value: unknown, pick: (most: number) => number): unknown {
  if (Array.isArray(value)) return namedOnce(value.map((one) => tamed(one, pick)));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, child]) => {
    const known = KNOWN_VALUES[name] ?? [];
    const at = pick(known.length * 3 + 1);
    return [name, at === 0 || known.length === 0 ? tamed(child, pick) : known[at % known.length]] as const;
  });
  return foreignPair(Object.fromEntries(entries));
}

/** What a check refuses at once would leave little to run: an attribute twice, half of a foreign id. */
const namedOnce = (list: readonly unknown[]): readonly unknown[] => [
  ...new Map(
    list.map((one, index) => [
      isObject(one) && 'attrName' in one ? String(one['attrName']).trim() : index,
      one,
    ]),
  ).values(),
];

function foreignPair({ ForeignSysPersonId: id, ForeignSysType: type, ...rest }: Record<string, unknown>) {
  const isPair = typeof id === 'string' && id.trim() !== '' && type !== undefined;
  return isPair ? { ...rest, ForeignSysPersonId: id, ForeignSysType: type } : rest;
}

interface AnyMapping {
  check(params: unknown, known: Known): readonly Finding[];
  run(params: unknown, session: Session): Promise<Done>;
}

const PATHS = /^(GET|POST) \/rest\/v1\/(leads|lists\/\d+\/leads|leads\/\d+\/(associate|merge))\.json$/;

function expectWellFormed({ line, query, body }: Seen): void {
  expect(line).toMatch(PATHS);
  expect(new URLSearchParams(query).toString().length).toBeLessThan(8_000);
  expect((query['filterValues'] ?? '').split(',').length).toBeLessThanOrEqual(300);
  if (!isObject(body)) return;
  expect(['createOrUpdate', 'createOnly', 'updateOnly', 'createDuplicate']).toContain(body['action']);
  expect(body['input']).toBeInstanceOf(Array);
  expect((body['input'] as unknown[]).every(isObject)).toBe(true);
}

test.each(Object.entries(leadMappings))(
  '%s survives any params and any replies, and what it sends is well-formed',
  async (operation, mapping) => {
    const name = operation as keyof typeof leadMappings;
    const { check, run }: AnyMapping = mapping as AnyMapping;
    let requests = 0;
    const property = fc.asyncProperty(
      paramsArbitrary(OPERATIONS[name].params),
      fc.infiniteStream(fc.nat()),
      fc.array(canned, { minLength: 80, maxLength: 80 }),
      settings,
      fc.constantFrom(null, null, null, 'Default', 'Berlin', 'constructor'),
      async (raw, numbers, replies, someSettings, workspace) => {
        const pick = (most: number) => (numbers.next().value ?? 0) % most;
        const validated = validateParams(name, tamed(raw, pick));
        if (validated.kind === 'invalid') return;
        const { params } = validated.input;
        const directory = {
          ...STUB_DIRECTORY,
          list: async () => ({ id: 41, name: 'list', program: null }),
          using: async <N, T>(_: unknown, find: () => Promise<N>, use: (named: N) => Promise<T>) =>
            use(await find()),
        };
        const over = { settings: { ...NO_SETTINGS, ...someSettings }, workspace, directory };
        const { session, seen } = restStage(replies, over);
        const known = { settings: someSettings, workspace, now: session.clock() };
        const findings = [null, STUB_FIELDS].flatMap((fields) => check(params, { ...known, fields }));
        expect(findings.every(({ message }) => message !== '')).toBe(true);
        const end = await run(params, session).catch((error: unknown) => error);
        requests += seen.length;
        expect(seen.length).toBeLessThanOrEqual(MOST_REQUESTS);
        for (const one of seen)
          if (Object.keys(one.query).length + String(one.body).length > 0) expectWellFormed(one);
        if (end instanceof CallEnded || end instanceof CallRefused) {
          const answered = seen.slice(0, -1).some(({ target }) => target.announces);
          expect(answered && end instanceof CallRefused).toBe(false);
        } else expect(end).toMatchObject({ records: expect.any(Array), result: expect.any(Object) });
      },
    );
    await fc.assert(property, { numRuns: RUNS });
    expect(requests).toBeGreaterThan(RUNS / 20);
  },
);
