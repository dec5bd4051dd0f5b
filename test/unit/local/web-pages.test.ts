import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDynamoServer } from '../../../local/dynamo-server.ts';
import { startSqsServer } from '../../../local/sqs-server.ts';
import { INSTANCE_PATH } from '../../../local/stack-file.ts';
import { tableDefinition } from '../../../shared/aws/dynamo-table.ts';
import { DEFAULT_REST_CREDENTIALS, type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { holdPorts } from '../../support/held-ports.ts';

const SOAP_PATH = '/soap/mktows/3_1';
const TOKEN_PATH = `/identity/oauth/token?${new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: DEFAULT_REST_CREDENTIALS.clientId,
  client_secret: DEFAULT_REST_CREDENTIALS.clientSecret,
})}`;

let directory: string;
let simulator: Simulator;
const closers: (() => Promise<void>)[] = [];
const ports: Record<ServerName, number> = { queue: 0, table: 0, simulator: 0 };

type ServerName = 'queue' | 'table' | 'simulator';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mktq-pages-'));
  const held = await holdPorts(2);
  const [sqs, dynamodb] = [held.first, held.first + 1];
  await held.release();
  const region = 'us-east-1';
  const queue = await startSqsServer({
    directory: join(directory, 'sqs'),
    port: sqs,
    region,
    instance: 'instance-1',
    onDiskTrouble: (error) => {
      throw error;
    },
  });
  closers.push(() => queue.close());
  const table = await startDynamoServer({
    directory: join(directory, 'level'),
    port: dynamodb,
    region,
    table: tableDefinition('mktq'),
  });
  closers.push(() => table.close());
  simulator = await startSimulator();
  closers.push(() => simulator.close());
  Object.assign(ports, { queue: sqs, table: dynamodb, simulator: simulator.port });
});

afterAll(async () => {
  for (const close of closers) await close();
  rmSync(directory, { recursive: true, force: true });
});

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Node's own client: fetch would neither send a Host nor an Origin of our choice. */
const ask = (
  server: ServerName,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const asked = request({ port: ports[server], host: '127.0.0.1', method, path, headers }, (reply) => {
      let text = '';
      reply.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: text }));
    });
    asked.once('error', reject);
    asked.end(body);
  });

const corsHeadersOf = ({ headers }: Reply): readonly string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

/** What each server does for a program, in one request; every path of the simulator's control included. */
const doors: readonly (readonly [
  server: ServerName,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
])[] = [
  ['queue', 'GET', INSTANCE_PATH, {}, ''],
  [
    'queue',
    'POST',
    '/',
    { 'x-amz-target': 'AmazonSQS.ListQueues', 'content-type': 'application/x-amz-json-1.0' },
    '{}',
  ],
  ['table', 'GET', '/', {}, ''],
  [
    'table',
    'POST',
    '/',
    {
      'x-amz-target': 'DynamoDB_20120810.ListTables',
      'content-type': 'application/x-amz-json-1.0',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-date': '20261122T100000Z',
    },
    '{}',
  ],
  ['simulator', 'POST', SOAP_PATH, {}, '<not-soap/>'],
  ['simulator', 'GET', '/_simulator', {}, ''],
  ['simulator', 'GET', '/_simulator/witness', {}, ''],
  ['simulator', 'POST', '/_simulator/script', {}, '[]'],
  ['simulator', 'POST', '/_simulator/limits', {}, '{"dailyQuota":9999}'],
  ['simulator', 'POST', '/_simulator/expire-tokens', {}, ''],
  ['simulator', 'GET', '/rest/v1/stats/usage.json', {}, ''],
  ['simulator', 'POST', TOKEN_PATH, {}, ''],
  ['simulator', 'POST', '/_simulator/reset', {}, ''],
];

const pages: readonly (readonly [what: string, headers: Record<string, string>])[] = [
  ['an Origin', { origin: 'https://example.com' }],
  ['an Origin that is opaque', { origin: 'null' }],
  ['an Origin on this machine', { origin: 'http://127.0.0.1:3000' }],
  ['the Host of another site', { host: 'rebound.example.com' }],
  ['a Host that only begins like this machine', { host: '127.0.0.1.example.com:80' }],
  ['a Host that only ends like this machine', { host: 'example.com@localhost:80' }],
  ['a note that another site asks', { 'sec-fetch-site': 'cross-site' }],
  ['a note that a page of this machine asks', { 'sec-fetch-site': 'same-site' }],
];

describe.each(doors)('the %s at %s %s', (server, method, path, headers, body) => {
  test('answers a program, and sends no word about other origins along', async () => {
    const reply = await ask(server, method, path, headers, body);
    // Not SOAP: the simulator's fault, which shows that the request has reached it.
    expect(reply.status).toBe(path === SOAP_PATH ? 500 : 200);
    expect(corsHeadersOf(reply)).toEqual([]);
  });

  test.each(pages)('refuses a request with %s', async (_what, ofPage) => {
    const before = simulator.witness().arrived;
    const reply = await ask(server, method, path, { ...headers, ...ofPage }, body);
    expect(reply.status).toBe(403);
    expect(corsHeadersOf(reply)).toEqual([]);
    expect(simulator.witness().arrived).toBe(before);
  });

  test('grants no preflight', async () => {
    const reply = await ask(server, 'OPTIONS', path, {
      origin: 'https://example.com',
      'access-control-request-method': method,
      'access-control-request-headers': 'x-amz-target,content-type',
      'access-control-request-private-network': 'true',
    });
    expect(reply.status).toBe(403);
    expect(corsHeadersOf(reply)).toEqual([]);
  });
});

describe('a program', () => {
  test.each(['127.0.0.1', 'localhost', 'LOCALHOST:80', '[::1]:8000'])(
    'may call this machine %s',
    async (host) => {
      for (const server of ['queue', 'table', 'simulator'] as const) {
        const path = { queue: INSTANCE_PATH, table: '/', simulator: '/_simulator' }[server];
        expect((await ask(server, 'GET', path, { host })).status).toBe(200);
      }
    },
  );
});
