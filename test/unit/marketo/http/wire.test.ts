import { readFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Fault } from '../../../../shared/marketo/faults/fault.ts';
import { createWire, type Wire, type WirePorts } from '../../../../shared/marketo/http/wire.ts';
import { WireError } from '../../../../shared/marketo/http/wire-fault.ts';
import type { Exchange, HttpReply, OutgoingRequest, Target } from '../../../../shared/marketo/transport.ts';
import { type Answer, type CannedServer, cannedServer } from '../../../support/canned-server.ts';
import { POST, targetOf } from '../../../support/direct-send.ts';

/** Far below any timeout of the tests, far above what loopback takes. */
const SHORT_MS = 100;

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(answer: Answer): Promise<CannedServer> {
  const server = await cannedServer(answer);
  closers.push(server.close);
  return server;
}

function wireOf(ports: Partial<WirePorts> = {}): Wire {
  const wire = createWire({ clock: Date.now, ...ports });
  closers.push(wire.close);
  return wire;
}

type Result =
  | { readonly reply: HttpReply; readonly exchange: Exchange }
  | { readonly fault: Fault; readonly exchange: Exchange };

async function call(wire: Wire, target: Target, request: OutgoingRequest = POST): Promise<Result> {
  const opened = await wire.open(target);
  if (opened.kind === 'failed') return opened;
  const { connection } = opened;
  try {
    return { reply: await connection.post(request), exchange: connection.exchange() };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { fault: error.fault, exchange: connection.exchange() };
  } finally {
    connection.release();
  }
}

async function faultOf(wire: Wire, target: Target, request: OutgoingRequest = POST): Promise<Fault> {
  const result = await call(wire, target, request);
  if ('fault' in result) return result.fault;
  throw new Error(`answered HTTP ${result.reply.status}`);
}

const network = (reason: string, sent: boolean) => expect.objectContaining({ kind: 'network', reason, sent });

const hello: Answer = (_, response) => response.end('hi');

describe('wire: a request and its answer', () => {
  test('carries method, headers and body, and answers status, headers and body', async () => {
    const server = await serve((_, response) => {
      response.writeHead(500, { 'x-kind': 'test' });
      response.end('grüße 😀');
    });
    const { url } = server;
    const result = await call(wireOf(), targetOf(url), { ...POST, headers: { 'x-a': 'b' }, body: 'é\r\n' });
    expect(result).toMatchObject({ reply: { status: 500, body: 'grüße 😀', headers: { 'x-kind': 'test' } } });
    expect(server.received[0]).toMatchObject({
      body: 'é\r\n',
      headers: { 'x-a': 'b', 'accept-encoding': 'identity', 'content-length': '4' },
    });
  });

  test('captures the exchange byte for byte, with its times', async () => {
    const server = await serve((_, response) => {
      response.setHeader('date', 'Sun, 22 Nov 2026 10:00:00 GMT');
      response.end('\ufeff  <x>\r\n</x>\t');
    });
    let now = 1_000;
    const wire = wireOf({ clock: () => now++ });
    const result = await call(wire, targetOf(server.url), { ...POST, body: ' <a>\r\n</a> ' });
    expect(result.exchange).toMatchObject({
      url: server.url,
      request: ' <a>\r\n</a> ',
      response: '\ufeff  <x>\r\n</x>\t',
      httpStatus: 200,
      serverDate: Date.parse('2026-11-22T10:00:00Z'),
    });
    expect(result.exchange.sentAt).toBeLessThan(result.exchange.endedAt);
  });

  test('masks every secret in url, request and response, also where it is escaped', async () => {
    const server = await serve((request, response) => response.end(`you said ${request.body}`));
    const request = { ...POST, body: 'k=a&b"1 k=a&amp;b&quot;1', secrets: ['a&b"1', 'token'] };
    const result = await call(wireOf(), targetOf(`${server.url}?t=token`), request);
    expect(server.received[0]?.body).toContain('a&b"1');
    expect(JSON.stringify(result.exchange)).not.toMatch(/a&b|a&amp;b|token/);
    expect(result.exchange.request).toBe('k=*** k=***');
    expect(result.exchange.response).toBe('you said k=*** k=***');
  });

  test('reads the body in the charset of its header', async () => {
    const server = await serve((_, response) => {
      response.setHeader('content-type', 'text/xml; charset=iso-8859-1');
      response.end(Buffer.from([0x4a, 0xfc]));
    });
    expect(await call(wireOf(), targetOf(server.url))).toMatchObject({ reply: { body: 'Jü' } });
  });

  test('reads the body as UTF-8 if it knows no charset of that name', async () => {
    const server = await serve((_, response) => {
      response.setHeader('content-type', 'text/xml; charset=klingon');
      response.end('Jü');
    });
    expect(await call(wireOf(), targetOf(server.url))).toMatchObject({ reply: { body: 'Jü' } });
  });

  test('keeps 40 concurrent exchanges apart', async () => {
    const server = await serve((request, response) => {
      setTimeout(() => response.end(`answer to ${request.body}`), Number(request.body) % 7);
    });
    const wire = wireOf();
    const one = (number: number) => call(wire, targetOf(server.url), { ...POST, body: String(number) });
    const results = await Promise.all(Array.from({ length: 40 }, (_, number) => one(number)));
    for (const [number, { exchange }] of results.entries()) {
      expect(exchange.request).toBe(String(number));
      expect(exchange.response).toBe(`answer to ${number}`);
    }
  });
});

