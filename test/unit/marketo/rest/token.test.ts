import { describe, expect, test } from 'vitest';
import { createTokens } from '../../../../shared/marketo/rest/call/token.ts';
import type { Send } from '../../../../shared/marketo/transport.ts';
import { exchangeOf, issued, jsonReply, sendOf } from '../../../support/identity.ts';

const SECRET = 's3cret/+&"x';

function keeper(
  credentials = { clientId: 'client-1', clientSecret: SECRET },
  timeoutMs: number | null = null,
) {
  const world = { now: 1_000_000, credentials };
  const tokens = createTokens({
    identityEndpoint: 'https://a.mktorest.example.com/identity',
    credentials: () => world.credentials,
    clock: () => world.now,
    timeoutMs,
  });
  return { world, tokens };
}

const never = sendOf(() => {
  throw new Error('nothing is asked for');
});

describe('the request for a token', () => {
  test('carries the credentials in a query that nothing keeps, spends nothing and announces nothing', async () => {
    const { tokens } = keeper();
    const { send, requests, targets } = sendOf(() => issued('t1'));
    expect(await tokens.authorize(send)).toEqual({ kind: 'token', token: 't1' });
    const [request] = requests;
    expect(Object.fromEntries(new URLSearchParams(request?.query))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client-1',
      client_secret: SECRET,
    });
    expect(request).toMatchObject({ method: 'GET', body: '', captured: 'nothing', secrets: [SECRET] });
    expect(targets[0]).toMatchObject({
      url: 'https://a.mktorest.example.com/identity/oauth/token',
      spends: false,
      changes: false,
      announces: false,
    });
  });

  test.each([
    [null, 15_000],
    [1_500, 1_500],
    [270_000, 15_000],
  ])(
    'has the deadline of every request, %s, where that is shorter than its own',
    async (given, timeoutMs) => {
      const { send, targets } = sendOf(() => issued('t1'));
      await keeper(undefined, given).tokens.authorize(send);
      expect(targets[0]).toMatchObject({ timeoutMs });
    },
  );

  test('is one for many calls at once', async () => {
    const { tokens } = keeper();
    const { send, requests } = sendOf(() => issued('t1'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => tokens.authorize(send)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => ({ kind: 'token', token: 't1' })));
    expect(requests.length).toBe(1);
    await tokens.authorize(never.send);
  });

  test('is one, too, for calls that come while its answer is being read', async () => {
    const { tokens } = keeper();
    const { send, requests } = sendOf(() => issued('t1'));
    const later = async (turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      return tokens.authorize(send);
    };
    const first = tokens.authorize(send);
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, ...Array.from({ length: 20 }, (_, turns) => later(turns))]);
    expect(requests.length).toBe(1);
  });

  test('that is refused is refused for all who waited, and asked again by the next', async () => {
    const { tokens } = keeper();
    const refusal = { error: 'invalid_client', error_description: `bad secret ${SECRET}` };
    const { send, requests } = sendOf(() => jsonReply(refusal, 401));
    const answers = await Promise.all(Array.from({ length: 5 }, () => tokens.authorize(send)));
    expect(requests.length).toBe(1);
    for (const answer of answers)
      expect(answer).toMatchObject({ kind: 'fault', fault: { kind: 'identity', httpStatus: 401 } });
    expect(JSON.stringify(answers)).toContain('bad secret ***');
    expect(JSON.stringify(answers)).not.toContain('s3cret');
    await tokens.authorize(send);
    expect(requests.length).toBe(2);
  });

  test('that fails is the failure of its asker alone: the next asks for itself, one at a time', async () => {
    const { tokens } = keeper();
    const { send, requests, most } = sendOf((_request, _target, number) =>
      number <= 3 ? jsonReply('<html>busy</html>', 502) : issued('t1'),
    );
    const answers = await Promise.all(Array.from({ length: 6 }, () => tokens.authorize(send)));
    expect(answers.map(({ kind }) => kind)).toEqual(['fault', 'fault', 'fault', 'token', 'token', 'token']);
    expect(answers[0]).toMatchObject({ fault: { kind: 'network', sent: false } });
    expect([requests.length, most()]).toEqual([4, 1]);
  });

  test('that is not admitted, or breaks, is nobody else’s', async () => {
    const { tokens } = keeper();
    const { send } = sendOf(() => issued('t1'));
    const refused: Send<unknown> = async () => ({ kind: 'refused', refusal: 'no time' });
    const broken: Send<unknown> = async () => {
      throw new Error('the table is away');
    };
    const results = await Promise.allSettled([
      tokens.authorize(refused),
      tokens.authorize(broken),
      tokens.authorize(send),
    ]);
    expect(results[0]).toMatchObject({ value: { kind: 'refused', refusal: 'no time' } });
    expect(results[1]).toMatchObject({ status: 'rejected' });
    expect(results[2]).toMatchObject({ value: { kind: 'token' } });
  });
});

