import { afterEach, describe, expect, test } from 'vitest';
import { createWire, type Wire } from '../../../../shared/marketo/http/wire.ts';
import { Session } from '../../../../shared/marketo/rest/call/session.ts';
import { createTokens } from '../../../../shared/marketo/rest/call/token.ts';
import type { Directory } from '../../../../shared/marketo/rest/directory/directory.ts';
import type { Send, Sent } from '../../../../shared/marketo/transport.ts';
import { type Answer, type CannedServer, cannedServer } from '../../../support/canned-server.ts';
import { directSend } from '../../../support/direct-send.ts';
import { NO_SETTINGS } from '../../../support/rest-stage.ts';

const SECRET = 'S3cret/with+signs';
const TOKEN = 'a1-b2:ab';

const open: { server: CannedServer | null; wire: Wire | null } = { server: null, wire: null };

afterEach(async () => {
  open.wire?.close();
  await open.server?.close();
});

/** A session over real sockets, and every end of a request that it has seen. */
async function world(identity: Answer, rest: Answer = () => undefined) {
  const server = await cannedServer((request, response, socket) => {
    const isRest = request.headers.authorization !== undefined;
    return (isRest ? rest : identity)(request, response, socket);
  });
  const { origin } = new URL(server.url);
  const wire = createWire({ clock: Date.now });
  Object.assign(open, { server, wire });
  const ends: Sent<unknown, unknown>[] = [];
  const send: Send<unknown> = async (target, perform) => {
    const sent = await directSend(wire)(target, perform);
    ends.push(sent);
    return sent;
  };
  const tokens = createTokens({
    identityEndpoint: `${origin}/identity`,
    credentials: () => ({ clientId: 'client-1', clientSecret: SECRET }),
    clock: Date.now,
    timeoutMs: null,
  });
  const session = new Session({
    send,
    origin,
    tokens,
    directory: {} as Directory,
    settings: NO_SETTINGS,
    workspace: null,
    timeoutMs: null,
    clock: Date.now,
    random: () => 0,
  });
  return { session, ends, server };
}

const gives: Answer = (_request, response) => {
  response.end(JSON.stringify({ access_token: TOKEN, expires_in: 3_600 }));
};

const HIDDEN = [SECRET, encodeURIComponent(SECRET), TOKEN, 'client-1', 'client_secret', 'access_token'];

describe('on the wire', () => {
  test.each<[string, Answer]>([
    ['a token', gives],
    [
      'a refusal that repeats the secret',
      (_request, response) =>
        response.writeHead(401).end(JSON.stringify({ error: 'x', error_description: SECRET })),
    ],
    ['a token with an error', (_request, response) => response.writeHead(500).end(`${TOKEN} ${SECRET}`)],
    [
      'half a token',
      (_request, response, socket) => {
        response.writeHead(200, { 'content-length': '500' });
        response.write(`{"access_token":"${TOKEN}"`, () => socket.destroy());
      },
    ],
    ['nothing', (_request, _response, socket) => socket.destroy()],
  ])('an identity request that is answered %s is in no exchange and no fault', async (_name, identity) => {
    const { session, ends } = await world(identity, (_request, response) => {
      response.end('{"success":true}');
    });
    await session.try({ endpoint: 'usage' });
    const [first] = ends;
    expect(first).toBeDefined();
    const { value: _value, ...seen } = { value: null, ...first };
    const text = JSON.stringify(seen);
    expect(HIDDEN.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).toContain('/identity/oauth/token');
  });

  test('a token is in no exchange, also where the reply repeats it', async () => {
    const { session, ends } = await world(gives, (_request, response) => {
      response.end(
        JSON.stringify({ success: false, errors: [{ code: '1003', message: `Bearer ${TOKEN}` }] }),
      );
    });
    const tried = await session.try({ endpoint: 'syncLeads', json: { input: [{ email: TOKEN }] } });
    const text = JSON.stringify([ends[1], tried]);
    expect(text).not.toContain(TOKEN);
    expect(text).toContain('POST /rest/v1/leads.json');
  });

  test('no redirect is followed, neither with the secret nor with the token', async () => {
    const elsewhere = await cannedServer((_request, response) => response.end('{"success":true}'));
    const redirect: Answer = (_request, response) =>
      response.writeHead(302, { location: `${elsewhere.url}/rest/v1/stats/usage.json` }).end();
    const first = await world(redirect);
    expect(await first.session.try({ endpoint: 'usage' })).toMatchObject({
      error: { fault: { kind: 'network', sent: false } },
    });
    open.wire?.close();
    await open.server?.close();
    const second = await world(gives, redirect);
    expect(await second.session.try({ endpoint: 'usage' })).toMatchObject({
      error: { fault: { kind: 'unreadable', what: 'redirect' } },
    });
    expect(elsewhere.connections.made).toBe(0);
    await elsewhere.close();
  });
});