describe('wire: sockets', () => {
  test('uses one socket for one request after another', async () => {
    const server = await serve(hello);
    const wire = wireOf();
    for (let i = 0; i < 5; i += 1) await call(wire, targetOf(server.url));
    expect(server.connections.made).toBe(1);
  });

  test('uses a socket for something unsafe within 2 s of its last answer, and not after', async () => {
    const server = await serve(hello);
    let now = 0;
    const wire = wireOf({ clock: () => now });
    await call(wire, targetOf(server.url));
    now = 1_999;
    await call(wire, targetOf(server.url, { announces: true }));
    expect(server.connections.made).toBe(1);
    now += 2_000;
    await call(wire, targetOf(server.url, { announces: true }));
    expect(server.connections.made).toBe(2);
  });

  test('still uses the older socket for something safe', async () => {
    const server = await serve(hello);
    let now = 0;
    const wire = wireOf({ clock: () => now });
    await call(wire, targetOf(server.url));
    now = 2_000;
    await call(wire, targetOf(server.url, { announces: false }));
    expect(server.connections.made).toBe(1);
  });

  test('lets go of a socket before a common server does', async () => {
    const server = await serve(hello);
    let now = 0;
    const wire = wireOf({ clock: () => now });
    await call(wire, targetOf(server.url));
    now = 4_000;
    await call(wire, targetOf(server.url));
    expect(server.connections.made).toBe(2);
  });

  test('keeps a socket no longer than the server says it will', async () => {
    const server = await serve((_, response) => {
      response.setHeader('keep-alive', 'timeout=2');
      response.end('hi');
    });
    let now = 0;
    const wire = wireOf({ clock: () => now });
    await call(wire, targetOf(server.url));
    now = 1_000;
    await call(wire, targetOf(server.url));
    expect(server.connections.made).toBe(2);
  });

  test('never sends on a socket that the server has closed meanwhile', async () => {
    const server = await serve(hello);
    const wire = wireOf();
    await call(wire, targetOf(server.url));
    server.hangUp();
    await vi.waitFor(() => expect(server.connections.open).toBe(0));
    const result = await call(wire, targetOf(server.url, { announces: true }));
    expect(result).toMatchObject({ reply: { status: 200 } });
    expect(server.received).toHaveLength(2);
  });

  test('opens another socket if the one it holds went stale while a permit was waited for', async () => {
    const server = await serve(hello);
    let now = 0;
    const wire = wireOf({ clock: () => now });
    const opened = await wire.open(targetOf(server.url, { announces: true }));
    if (opened.kind !== 'open') throw new Error('not open');
    const { connection } = opened;
    expect(connection.usable()).toBe(true);
    now = 60_000;
    expect(connection.usable()).toBe(false);
    expect(await connection.refresh()).toBeNull();
    expect(connection.usable()).toBe(true);
    now = 120_000;
    await connection.post(POST);
    connection.release();
    expect(server.connections.made).toBe(3);
    expect(server.received).toHaveLength(1);
  });

  test('says that nothing was sent if no other socket can be opened for a stale one', async () => {
    const server = await cannedServer(hello);
    const opened = await wireOf().open(targetOf(server.url));
    await server.close();
    if (opened.kind !== 'open') throw new Error('not open');
    const { connection } = opened;
    await vi.waitFor(() => expect(connection.usable()).toBe(false));
    const secret = { ...POST, body: 'a secret', secrets: ['secret'] };
    await expect(connection.post(secret)).rejects.toMatchObject({ fault: network('refused', false) });
    expect(connection.exchange()).toMatchObject({ request: 'a ***', sentAt: null });
    connection.release();
  });

  test('keeps no socket that was opened for a connection released meanwhile', async () => {
    const server = await serve(hello);
    let now = 0;
    const opened = await wireOf({ clock: () => now }).open(targetOf(server.url, { announces: true }));
    if (opened.kind !== 'open') throw new Error('not open');
    now = 60_000;
    const posted = opened.connection.post(POST).catch((error: unknown) => error);
    opened.connection.release();
    expect(await posted).toMatchObject({ fault: network('aborted', false) });
    await vi.waitFor(() => expect(server.connections.open).toBe(0));
    expect(server.received).toHaveLength(0);
  });

  test('does not pool a socket whose answer said close', async () => {
    const server = await serve((_, response) => {
      response.setHeader('connection', 'close');
      response.end('hi');
    });
    const wire = wireOf();
    await call(wire, targetOf(server.url));
    await call(wire, targetOf(server.url));
    expect(server.connections.made).toBe(2);
  });

  test('does not pool a socket on which the request is still being written', async () => {
    const connections: string[] = [];
    const port = await tcpServer((socket) => {
      const number = connections.push('') - 1;
      socket.once('data', () => {
        connections[number] = 'answered';
        socket.pause();
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi');
      });
    });
    const wire = wireOf();
    const target = targetOf(`http://127.0.0.1:${port}/`);
    const large = { ...POST, body: 'x'.repeat(32 * 1024 * 1024) };
    expect(await call(wire, target, large)).toMatchObject({ reply: { body: 'hi' } });
    expect(await call(wire, target)).toMatchObject({ reply: { body: 'hi' } });
    expect(connections).toHaveLength(2);
  });

  test('does not take what a server says unasked for the next answer', async () => {
    const server = await serve((_, response, socket) => {
      response.end('hi');
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil'), 5);
    });
    const wire = wireOf();
    await call(wire, targetOf(server.url));
    await vi.waitFor(() => expect(server.connections.open).toBe(0));
    expect(await call(wire, targetOf(server.url))).toMatchObject({ reply: { body: 'hi' } });
  });

  test('leaks none, however a request ends', async () => {
    const server = await serve((request, response, socket) => {
      if (request.body === 'cut') socket.destroy();
      else if (request.body === 'ok') response.end('ok');
      else if (request.body === 'big') response.end('x'.repeat(5_000));
      else if (request.body === 'moved') response.writeHead(302, { location: '/x' }).end();
    });
    const wire = wireOf({ maxReplyBytes: 1_000 });
    const bodies = ['ok', 'cut', 'big', 'moved', 'silence'];
    const target = targetOf(server.url, { timeoutMs: SHORT_MS });
    await Promise.all([...bodies, ...bodies].map((body) => call(wire, target, { ...POST, body })));
    const unused = await wire.open(target);
    if (unused.kind === 'open') unused.connection.release();
    wire.close();
    await vi.waitFor(() => expect(server.connections.open).toBe(0));
    expect(server.connections.made).toBeGreaterThan(4);
  });

  test('closes what is released after the wire was closed', async () => {
    const server = await serve(hello);
    const wire = wireOf();
    const opened = await wire.open(targetOf(server.url));
    wire.close();
    expect(server.connections.open).toBe(1);
    if (opened.kind === 'open') opened.connection.release();
    await vi.waitFor(() => expect(server.connections.open).toBe(0));
  });

  test('sends one request per connection', async () => {
    const server = await serve(hello);
    const opened = await wireOf().open(targetOf(server.url));
    if (opened.kind !== 'open') throw new Error('not open');
    await opened.connection.post(POST);
    await expect(opened.connection.post(POST)).rejects.toThrow(WireError);
    opened.connection.release();
    await expect(opened.connection.post(POST)).rejects.toThrow(WireError);
    expect(server.received).toHaveLength(1);
  });
});

