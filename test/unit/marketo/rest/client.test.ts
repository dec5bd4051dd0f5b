import { describe, expect, test } from 'vitest';
import { CallEnded, refused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { done, type Finding, type Mapping } from '../../../../shared/marketo/rest/call/mapping.ts';
import type { Session } from '../../../../shared/marketo/rest/call/session.ts';
import { createRestTransport } from '../../../../shared/marketo/rest/client.ts';
import { MAPPINGS } from '../../../../shared/marketo/rest/mappings.ts';
import type { Call, Send } from '../../../../shared/marketo/transport.ts';
import { memoryStore } from '../../../support/asking.ts';
import { issued, jsonReply, sendOf } from '../../../support/identity.ts';
import { NO_SETTINGS } from '../../../support/rest-stage.ts';

const CALL: Call = { operation: 'listMObjects', params: {}, workspace: null };

const ok = jsonReply({ success: true, result: [{ date: '2026-11-26', total: 1 }] });

/** A transport whose mapping of `CALL` is the test's own. */
function world(mapping: Partial<Mapping<'listMObjects'>> = {}) {
  const credentials = { clientId: 'client-1', clientSecret: 'secret' };
  const seen: Session[] = [];
  const own: Mapping<'listMObjects'> = {
    check: () => [],
    run: async (_params, session) => {
      seen.push(session);
      return done({ rows: (await session.ask({ endpoint: 'usage' })).result });
    },
    ...mapping,
  };
  const transport = createRestTransport<string>(
    {
      endpoint: 'https://a.mktorest.example.com/rest',
      identityEndpoint: 'https://a.mktorest.example.com/identity',
      credentials: () => ({ ...credentials }),
      settings: NO_SETTINGS,
      directoryStore: memoryStore(),
      onStoreTrouble: () => undefined,
      clock: () => 5_000,
      random: () => 0,
      timeoutMs: null,
    },
    { ...MAPPINGS, listMObjects: own },
  );
  return { transport, credentials, seen };
}

const working = () => sendOf((_request, { url }) => (url.includes('/identity/') ? issued('t1') : ok));

const finding = (kind: Finding['kind'], code: number, message: string): Finding => ({ kind, code, message });

const unasked: Send<string> = async () => {
  throw new Error('nothing is asked for');
};

describe('a call', () => {
  test('that its mapping has done is answered with the last exchange', async () => {
    const { transport } = world();
    const { send } = working();
    expect(await transport.run(CALL, send as Send<string>)).toMatchObject({
      kind: 'answered',
      result: { rows: [{ total: 1 }] },
      records: [{ ok: true, code: null }],
      inOrder: true,
      exchange: { url: 'https://a.mktorest.example.com/rest/v1/stats/usage.json' },
    });
  });

  test('that the rules refuse is refused with every reason, and nothing is asked for', async () => {
    const { transport } = world({
      check: () => [
        finding('unlike', 1003, 'runs otherwise'),
        finding('needs-setting', 1011, 'set MARKETO_FOREIGN_ID_FIELD'),
        finding('refused', 1003, 'has no equivalent'),
      ],
    });
    expect(await transport.run(CALL, unasked)).toEqual({
      kind: 'fault',
      fault: {
        kind: 'decided',
        code: 1011,
        message: 'set MARKETO_FOREIGN_ID_FIELD; has no equivalent; nothing was sent',
      },
      exchange: {
        url: 'https://a.mktorest.example.com/rest',
        request: '',
        response: null,
        httpStatus: null,
        sentAt: null,
        endedAt: 5_000,
        serverDate: null,
      },
    });
  });

  test('that only runs otherwise than over SOAP runs', async () => {
    const { transport } = world({ check: () => [finding('unlike', 1003, 'runs otherwise')] });
    expect(await transport.run(CALL, working().send as Send<string>)).toMatchObject({ kind: 'answered' });
  });

  test('whose mapping asks nothing is answered without a request', async () => {
    const { transport } = world({ run: async () => done('constant') });
    expect(await transport.run(CALL, unasked)).toMatchObject({
      kind: 'answered',
      result: 'constant',
      exchange: { sentAt: null },
    });
  });

  test('that a mapping ends keeps its fault, what is left to do and whose credentials it was', async () => {
    const fault = { kind: 'marketo', code: 611, message: 'no', httpStatus: 200 } as const;
    const { transport } = world({
      run: () => Promise.reject(new CallEnded(fault, null, { remaining: { a: 1 }, outdated: true })),
    });
    expect(await transport.run(CALL, unasked)).toMatchObject({
      kind: 'fault',
      fault,
      remaining: { a: 1 },
      outdated: true,
    });
    const plain = world({ run: () => Promise.reject(refused(1013, 'no list')) });
    const outcome = await plain.transport.run(CALL, unasked);
    expect(Object.keys(outcome).sort()).toEqual(['exchange', 'fault', 'kind']);
  });

  test('of which parts were done says what remains', async () => {
    const { transport } = world({ run: async () => ({ ...done(null), remaining: { b: 2 } }) });
    expect(await transport.run(CALL, unasked)).toMatchObject({ kind: 'answered', remaining: { b: 2 } });
  });

  test('that is not admitted is refused in the queue’s own words', async () => {
    const { transport } = world();
    const send: Send<string> = async () => ({ kind: 'refused', refusal: 'until noon' });
    expect(await transport.run(CALL, send)).toEqual({ kind: 'refused', refusal: 'until noon' });
  });

  test('in which anything else is thrown throws it on', async () => {
    const { transport } = world({ run: () => Promise.reject(new TypeError('a bug')) });
    await expect(transport.run(CALL, unasked)).rejects.toThrow('a bug');
    const throwing = world({
      check: () => {
        throw new TypeError('another');
      },
    });
    await expect(throwing.transport.run(CALL, unasked)).rejects.toThrow('another');
  });

  test('shares token and directory with the others, until the client is another', async () => {
    const { transport, credentials, seen } = world();
    const sendings = working();
    const send = sendings.send as Send<string>;
    await transport.run(CALL, send);
    await transport.run({ ...CALL, workspace: 'Europe' }, send);
    expect(sendings.requests).toHaveLength(3);
    credentials.clientId = 'client-2';
    await transport.run(CALL, send);
    expect(sendings.requests).toHaveLength(5);
    const [first, second, third] = seen;
    expect(first?.directory).toBe(second?.directory);
    expect(third?.directory).not.toBe(first?.directory);
    expect(second?.workspace).toBe('Europe');
  });
});

describe('a probe', () => {
  test('reads the usage', async () => {
    const { transport } = world();
    const sendings = working();
    expect(await transport.probe(sendings.send as Send<string>)).toMatchObject({ kind: 'answered' });
    expect(sendings.targets[1]).toMatchObject({
      url: 'https://a.mktorest.example.com/rest/v1/stats/usage.json',
      changes: false,
      spends: true,
    });
  });

  test('fails where the account does', async () => {
    const { transport } = world();
    const { send } = sendOf(() => jsonReply({ error: 'unauthorized' }, 401));
    expect(await transport.probe(send as Send<string>)).toMatchObject({ fault: { kind: 'identity' } });
  });
});
