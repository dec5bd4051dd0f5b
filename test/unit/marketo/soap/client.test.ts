import { afterEach, describe, expect, test } from 'vitest';
import { createWire } from '../../../../shared/marketo/http/wire.ts';
import { createSoapTransport } from '../../../../shared/marketo/soap/client.ts';
import { requestSignature } from '../../../../shared/marketo/soap/signature.ts';
import type { Call, CallOutcome, Send, Target, Transport } from '../../../../shared/marketo/transport.ts';
import { type Answer, type CannedServer, cannedServer } from '../../../support/canned-server.ts';
import { directSend } from '../../../support/direct-send.ts';

const USER = 'user&1';
const KEY = 'a-key-of-the-account';
const NOON = Date.parse('2026-11-22T12:00:00Z');

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Stage {
  readonly server: CannedServer;
  readonly transport: Transport<never>;
  readonly send: Send<never>;
  /** Sets the worker's clock. */
  at(now: number): void;
}

async function stage(answer: Answer, timeoutMs: number | null = null): Promise<Stage> {
  const server = await cannedServer(answer);
  let now = NOON;
  const clock = () => now;
  const wire = createWire({ clock });
  closers.push(server.close, wire.close);
  const transport = createSoapTransport<never>({
    endpoint: server.url,
    credentials: () => ({ userId: USER, encryptionKey: KEY }),
    clock,
    timeoutMs,
  });
  return {
    server,
    transport,
    send: directSend(wire),
    at: (moment) => {
      now = moment;
    },
  };
}

const envelope = (body: string): string =>
  `<?xml version="1.0"?><E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n="http://www.marketo.com/mktows/"><E:Body>${body}</E:Body></E:Envelope>`;

const names = (...objects: string[]): string =>
  envelope(
    `<n:successListMObjects><result>${objects.map((name) => `<objects>${name}</objects>`).join('')}</result></n:successListMObjects>`,
  );

const expired = `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>20016 - Request Expired</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`;
const AT_MARKETO = { serverDoneMs: 180_000, spends: true };
const answerNames: Answer = (_, response) => response.end(names('LeadRecord'));

const PROBE: Call = { operation: 'listMObjects', params: {}, workspace: null };

const describeObject = (objectName: string): Call => ({
  operation: 'describeMObject',
  params: { objectName },
  workspace: null,
});

const CAMPAIGN: Call = {
  operation: 'requestCampaign',
  params: { source: 'MKTOWS', campaignId: 1 },
  workspace: null,
};

const KEYS = { attribute: [{ attrName: 'IDNUM', attrValue: '1' }] };
const MERGE: Call = {
  operation: 'mergeLeads',
  params: { winningLeadKeyList: KEYS, losingLeadKeyLists: { keyList: [KEYS] } },
  workspace: null,
};

/** Where calls would go, of which none is let through. */
async function targetsOf(endpoint: string, timeoutMs: number | null, ...calls: readonly Call[]) {
  const credentials = { userId: USER, encryptionKey: KEY };
  const transport = createSoapTransport<string>({
    endpoint,
    credentials: () => credentials,
    clock: () => NOON,
    timeoutMs,
  });
  const targets: Target[] = [];
  const refuse: Send<string> = async (target) => {
    targets.push(target);
    return { kind: 'refused', refusal: 'not now' };
  };
  const outcomes: CallOutcome<string>[] = [];
  for (const call of calls) outcomes.push(await transport.run(call, refuse));
  return { targets, outcomes };
}

const element = (name: string, xml: string | undefined): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml ?? '')?.[1];