describe('wire: failures before a byte was sent', () => {
  test('is refused', async () => {
    const server = await cannedServer(hello);
    await server.close();
    let now = 0;
    const result = await call(wireOf({ clock: () => ++now }), targetOf(server.url));
    expect(result).toMatchObject({
      fault: network('refused', false),
      exchange: { sentAt: null, response: null, request: '', endedAt: now },
    });
  });

  test('is gone if nobody knows the host, and dns if the resolver fails', async () => {
    const failing = (code: string) =>
      wireOf({
        lookup: (_host, _options, done) =>
          done(Object.assign(new Error(code), { code, syscall: 'getaddrinfo' }), []),
      });
    const target = targetOf('http://nobody.invalid/soap');
    expect(await faultOf(failing('ENOTFOUND'), target)).toMatchObject({ kind: 'gone', httpStatus: null });
    expect(await faultOf(failing('EAI_AGAIN'), target)).toEqual(network('dns', false));
  });

  test('is tls if the certificate is not trusted', async () => {
    const server = await secureServer();
    expect(await faultOf(wireOf(), targetOf(server.url))).toEqual(network('tls', false));
    expect(server.received).toHaveLength(0);
  });

  test('is answered over TLS if the certificate is trusted', async () => {
    const server = await secureServer();
    const wire = wireOf({ ca: CERTIFICATE });
    for (let i = 0; i < 2; i += 1) {
      expect(await call(wire, targetOf(server.url))).toMatchObject({ reply: { status: 200 } });
    }
    expect(server.connections.made).toBe(1);
  });

  test('counts as sent when a TLS connection is cut after the request', async () => {
    const server = await secureServer((_, _response, socket) => socket.destroy());
    expect(await faultOf(wireOf({ ca: CERTIFICATE }), targetOf(server.url))).toEqual(network('reset', true));
  });

  test('is tls if the other side speaks none', async () => {
    const server = await serve(hello);
    expect(await faultOf(wireOf(), targetOf(server.url.replace('http:', 'https:')))).toEqual(
      network('tls', false),
    );
  });

  test('times out on a handshake that nobody answers, and hangs up', async () => {
    let open = 0;
    const silent = await tcpServer((socket) => {
      open += 1;
      socket.resume();
      socket.once('close', () => {
        open -= 1;
      });
    });
    const wire = wireOf({ connectTimeoutMs: SHORT_MS });
    expect(await faultOf(wire, targetOf(`https://127.0.0.1:${silent}/`))).toEqual(network('timeout', false));
    await vi.waitFor(() => expect(open).toBe(0));
  });

  test('is aborted if the signal comes before the write', async () => {
    const server = await serve(hello);
    const abort = new AbortController();
    const opened = await wireOf().open(targetOf(server.url), abort.signal);
    if (opened.kind !== 'open') throw new Error('not open');
    abort.abort();
    await expect(opened.connection.post(POST)).rejects.toMatchObject({ fault: network('aborted', false) });
    expect(opened.connection.exchange().sentAt).toBeNull();
    opened.connection.release();
    expect(server.received).toHaveLength(0);
    expect(await wireOf().open(targetOf(server.url), abort.signal)).toMatchObject({
      fault: network('aborted', false),
    });
  });

  test('never sends a byte of what it called unsent, at whatever step it is aborted', async () => {
    const server = await serve(hello);
    // Odd steps abort in a tick of its own, which can fall between asking Node to send and Node's sending.
    const steps = Array.from({ length: 24 }, (_, step) => step);
    const faults = await Promise.all(
      steps.map(async (step) => {
        const abort = new AbortController();
        const opened = await wireOf().open(targetOf(server.url), abort.signal);
        if (opened.kind !== 'open') throw new Error('not open');
        const posted = opened.connection
          .post({ ...POST, body: `step ${step}` })
          .catch((error: unknown) => error);
        for (let i = 0; i < step >> 1; i += 1) await null;
        if (step % 2 === 1) process.nextTick(() => abort.abort());
        else abort.abort();
        const error = await posted;
        opened.connection.release();
        return error instanceof WireError ? error.fault : null;
      }),
    );
    const unsent = faults.flatMap((fault, step) =>
      fault?.kind === 'network' && !fault.sent ? [`step ${step}`] : [],
    );
    await call(wireOf(), targetOf(server.url), { ...POST, body: 'last' });
    const received = server.received.map((one) => one.body);
    expect(unsent.length).toBeGreaterThan(0);
    expect(received).toContain('last');
    expect(received.filter((body) => unsent.includes(body))).toEqual([]);
  });

  test.each(['nonsense', 'ftp://example.com/'])('refuses %s as an address', async (url) => {
    expect(await faultOf(wireOf(), targetOf(url))).toEqual(network('other', false));
  });

  test('is internal if the headers cannot be written', async () => {
    const server = await serve(hello);
    const fault = await faultOf(wireOf(), targetOf(server.url), { ...POST, headers: { bad: 'a\r\nb: c' } });
    expect(fault).toMatchObject({ kind: 'internal', sent: false });
    expect(server.received).toHaveLength(0);
  });
});

