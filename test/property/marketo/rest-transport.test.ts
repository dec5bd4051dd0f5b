import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isObject } from '../../../shared/kernel/is-object.ts';
import { classify } from '../../../shared/marketo/faults/classify.ts';
import {
  OPERATIONS,
  type OperationName,
  validateParams,
} from '../../../shared/marketo/operations/registry.ts';
import { ENDPOINTS } from '../../../shared/marketo/rest/call/endpoints.ts';
import { MOST_REQUESTS } from '../../../shared/marketo/rest/call/session.ts';
import { createRestTransport } from '../../../shared/marketo/rest/client.ts';
import { STANDARD_LEAD_FIELDS } from '../../../shared/marketo/rest/leads/standard-lead-fields.ts';
import type { Call, HttpReply, OutgoingRequest, Send, Target } from '../../../shared/marketo/transport.ts';
import { memoryStore } from '../../support/asking.ts';
import { exchangeOf, issued, jsonReply } from '../../support/identity.ts';
import { paramsArbitrary } from '../../support/params-arbitrary.ts';
import { NO_SETTINGS } from '../../support/rest-stage.ts';

const RUNS = 300;
const ORIGIN = 'https://a.mktorest.example.com';
const SECRET = 'the-secret';
const NOW = Date.parse('2026-11-26T12:00:00Z');

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** Params of real conversations: most arbitrary ones are refused by a rule before anything is asked. */
const samplesOf = (operation: OperationName): readonly unknown[] =>
  readdirSync(FIXTURES)
    .filter((name) => name.startsWith(`${operation}__`))
    .map((name): unknown => JSON.parse(readFileSync(join(FIXTURES, name, 'params.json'), 'utf8')));

const paramsOf = (operation: OperationName): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...samplesOf(operation), ...(MORE[operation] ?? [])) },
    { weight: 1, arbitrary: paramsArbitrary(OPERATIONS[operation].params) },
  );

/** Of what runs over REST and in no conversation over SOAP. */
const MORE: Readonly<Partial<Record<OperationName, readonly unknown[]>>> = {
  getLeadActivity: [{ leadKey: { keyType: 'IDNUM', keyValue: '12' } }],
  getCustomObjects: [
    {
      objTypeName: 'car_c',
      customObjKeyLists: { keyList: [{ attribute: [{ attrName: 'vin', attrValue: 'V1' }] }] },
    },
  ],
  getImportToListStatus: [{ programName: 'Spring', listName: 'Customers' }],
  deleteMObjects: [{ mObjectList: { mObject: opportunities('O1', 'O2') } }],
  syncMObjects: [
    { operation: 'UPSERT', mObjectList: { mObject: opportunities('O1', 'O2') } },
    { operation: 'INSERT', mObjectList: { mObject: opportunities('O3') } },
  ],
  getMObjects: [
    { type: 'Opportunity', externalKey: { name: 'externalOpportunityId', value: 'O1' } },
    { type: 'Program', id: 1001 },
    { type: 'Program' },
  ],
};

function opportunities(...keys: readonly string[]): readonly unknown[] {
  return keys.map((value) => ({
    type: 'Opportunity',
    externalKey: { name: 'externalOpportunityId', value },
    attribList: { attrib: [{ name: 'Name', value: 'Big deal' }] },
  }));
}

/** What becomes of one request: what Marketo would answer, rows of any kind, an error, trouble, or no permit. */
type Turn =
  | { readonly kind: 'helpful' }
  | { readonly kind: 'rows'; readonly rows: readonly unknown[]; readonly next: string | null }
  | { readonly kind: 'error'; readonly code: number }
  | { readonly kind: 'text'; readonly text: string; readonly status: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'unadmitted' };

const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Turn>({ kind: 'helpful' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('rows' as const),
      rows: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
      next: fc.constantFrom(null, 'T='),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('error' as const),
      code: fc.constantFrom(601, 602, 603, 606, 607, 611, 1003, 1004, 1007, 1013, 1016, 7),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('text' as const),
      text: fc.constantFrom('', '<html>', '{"success":tr', 'null', `{"token":"t","secret":"${SECRET}"}`),
      status: fc.constantFrom(200, 302, 401, 404, 413, 429, 500),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Turn>({ kind: 'lost' }, { kind: 'unadmitted' }) },
);

/** Rows such as Marketo has for this request, as far as the request itself tells. */
function helpfulRows({ method, query = '', body }: OutgoingRequest, { url }: Target): readonly unknown[] {
  const { pathname } = new URL(url);
  const asked = new URLSearchParams(query.startsWith('_method') ? body : query);
  if (pathname.endsWith('/leads/describe.json'))
    return STANDARD_LEAD_FIELDS.map(({ rest, displayName, dataType, readOnly }) => ({
      displayName,
      dataType,
      rest: { name: rest, readOnly },
    }));
  if (pathname.endsWith('/describe.json'))
    return [
      {
        name: 'car_c',
        idField: 'marketoGUID',
        dedupeFields: ['vin'],
        searchableFields: [['vin'], ['marketoGUID']],
        fields: ['vin', 'city', 'MKTOID', 'leadId', 'name', 'externalOpportunityId', 'role'].map((name) => ({
          name,
        })),
      },
    ];
  if (pathname.endsWith('/customobjects.json')) return [{ name: 'car_c' }, { name: 'roadShow' }];
  if (pathname.endsWith('/activities/types.json'))
    return ['Change Data Value', 'New Lead', 'Fill Out Form', 'Visit Webpage'].map((name, at) => ({
      id: at + 1,
      name,
    }));
  const campaign = /campaigns\/(\d+)\//.exec(pathname)?.[1];
  if (campaign !== undefined) return [{ id: Number(campaign) }];
  const input = method === 'POST' ? inputOf(body) : null;
  if (input !== null)
    return input.map((_, seq) => ({ seq, id: seq + 1, marketoGUID: `g${seq}`, status: 'updated' }));
  const values = (asked.get('filterValues') ?? asked.get('id') ?? '1').split(',');
  const names = { name: asked.get('name') ?? 'Visit Webpage', programName: asked.get('programName') };
  return values.map((value, index) => ({
    id: index + 1,
    ...names,
    type: names.name.length % 2 === 0 ? 'trigger' : 'batch',
    status: 'added',
    batchId: 3,
    [asked.get('filterType') ?? 'x']: asked.get('filterType') === 'id' ? Number(value) : value,
  }));
}

