import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classify } from '../../../../shared/marketo/faults/classify.ts';
import type { FaultClass } from '../../../../shared/marketo/faults/fault.ts';
import { createWire, type Wire } from '../../../../shared/marketo/http/wire.ts';
import { isUnsafe } from '../../../../shared/marketo/operations/registry.ts';
import { createRestTransport } from '../../../../shared/marketo/rest/client.ts';
import type { Call, CallOutcome } from '../../../../shared/marketo/transport.ts';
import { memoryStore } from '../../../support/asking.ts';
import { type CannedServer, cannedServer } from '../../../support/canned-server.ts';
import { checked } from '../../../support/checked.ts';
import { directSend } from '../../../support/direct-send.ts';
import { NO_SETTINGS } from '../../../support/rest-stage.ts';

type Reply = (response: ServerResponse, socket: Socket) => void;

const MOST_REPLY_BYTES = 50_000;

let server: CannedServer;
let wire: Wire;
let reply: Reply = () => undefined;

beforeAll(async () => {
  server = await cannedServer((request, response, socket) => {
    if (request.headers.authorization !== undefined) return reply(response, socket);
    response.end(JSON.stringify({ access_token: 'a1-b2:ab', expires_in: 3_600 }));
  });
  wire = createWire({ clock: Date.now, maxReplyBytes: MOST_REPLY_BYTES });
});
afterAll(async () => {
  wire.close();
  await server.close();
});

/** Over sockets of its own, so that no refused token of another test is left. */
function run(call: Call, answer: Reply): Promise<CallOutcome<never>> {
  reply = answer;
  const { origin } = new URL(server.url);
  const transport = createRestTransport<never>({
    endpoint: `${origin}/rest`,
    identityEndpoint: `${origin}/identity`,
    credentials: () => ({ clientId: 'client-1', clientSecret: 'secret' }),
    settings: NO_SETTINGS,
    directoryStore: memoryStore(),
    onStoreTrouble: () => undefined,
    clock: Date.now,
    random: () => 0,
    timeoutMs: null,
  });
  return transport.run(call, directSend(wire));
}

const READ: Call = { ...checked('getCampaignsForSource', { source: 'MKTOWS' }), workspace: null };

const campaignFor = (keyType: string, keyValue: string): Call => ({
  ...checked('requestCampaign', {
    source: 'MKTOWS',
    campaignId: 77,
    leadList: { leadKey: [{ keyType, keyValue }] },
  }),
  workspace: null,
});
const TRIGGER = campaignFor('IDNUM', '12');

/** What the queue makes of a call that did not succeed. */
async function failureOf(call: Call, answer: Reply) {
  const outcome = await run(call, answer);
  if (outcome.kind !== 'fault') throw new Error(`it was ${outcome.kind}`);
  return classify(outcome.fault, isUnsafe(call));
}

const json =
  (value: unknown): Reply =>
  (response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };

const error = (code: number, message = 'no'): Reply =>
  json({ requestId: 'a2b#19c', success: false, errors: [{ code: String(code), message }] });

const http =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

/** Half of an answer, and then the connection is gone. */
const torn: Reply = (response, socket) => {
  response.writeHead(200, { 'content-length': '500' });
  response.write('{"requestId":"a2b#19c","success":tr', () => socket.destroy());
};

const same = (one: FaultClass): readonly [FaultClass, FaultClass] => [one, one];
const DOUBT: readonly [FaultClass, FaultClass] = ['transient', 'in-doubt'];

test('the request of each is one line, and what belongs to it', async () => {
  const lines = [];
  for (const call of [READ, TRIGGER])
    lines.push((await run(call, error(1013))).kind === 'fault' ? server.received.at(-1)?.body : null);
  expect(lines).toEqual(['', '{"input":{"leads":[{"id":12}]}}']);
  const outcome = await run(TRIGGER, error(1013));
  expect(outcome).toMatchObject({
    exchange: {
      request: 'POST /rest/v1/campaigns/77/trigger.json\n\n{"input":{"leads":[{"id":12}]}}',
      response: '{"requestId":"a2b#19c","success":false,"errors":[{"code":"1013","message":"no"}]}',
      httpStatus: 200,
    },
  });
});