describe('wire: failures after the request was sent', () => {
  test('times out on silence', async () => {
    const server = await serve(() => {});
    const result = await call(wireOf(), targetOf(server.url, { timeoutMs: SHORT_MS }));
    expect(result).toMatchObject({ fault: network('timeout', true), exchange: { response: null } });
    expect(result.exchange.sentAt).not.toBeNull();
    expect(server.received).toHaveLength(1);
  });

  test('times out on an answer that drips', async () => {
    const server = await serve((_, response, socket) => {
      const drip = setInterval(() => response.write('x'), SHORT_MS / 10);
      socket.once('close', () => clearInterval(drip));
    });
    const result = await call(wireOf(), targetOf(server.url, { timeoutMs: SHORT_MS }));
    expect(result).toMatchObject({
      fault: network('timeout', true),
      exchange: { response: null, httpStatus: null },
    });
  });

  test('is reset if the server hangs up before it answers', async () => {
    const server = await serve((_, _response, socket) => socket.destroy());
    expect(await faultOf(wireOf(), targetOf(server.url))).toEqual(network('reset', true));
  });

  test('is reset if the answer breaks off', async () => {
    const server = await serve((_, response, socket) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => socket.destroy());
    });
    const result = await call(wireOf(), targetOf(server.url));
    expect(result).toMatchObject({
      fault: network('reset', true),
      exchange: { response: null, httpStatus: null },
    });
  });

  test('is aborted if the signal comes while the answer is waited for', async () => {
    const abort = new AbortController();
    const server = await serve(() => abort.abort());
    const opened = await wireOf().open(targetOf(server.url), abort.signal);
    if (opened.kind !== 'open') throw new Error('not open');
    await expect(opened.connection.post(POST)).rejects.toMatchObject({ fault: network('aborted', true) });
    opened.connection.release();
  });

  test('does not send again by itself, whatever the failure', async () => {
    const server = await serve((_, _response, socket) => socket.destroy());
    const wire = wireOf();
    await call(wire, targetOf(server.url));
    expect(server.received).toHaveLength(1);
  });

  test('does not follow a redirect', async () => {
    const server = await serve((_, response) => response.writeHead(307, { location: '/else' }).end('moved'));
    const result = await call(wireOf(), targetOf(server.url));
    expect(result).toMatchObject({
      fault: { kind: 'unreadable', what: 'redirect', httpStatus: 307 },
      exchange: { response: 'moved', httpStatus: 307 },
    });
    expect(server.received).toHaveLength(1);
  });

  test('cuts an answer above the size limit, and says so', async () => {
    const server = await serve((_, response) => response.end('x'.repeat(1_001)));
    const result = await call(wireOf({ maxReplyBytes: 1_000 }), targetOf(server.url));
    expect(result).toMatchObject({ fault: { kind: 'unreadable', what: 'too-large', httpStatus: 200 } });
    expect(result.exchange.response).toHaveLength(1_000);
  });

  test('takes an answer of exactly the limit', async () => {
    const server = await serve((_, response) => response.end('x'.repeat(1_000)));
    expect(await call(wireOf({ maxReplyBytes: 1_000 }), targetOf(server.url))).toMatchObject({
      reply: { status: 200 },
    });
  });

  test('unpacks an answer that was packed unasked, within the size limit', async () => {
    const packed =
      (length: number): Answer =>
      (_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(length)));
    const wire = wireOf({ maxReplyBytes: 1_000 });
    const fits = await serve(packed(1_000));
    const result = await call(wire, targetOf(fits.url));
    expect(result).toMatchObject({ reply: { status: 200, body: 'x'.repeat(1_000) } });
    const bomb = await serve(packed(1_000_000));
    expect(await faultOf(wire, targetOf(bomb.url))).toMatchObject({ what: 'too-large', httpStatus: 200 });
  });

  test('hears a gateway through an answer that it cannot unpack', async () => {
    const server = await serve((_, response) =>
      response.writeHead(503, { 'content-encoding': 'gzip', 'retry-after': '7' }).end('x'),
    );
    expect(await faultOf(wireOf(), targetOf(server.url))).toMatchObject({
      kind: 'gateway',
      retryAfterMs: 7_000,
    });
  });

  test('does not read a compressed answer that is not what it says', async () => {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    );
    expect(await faultOf(wireOf(), targetOf(server.url))).toMatchObject({
      kind: 'unreadable',
      what: 'other',
    });
  });

  test('is a network fault if what answers is not HTTP', async () => {
    const server = await serve((_, _response, socket) => socket.end('SSH-2.0-nothing here\r\n'));
    expect(await faultOf(wireOf(), targetOf(server.url))).toEqual(network('other', true));
  });
});

async function tcpServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const fixture = (name: string) =>
  readFileSync(new URL(`../../../support/tls/${name}`, import.meta.url), 'utf8');
const CERTIFICATE = fixture('loopback-certificate.pem');

async function secureServer(answer: Answer = hello): Promise<CannedServer> {
  const key = fixture('loopback-key.pem');
  const server = await cannedServer(
    answer,
    (listener) => createHttps({ key, cert: CERTIFICATE }, listener),
    'https',
  );
  closers.push(server.close);
  return server;
}
