import { describe, expect, test } from 'vitest';
import type { Request } from '../../../../shared/marketo/rest/call/asking.ts';
import { CallEnded, CallRefused } from '../../../../shared/marketo/rest/call/call-ended.ts';
import { Session } from '../../../../shared/marketo/rest/call/session.ts';
import { createTokens } from '../../../../shared/marketo/rest/call/token.ts';
import type { Directory } from '../../../../shared/marketo/rest/directory/directory.ts';
import type { HttpReply, OutgoingRequest, Send, Target } from '../../../../shared/marketo/transport.ts';
import { issued, jsonReply, type Sendings, sendOf } from '../../../support/identity.ts';
import { NO_SETTINGS } from '../../../support/rest-stage.ts';

const ORIGIN = 'https://a.mktorest.example.com';
const isIdentity = ({ url }: Target): boolean => url.endsWith('/identity/oauth/token');

const ok = jsonReply({ requestId: 'a#1', success: true, result: [{ id: 1 }] });
const error = (code: string, message = 'no') =>
  jsonReply({ requestId: 'a#1', success: false, errors: [{ code, message }] });

/** A session and what it sends; tokens are numbered unless `identity` says otherwise. */
function world(
  answer: (request: OutgoingRequest, number: number) => HttpReply,
  identity: (number: number) => HttpReply = (number) => issued(`t${number}`),
  send?: Send<unknown>,
) {
  let identities = 0;
  let others = 0;
  const sendings: Sendings = sendOf((request, target) => {
    if (isIdentity(target)) {
      identities += 1;
      return identity(identities);
    }
    others += 1;
    return answer(request, others);
  });
  const tokens = createTokens({
    identityEndpoint: `${ORIGIN}/identity`,
    credentials: () => ({ clientId: 'client-1', clientSecret: 'secret' }),
    clock: () => 0,
    timeoutMs: null,
  });
  const open = (timeoutMs: number | null = null) =>
    new Session({
      send: send ?? sendings.send,
      origin: ORIGIN,
      tokens,
      directory: {} as Directory,
      settings: NO_SETTINGS,
      workspace: null,
      timeoutMs,
      clock: () => 0,
      random: () => 0,
    });
  return { ...sendings, open, counts: () => ({ identities, others }) };
}

const USAGE: Request = { endpoint: 'usage' };
const tokenOf = (request: OutgoingRequest | undefined) => request?.headers['authorization'];

describe('a request of a session', () => {
  test('carries the token in its header alone, and shows line and body with the token masked', async () => {
    const { open, requests, targets } = world(() => ok);
    const reply = await open().ask({ endpoint: 'syncLeads', json: { input: [{ email: 'a@x.example' }] } });
    expect(reply.result).toEqual([{ id: 1 }]);
    expect(requests[1]).toEqual({
      method: 'POST',
      query: '',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: 'Bearer t1',
      },
      body: '{"input":[{"email":"a@x.example"}]}',
      secrets: ['t1'],
      captured: 'line-and-body',
    });
    expect(targets[1]).toEqual({
      url: `${ORIGIN}/rest/v1/leads.json`,
      timeoutMs: 105_000,
      serverDoneMs: 90_000,
      spends: true,
      changes: true,
      announces: false,
    });
  });

  test('announces only what says so, and takes the deadline it is given', async () => {
    const { open, targets } = world(() => ok);
    await open(1_234).ask({ ...USAGE, announces: true });
    expect(targets[1]).toMatchObject({ announces: true, changes: false, timeoutMs: 1_234 });
  });

  test('that cannot be said over REST is not sent, nor is a token asked for', async () => {
    const { open, counts } = world(() => ok);
    const ask = open().ask({ endpoint: 'describeCustomObject', path: { name: '..' } });
    await expect(ask).rejects.toMatchObject({ fault: { kind: 'decided', code: 1003 } });
    expect(counts()).toEqual({ identities: 0, others: 0 });
  });

  test('that a reply does not answer is unreadable', async () => {
    const { open } = world(() => ok);
    const ask = open().ask({ ...USAGE, isReply: () => 'too few rows' });
    await expect(ask).rejects.toMatchObject({
      fault: {
        kind: 'unreadable',
        what: 'foreign',
        message: 'the answer is not one to this request: too few rows (HTTP 200)',
      },
    });
  });

  test('that fails says which step it was, and nothing of the token', async () => {
    const { open } = world(() => error('1003', 'bad t1 in Bearer t1'));
    const ask = open().ask({ ...USAGE, step: 'step 2 of 2, associate' });
    await expect(ask).rejects.toMatchObject({
      fault: { kind: 'marketo', code: 1003, message: 'step 2 of 2, associate: bad *** in Bearer ***' },
    });
  });

  test('beyond the sixtieth of its call is not sent, whatever the sixty before it came to', async () => {
    const { open, counts } = world((_request, number) => (number === 7 ? error('1003') : ok));
    const session = open();
    for (let request = 0; request < 60; request += 1) await session.try(USAGE);
    expect(await session.try(USAGE)).toMatchObject({
      kind: 'ended',
      error: { fault: { kind: 'decided', code: 1003, message: expect.stringContaining('split it') } },
    });
    expect(counts().others).toBe(60);
  });

  test('that is not admitted ends the call in the queue’s own words, and another one only says so', async () => {
    const session = world(
      () => ok,
      undefined,
      async () => ({ kind: 'refused', refusal: 'hold' }),
    ).open();
    await expect(session.ask(USAGE)).rejects.toBeInstanceOf(CallRefused);
    expect(await session.try(USAGE)).toMatchObject({ kind: 'refused', error: { refusal: 'hold' } });
  });
});