describe('the SOAP transport', () => {
  test('answers its own probe', async () => {
    const { transport, send } = await stage(answerNames);
    expect(await transport.probe(send)).toMatchObject({
      kind: 'answered',
      result: { result: { objects: ['LeadRecord'] } },
      exchange: { httpStatus: 200 },
    });
  });

  test('sends the action and the media type of SOAP 1.1', async () => {
    const { transport, send, server } = await stage(answerNames);
    await transport.run(PROBE, send);
    expect(server.received[0]?.headers).toMatchObject({
      soapaction: '"http://www.marketo.com/mktows/listMObjects"',
      'content-type': 'text/xml; charset=utf-8',
    });
  });

  test('signs at the moment of sending, not when the call was asked for', async () => {
    const { transport, send, server, at } = await stage(answerNames);
    const late: Send<never> = (target, perform) => {
      at(NOON + 45_000);
      return send(target, perform);
    };
    await transport.run(PROBE, late);
    const sent = server.received[0]?.body;
    expect(element('requestTimestamp', sent)).toBe('2026-11-22T12:00:45+00:00');
    expect(element('requestSignature', sent)).toBe(requestSignature('2026-11-22T12:00:45+00:00', USER, KEY));
    expect(element('mktowsUserId', sent)).toBe('user&amp;1');
  });

  test('signs by the clock of the server once a second signature is too old for it, and goes on from there', async () => {
    const dates = [NOON, NOON - 3_600_000, Number.NaN, Number.NaN, NOON];
    let asked = 0;
    const { transport, send, server, at } = await stage((request, response, ...rest) => {
      const date = new Date(dates[asked] ?? NOON);
      response.setHeader('date', Number.isNaN(date.getTime()) ? 'never' : date.toUTCString());
      asked += 1;
      if (asked > 4) return answerNames(request, response, ...rest);
      response.statusCode = 500;
      response.end(expired);
    });
    // Twice too old, by the server's date; twice too old, by a date that nobody can read; then answered.
    expect(await transport.run(PROBE, send)).toMatchObject({ kind: 'fault', fault: { code: 20016 } });
    at(NOON + 10_000);
    await transport.run(PROBE, send);
    await transport.run(PROBE, send);
    expect(server.received.map((one) => element('requestTimestamp', one.body))).toEqual([
      '2026-11-22T12:00:00+00:00',
      '2026-11-22T12:00:00+00:00',
      '2026-11-22T11:00:10+00:00',
      '2026-11-22T11:00:10+00:00',
      '2026-11-22T11:00:10+00:00',
    ]);
  });

  test('keeps 40 concurrent calls apart: request, answer and signature', async () => {
    const { transport, send, server, at } = await stage((request, response) => {
      const name = element('objectName', request.body) ?? '';
      const answer = envelope(
        `<n:successDescribeMObject><result><metadata><name>${name}</name></metadata></result></n:successDescribeMObject>`,
      );
      setTimeout(() => response.end(answer), Number(name.slice(1)) % 7);
    });
    const calls = Array.from({ length: 40 }, (_, number) => {
      const late: Send<never> = (target, perform) => {
        at(NOON + number * 1_000);
        return send(target, (post) => {
          at(NOON + number * 1_000);
          return perform(post);
        });
      };
      return transport.run(describeObject(`o${number}`), late);
    });
    for (const [number, outcome] of (await Promise.all(calls)).entries()) {
      expect(outcome).toMatchObject({
        kind: 'answered',
        result: { result: { metadata: { name: `o${number}` } } },
      });
      if (outcome.kind === 'refused') throw new Error('refused');
      expect(element('objectName', outcome.exchange.request)).toBe(`o${number}`);
      expect(element('name', outcome.exchange.response ?? '')).toBe(`o${number}`);
    }
    expect(new Set(server.received.map((one) => element('requestSignature', one.body))).size).toBe(40);
  });

  test('leaves neither signature nor key in an exchange or a fault, even if the server echoes them', async () => {
    const { transport, send, server } = await stage((request, response) => {
      const echo = `${element('requestSignature', request.body)} ${KEY}`;
      response.statusCode = 500;
      response.end(
        envelope(
          `<E:Fault><faultcode>E:Client</faultcode><faultstring>20014 - refused: ${echo}</faultstring></E:Fault>`,
        ),
      );
    });
    const outcome = await transport.run(PROBE, send);
    const signature = element('requestSignature', server.received[0]?.body) ?? 'none';
    expect(signature).toMatch(/^[0-9a-f]{40}$/);
    expect(JSON.stringify(outcome)).not.toContain(signature);
    expect(JSON.stringify(outcome)).not.toContain(KEY);
    expect(outcome).toMatchObject({ fault: { code: 20014, message: '20014 - refused: *** ***' } });
  });

  test('keeps the words of a fault short, however long they are: row, letter and hold carry them', async () => {
    const said = `no lead ${'é'.repeat(300_000)}`;
    const { transport, send } = await stage((_, response) => {
      response.statusCode = 500;
      response.end(
        envelope(`<E:Fault><faultcode>E:Client</faultcode><faultstring>${said}</faultstring></E:Fault>`),
      );
    });
    const outcome = await transport.run(PROBE, send);
    if (outcome.kind !== 'fault') throw new Error('expected a fault');
    expect(outcome.fault.message).toMatch(/^no lead é+…$/);
    expect(outcome.fault.message.length).toBeLessThanOrEqual(1_001);
    expect(outcome.exchange.response).toContain(said);
  });

  test('asks for a fresh connection exactly if the call is unsafe', async () => {
    const { server } = await stage(answerNames, 7_000);
    const { targets, outcomes } = await targetsOf(server.url, 7_000, PROBE, CAMPAIGN);
    expect(outcomes[0]).toEqual({ kind: 'refused', refusal: 'not now' });
    expect(targets).toEqual([
      { url: server.url, timeoutMs: 7_000, ...AT_MARKETO, changes: false, announces: false },
      { url: server.url, timeoutMs: 7_000, ...AT_MARKETO, changes: true, announces: true },
    ]);
    expect(server.received).toHaveLength(0);
  });

  test('gives every operation its own deadline unless one is set for all', async () => {
    const own = await targetsOf('http://127.0.0.1/', null, MERGE, PROBE);
    expect(own.targets[0]?.timeoutMs).toBeGreaterThan(180_000);
    expect(own.targets[1]?.timeoutMs).toBeGreaterThan(90_000);
    expect((await targetsOf('http://127.0.0.1/', 5, MERGE)).targets[0]?.timeoutMs).toBe(5);
  });

  test('answers the fault of the wire when no answer came', async () => {
    const { transport, send } = await stage((_, _response, socket) => socket.destroy());
    expect(await transport.run(PROBE, send)).toMatchObject({
      kind: 'fault',
      fault: { kind: 'network', sent: true, reason: 'reset' },
      exchange: { response: null, request: expect.stringContaining('paramsListMObjects') },
    });
  });

  test('answers that nothing was sent when nobody listens', async () => {
    const { transport, send, server } = await stage(answerNames);
    await server.close();
    expect(await transport.run(PROBE, send)).toMatchObject({
      kind: 'fault',
      fault: { kind: 'network', sent: false, reason: 'refused' },
    });
  });

  test('sends nothing if params or workspace hold what XML cannot carry', async () => {
    const { transport, send, server } = await stage(answerNames);
    expect(await transport.run(describeObject('a\u0000'), send)).toMatchObject({
      fault: { kind: 'internal', sent: false, message: expect.stringContaining('params.objectName') },
    });
    expect(await transport.run({ ...PROBE, workspace: '\ud800' }, send)).toMatchObject({
      fault: { kind: 'internal', sent: false, message: expect.stringContaining('job.workspace') },
    });
    expect(server.received).toHaveLength(0);
  });

  test('signs once more at once when its signature has expired, and no third time', async () => {
    const { transport, send, server } = await stage((_, response) => {
      response.statusCode = 500;
      response.end(expired);
    });
    expect(await transport.run(PROBE, send)).toMatchObject({ fault: { code: 20016 } });
    expect(server.received).toHaveLength(2);
  });
});