describe('a token', () => {
  test('is used until a minute before its end, and renewed then', async () => {
    const { world, tokens } = keeper();
    const { send, requests } = sendOf((_request, _target, number) => issued(`t${number}`));
    await tokens.authorize(send);
    world.now += 3_539_000;
    expect(await tokens.authorize(send)).toMatchObject({ token: 't1' });
    world.now += 1_001;
    expect(await tokens.authorize(send)).toMatchObject({ token: 't2' });
    expect(requests.length).toBe(2);
  });

  test('that Marketo gives once more near its end is used up with few requests', async () => {
    const { world, tokens } = keeper();
    const end = world.now + 3_600_000;
    const { send, requests } = sendOf(() =>
      issued('same', Math.max(0, Math.floor((end - world.now) / 1_000))),
    );
    for (; world.now < end; world.now += 250)
      expect(await tokens.authorize(send)).toMatchObject({ token: 'same' });
    expect(requests.length).toBeLessThan(8);
  });

  test.each([0, '0', -5, null, 'soon', 0.4])(
    'that lives %s seconds is used, and asked for again after a moment',
    async (life) => {
      const { world, tokens } = keeper();
      const { send, requests } = sendOf((_request, _target, number) => issued(`t${number}`, life));
      expect(await tokens.authorize(send)).toMatchObject({ token: 't1' });
      expect(await tokens.authorize(send)).toMatchObject({ token: 't1' });
      expect(requests.length).toBe(1);
      world.now += 2_001;
      expect(await tokens.authorize(send)).toMatchObject({ token: 't2' });
    },
  );

  test('that is still good outlives a renewal that fails', async () => {
    const { world, tokens } = keeper();
    await tokens.authorize(sendOf(() => issued('t1')).send);
    world.now += 3_550_000;
    const failing = sendOf(() => jsonReply('', 503));
    expect(await tokens.authorize(failing.send)).toMatchObject({ token: 't1' });
    expect(await tokens.authorize(failing.send)).toMatchObject({ token: 't1' });
    expect(failing.requests.length).toBe(1);
    world.now += 51_000;
    expect(await tokens.authorize(failing.send)).toMatchObject({ kind: 'fault' });
  });

  test('that was refused is asked for again, once, and used though it be the same', async () => {
    const { tokens } = keeper();
    const { send, requests } = sendOf(() => issued('same'));
    await tokens.authorize(send);
    tokens.refuse('same');
    expect(await tokens.authorize(send)).toMatchObject({ token: 'same' });
    tokens.refuse('an older one');
    expect(await tokens.authorize(send)).toMatchObject({ token: 'same' });
    expect(requests.length).toBe(2);
  });

  test('of old credentials is dropped with them', async () => {
    const { world, tokens } = keeper();
    const { send, requests } = sendOf((_request, _target, number) => issued(`t${number}`));
    await tokens.authorize(send);
    world.credentials = { clientId: 'client-1', clientSecret: 'new' };
    expect(await tokens.authorize(send)).toMatchObject({ token: 't2' });
    expect(requests[1]?.query).toContain('client_secret=new');
  });

  test('is asked for again where the secret was replaced during the request, whatever that was answered', async () => {
    const { world, tokens } = keeper();
    const { send, requests } = sendOf(({ query = '' }) => {
      if (query.includes('client_secret=new')) return issued('new');
      world.credentials = { clientId: 'client-1', clientSecret: 'new' };
      return jsonReply({ error: 'invalid_client' }, 401);
    });
    const seen: unknown[] = [];
    const watched: Send<unknown> = async (target, perform) => {
      const sent = await send(target, perform);
      seen.push(sent);
      return sent;
    };
    const answers = await Promise.all([tokens.authorize(watched), tokens.authorize(watched)]);
    expect(answers).toEqual([
      { kind: 'token', token: 'new' },
      { kind: 'token', token: 'new' },
    ]);
    expect(requests.length).toBe(2);
    expect(seen[0]).toMatchObject({ kind: 'fault', outdated: true });
  });
});