describe('a token that Marketo refuses', () => {
  test.each(['601', '602'])('with %s is renewed, and that one request is sent once more', async (code) => {
    const { open, requests, counts, most } = world((_request, number) => (number === 2 ? error(code) : ok));
    const session = open();
    await session.ask(USAGE);
    await session.ask({ ...USAGE, announces: true });
    expect(counts()).toEqual({ identities: 2, others: 3 });
    expect(requests.map(tokenOf)).toEqual([undefined, 'Bearer t1', 'Bearer t1', undefined, 'Bearer t2']);
    expect(most()).toBe(1);
  });

  test('is sent once more though Marketo gives the same, and never a third time', async () => {
    const { open, counts } = world(
      () => error('602', 'Access token expired'),
      () => issued('same'),
    );
    await expect(open().ask(USAGE)).rejects.toMatchObject({ fault: { kind: 'marketo', code: 602 } });
    expect(counts()).toEqual({ identities: 2, others: 2 });
  });

  test.each([
    [true, 'ended'],
    [false, 'refused'],
  ])('and no second permit: what was announced (%s) is %s, as it has been sent', async (announces, kind) => {
    const { send } = sendOf((_request, target) => (isIdentity(target) ? issued('t1') : error('602')));
    let permits = 1;
    const once: Send<unknown> = async (target, perform) => {
      if (isIdentity(target)) return send(target, perform);
      permits -= 1;
      return permits < 0 ? { kind: 'refused', refusal: 'hold' } : send(target, perform);
    };
    const tried = await world(() => ok, undefined, once)
      .open()
      .try({ ...USAGE, announces });
    expect(tried.kind).toBe(kind);
  });

  test('of many calls at once is renewed once', async () => {
    const { open, counts } = world((request) => (tokenOf(request) === 'Bearer t1' ? error('601') : ok));
    await Promise.all(Array.from({ length: 10 }, () => open().ask(USAGE)));
    expect(counts().identities).toBe(2);
  });

  test('five calls in a row, just renewed, is a matter of the account', async () => {
    const { open } = world(() => error('601'));
    const faults: unknown[] = [];
    for (let call = 0; call < 5; call += 1) {
      const session = open();
      await session.try(USAGE);
      const tried = await session.try(USAGE);
      if (tried.kind === 'ended') faults.push(tried.error.fault.kind);
    }
    expect(faults).toEqual(['marketo', 'marketo', 'marketo', 'marketo', 'marketo']);
    await expect(open().ask(USAGE)).rejects.toMatchObject({ fault: { kind: 'identity' } });
  });

  test('and then taken by another call is none', async () => {
    const { open } = world((_request, number) => (number === 9 ? ok : error('601')));
    for (let call = 0; call < 4; call += 1) await open().try(USAGE);
    await open().ask(USAGE);
    expect(await open().try(USAGE)).toMatchObject({ kind: 'ended', error: { fault: { kind: 'marketo' } } });
  });
});

describe('identity trouble', () => {
  test('ends the request that waited, unsent, with nothing of the secret', async () => {
    const { open, counts } = world(
      () => ok,
      () => jsonReply({ error: 'invalid_client', error_description: 'secret is wrong' }, 401),
    );
    const tried = await open().try(USAGE);
    expect(tried).toMatchObject({ kind: 'ended', error: { fault: { kind: 'identity' } } });
    const error = tried.kind === 'ended' ? tried.error : null;
    expect(error).toBeInstanceOf(CallEnded);
    expect(JSON.stringify([error?.fault, error?.exchange])).not.toMatch(/secret is wrong|client_secret/);
    expect(counts()).toEqual({ identities: 1, others: 0 });
  });
});