describe('an error by number', () => {
  test.each<readonly [code: number, words: string, classes: readonly [FaultClass, FaultClass]]>([
    [601, 'Access token invalid', same('expired-signature')],
    [602, 'Access token expired', same('expired-signature')],
    [603, 'Access denied', same('invalid-request')],
    [604, 'Request timed out', DOUBT],
    [605, 'HTTP Method not supported', same('invalid-request')],
    [606, "Max rate limit '100' exceeded with in '20' secs", same('rate-limited')],
    [607, 'Daily quota reached', same('quota-exhausted')],
    [608, 'API Temporarily Unavailable', same('transient')],
    [610, 'Requested resource not found', same('invalid-request')],
    [611, 'System error', DOUBT],
    [613, 'Invalid Multipart Request', same('invalid-request')],
    [614, 'Invalid Subscription', same('transient')],
    [615, 'Concurrent access limit reached', same('concurrency-limited')],
    [713, 'Transient Error', DOUBT],
    [1004, 'Lead [84] not found', same('not-found')],
    [1013, 'Object not found', same('not-found')],
    [1016, 'Too many imports', same('transient')],
    [1019, 'Import in progress', same('transient')],
    [1020, 'Too many clones to program', same('daily-allowance')],
    [1029, 'Too many jobs in queue', same('transient')],
    [1029, 'Export daily quota exceeded', same('daily-allowance')],
    [9999, 'Nobody knows', ['unknown', 'in-doubt']],
  ])('%i, %s', async (code, words, [safe, unsafe]) => {
    const answer = error(code, words);
    expect(await failureOf(READ, answer)).toMatchObject({ class: safe, code, httpStatus: 200 });
    const { class: found, ran } = await failureOf(TRIGGER, answer);
    expect([found, ran]).toEqual([unsafe, unsafe === 'in-doubt' ? 'maybe' : 'no']);
  });
});

describe('what is no answer of Marketo’s', () => {
  test.each<readonly [what: string, answer: Reply, classes: readonly [FaultClass, FaultClass]]>([
    ['a web page', http(200, '<!DOCTYPE html><title>Maintenance</title>'), DOUBT],
    ['a web page with 502', http(502, '<html>Bad Gateway</html>'), DOUBT],
    ['plain text', http(200, 'upstream connect error'), DOUBT],
    ['nothing', http(200, ''), DOUBT],
    ['nothing with 500', http(500, ''), DOUBT],
    ['JSON of somebody else', http(200, '{"status":"UP"}'), DOUBT],
    ['an answer that is cut off', http(200, '{"requestId":"a2b#19c","success":tr'), DOUBT],
    ['half an answer and no connection', torn, DOUBT],
    ['no answer and no connection', (_response, socket) => socket.destroy(), DOUBT],
    ['a redirect', http(302, '', { location: 'https://elsewhere.example.com/' }), DOUBT],
    [
      'the rows of another resource',
      json({ success: true, result: [{ id: 'x', email: 'a@x.example' }] }),
      DOUBT,
    ],
    ['more than anybody reads', http(200, ' '.repeat(MOST_REPLY_BYTES + 1)), ['invalid-request', 'in-doubt']],
    ['404', http(404, 'not here'), DOUBT],
    ['503 without a word on when', http(503, 'busy'), DOUBT],
    ['503 and when to come back', http(503, 'busy', { 'retry-after': '30' }), DOUBT],
    ['413', http(413, 'Request Entity Too Large'), same('too-large')],
    ['414', http(414, ''), same('too-large')],
    ['429', http(429, 'slow down', { 'retry-after': '30' }), same('transient')],
  ])('%s', async (_, answer, [safe, unsafe]) => {
    expect((await failureOf(READ, answer)).class).toBe(safe);
    const { class: found, ran } = await failureOf(TRIGGER, answer);
    expect([found, ran]).toEqual([unsafe, unsafe === 'in-doubt' ? 'maybe' : 'no']);
  });

  test('429, and 503 with a word on when, say how long to wait', async () => {
    for (const status of [429, 503])
      expect(await failureOf(READ, http(status, '', { 'retry-after': '30' }))).toMatchObject({
        waitMs: 30_000,
      });
  });
});

describe('a look-up of an unsafe job', () => {
  const byAddress = campaignFor('EMAIL', 'a@x.example');

  test.each<readonly [what: string, answer: Reply]>([
    ['ends with a system error', error(611)],
    ['is answered by a web page', http(502, '<html>')],
    ['is torn', torn],
    ['is answered by nothing', http(200, '')],
  ])('that %s leaves nothing in doubt: it announced nothing', async (_, answer) => {
    const sent: boolean[] = [];
    reply = answer;
    const outcome = await run(byAddress, answer);
    if (outcome.kind === 'fault') sent.push(classify(outcome.fault, false).class === 'transient');
    expect(sent).toEqual([true]);
    expect(server.received.at(-1)?.body).toBe('');
  });
});