function inputOf(body: string): readonly unknown[] | null {
  try {
    const read: unknown = JSON.parse(body);
    return isObject(read) && Array.isArray(read['input']) ? read['input'] : null;
  } catch {
    return null;
  }
}

const replyOf = (of: Turn, request: OutgoingRequest, target: Target): HttpReply => {
  switch (of.kind) {
    case 'rows':
      return jsonReply({ success: true, result: of.rows, nextPageToken: of.next });
    case 'error':
      return jsonReply({ success: false, errors: [{ code: String(of.code), message: 'no' }] });
    case 'text':
      return jsonReply(of.text, of.status);
    default:
      return jsonReply({ success: true, result: helpfulRows(request, target), nextPageToken: '' });
  }
};

interface Seen {
  readonly target: Target;
  readonly request: OutgoingRequest;
}

/** Lost requests are those that were sent and never answered. */
function sendOver(turns: Iterator<Turn>): { readonly send: Send<string>; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const send: Send<string> = async (target, perform) => {
    const { value: of } = turns.next() as { value: Turn };
    if (of.kind === 'unadmitted') return { kind: 'refused', refusal: 'hold' };
    let lost = false;
    const read = await perform(async (request) => {
      seen.push({ target, request });
      if (target.url.endsWith('/oauth/token') && of.kind === 'helpful') return issued('t0ken');
      lost = of.kind === 'lost';
      return replyOf(of, request, target);
    });
    const exchange = exchangeOf(target);
    if (!lost) return { ...read, exchange };
    const fault = { kind: 'network', sent: true, reason: 'timeout', message: 'no answer' } as const;
    return { kind: 'fault', fault, exchange };
  };
  return { send, seen };
}

const PATHS = Object.values(ENDPOINTS).map(
  ({ path }) => new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '\\w+')}$`),
);

function expectWellFormed({ target, request }: Seen): void {
  const { origin, pathname, search } = new URL(target.url);
  expect([origin, search]).toEqual([ORIGIN, '']);
  const text = JSON.stringify([target.url, request.query, request.body]);
  expect(text).not.toContain('t0ken');
  if (pathname === '/identity/oauth/token') {
    expect(request).toMatchObject({ captured: 'nothing', method: 'GET', body: '' });
    expect(request.headers['authorization']).toBeUndefined();
    return;
  }
  expect(text).not.toContain(SECRET);
  expect(request.headers['authorization']).toBe('Bearer t0ken');
  expect(PATHS.some((path) => path.test(pathname))).toBe(true);
  expect((request.query ?? '').length).toBeLessThan(8_000);
  expect(target.spends).toBe(true);
}

test.each(Object.keys(OPERATIONS) as OperationName[])(
  '%s comes to an outcome over REST, whatever its params and whatever Marketo does',
  async (operation) => {
    await fc.assert(
      fc.asyncProperty(paramsOf(operation), fc.infiniteStream(turn), async (params, turns) => {
        const valid = validateParams(operation, params);
        if (valid.kind === 'invalid') return;
        const transport = createRestTransport<string>({
          endpoint: `${ORIGIN}/rest`,
          identityEndpoint: `${ORIGIN}/identity`,
          credentials: () => ({ clientId: 'client-1', clientSecret: SECRET }),
          settings: { ...NO_SETTINGS, foreignIdField: 'leadRole' },
          directoryStore: memoryStore(),
          onStoreTrouble: () => undefined,
          clock: () => NOW,
          random: () => 0.5,
          timeoutMs: null,
        });
        const { send, seen } = sendOver(turns);
        const call: Call = { ...valid.input, workspace: null };
        const outcome = await transport.run(call, send);
        seen.forEach(expectWellFormed);
        // Each may be sent twice, and have a token asked for each time.
        expect(seen.length).toBeLessThanOrEqual(4 * MOST_REQUESTS);
        if (outcome.kind === 'refused') expect(seen.some(({ target }) => target.announces)).toBe(false);
        if (outcome.kind === 'fault') expect(classify(outcome.fault, true).kind).toBe('failed');
        if (outcome.kind === 'answered') expect(outcome.records.length).toBeGreaterThan(0);
        expect(JSON.stringify(outcome)).not.toMatch(/the-secret|t0ken/);
      }),
      { numRuns: RUNS },
    );
  },
  60_000,
);