describe('the identity service', () => {
  test.each([
    ['HTML', jsonReply('<html>a1-b2:ab</html>', 200)],
    ['nothing', jsonReply('', 200)],
    ['a torn answer', jsonReply('{"access_token":"a1-b2:ab","expi', 200)],
    ['no token', jsonReply({ expires_in: 3_600 }, 200)],
    ['a token that is none', issued('a1-b2:ab\r\nx: y')],
    ['a token with a blank', issued('a1-b2:ab c')],
    ['a token of another script', issued('жетон')],
    ['a failure', jsonReply({ access_token: 'a1-b2:ab' }, 500)],
    ['a redirect', jsonReply('', 302)],
    ['a limit of its own', jsonReply('slow down', 429)],
    ['another address', jsonReply('not here', 404)],
    ['a proxy’s page', jsonReply('<html>forbidden</html>', 403)],
  ])('that answers %s has kept the token away: nothing was sent', async (_name, reply) => {
    const { tokens } = keeper();
    const answer = await tokens.authorize(sendOf(() => reply).send);
    expect(answer).toMatchObject({ kind: 'fault' });
    const fault = answer.kind === 'fault' ? answer.fault : null;
    expect(fault?.kind === 'gone' ? fault.httpStatus : fault).toEqual(
      fault?.kind === 'gone' ? null : expect.objectContaining({ kind: 'network', sent: false }),
    );
    expect(JSON.stringify(answer)).not.toContain('a1-b2:ab');
  });

  test.each([400, 401, 403])('that refuses with %i refuses the credentials', async (status) => {
    const { tokens } = keeper();
    const { send } = sendOf(() => jsonReply({ error: 'unauthorized' }, status));
    expect(await tokens.authorize(send)).toMatchObject({ fault: { kind: 'identity', httpStatus: status } });
  });

  test('of another instance shows after five calls in a row, and not while any token is taken', () => {
    const { tokens } = keeper();
    const four = () => Array.from({ length: 4 }, () => tokens.refusedAgain());
    expect(four()).toEqual([null, null, null, null]);
    tokens.taken();
    expect(four()).toEqual([null, null, null, null]);
    expect(tokens.refusedAgain()).toMatchObject({ kind: 'identity' });
  });

  test('that cannot be reached has no request in its exchange', async () => {
    const { tokens } = keeper();
    const send: Send<unknown> = async (target) => ({
      kind: 'fault',
      fault: { kind: 'network', sent: true, reason: 'timeout', message: 'no answer' },
      exchange: exchangeOf(target),
    });
    expect(await tokens.authorize(send)).toMatchObject({
      fault: { kind: 'network', sent: false, reason: 'timeout' },
      exchange: { url: 'https://a.mktorest.example.com/identity/oauth/token' },
    });
  });
});
