import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Controlled, control } from './control.ts';
import type { Instance } from './instance/instance.ts';
import { DEFAULT_SEED, type Seed } from './instance/seed.ts';
import { type Limits, MARKETO_LIMITS } from './limits.ts';
import type { Latency, Service } from './perform.ts';
import { refuseWebPages } from './refuse-web-pages.ts';
import { type RestCredentials, TokenBook } from './rest/identity.ts';
import { type IdentitySettings, serveIdentity } from './rest/identity-service.ts';
import { serveRest } from './rest/rest-service.ts';
import { type Rule, Script } from './script.ts';
import type { Credentials } from './soap/auth.ts';
import { type SoapSettings, serveSoap } from './soap/soap-service.ts';
import { World } from './world.ts';

const SOAP_PATH = '/soap/mktows/3_1';
export const DEFAULT_CREDENTIALS: Credentials = {
  userId: 'simulator_user',
  encryptionKey: 'simulator-encryption-key',
};
export const DEFAULT_REST_CREDENTIALS: RestCredentials = {
  clientId: 'simulator-client',
  clientSecret: 'simulator-client-secret',
};

export interface SimulatorOptions {
  /** A free port, unless told. */
  readonly port?: number;
  /** Where instance and books survive a kill; in memory only without it. */
  readonly dataDir?: string;
  readonly credentials?: Credentials;
  readonly restCredentials?: RestCredentials;
  /** How long an access token lives; 1 hour (docs/marketo-facts.md). */
  readonly tokenLifeMs?: number;
  /** How far a timestamp may be off, in either direction; 5 minutes. Adobe publishes no figure. */
  readonly signatureWindowMs?: number;
  readonly limits?: Partial<Limits>;
  /** How long a call takes; 0 unless told. */
  readonly latency?: Latency;
  /** After how long an idle kept-alive socket is closed; 5 s. */
  readonly keepAliveMs?: number;
  readonly rules?: readonly Rule[];
  readonly seed?: Partial<Seed>;
  readonly clock?: () => number;
  readonly random?: () => number;
}

export interface Simulator extends Controlled {
  readonly port: number;
  readonly credentials: Credentials;
  readonly restCredentials: RestCredentials;
  /** The instance itself, to look at. */
  instance(): Instance;
  close(): Promise<void>;
}

const DEFAULT_SIGNATURE_WINDOW_MS = 5 * 60_000;
const DEFAULT_TOKEN_LIFE_MS = 3_600_000;
const DEFAULT_KEEP_ALIVE_MS = 5_000;
/** Ten times the largest request that is allowed (300 leads); more is a mistake of the caller. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;
/** Past the longest URI that Marketo takes, so that one that is too long gets Marketo's answer. */
const MOST_HEADER_BYTES = 256 * 1024;

/** Starts a pretend Marketo on loopback. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const faces = createFaces(options);
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES }, (request, response) => {
    handle(simulator, faces, request, response).catch((error: unknown) => fail(response, error));
  });
  refuseWebPages(server);
  server.keepAliveTimeout = options.keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS;
  server.keepAliveTimeoutBuffer = 0;
  const port = await listen(server, options.port ?? 0).catch((error: unknown) => {
    faces.service.world.close();
    throw error;
  });
  const simulator = createSimulator(faces, server, port);
  return simulator;
}

/** One instance and its books, and what each API asks of a caller. */
interface Faces {
  readonly service: Service;
  readonly soap: SoapSettings;
  readonly identity: IdentitySettings;
}

function createFaces(options: SimulatorOptions): Faces {
  return {
    service: createService(options),
    soap: {
      credentials: options.credentials ?? DEFAULT_CREDENTIALS,
      signatureWindowMs: options.signatureWindowMs ?? DEFAULT_SIGNATURE_WINDOW_MS,
    },
    identity: {
      credentials: options.restCredentials ?? DEFAULT_REST_CREDENTIALS,
      tokens: new TokenBook(),
      tokenLifeMs: options.tokenLifeMs ?? DEFAULT_TOKEN_LIFE_MS,
    },
  };
}

function createService(options: SimulatorOptions): Service {
  const random = options.random ?? Math.random;
  const seed = { ...DEFAULT_SEED, ...options.seed };
  return {
    world: new World(seed, { ...MARKETO_LIMITS, ...options.limits }, options.dataDir ?? null),
    script: new Script(options.rules ?? [], random),
    latency: options.latency ?? { minMs: 0, maxMs: 0 },
    clock: options.clock ?? Date.now,
    random,
  };
}

function createSimulator({ service, soap, identity }: Faces, server: Server, port: number): Simulator {
  const { world } = service;
  const script = (rules: readonly Rule[]) => {
    service.script = new Script(rules, service.random);
  };
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    soapUrl: `${origin}${SOAP_PATH}`,
    restUrl: `${origin}/rest`,
    identityUrl: `${origin}/identity`,
    credentials: soap.credentials,
    restCredentials: identity.credentials,
    script,
    setLimits: (limits) => {
      world.gate.limits = { ...world.gate.limits, ...limits };
    },
    witness: () => world.witness(service.clock()),
    expireTokens: () => identity.tokens.endAt(service.clock()),
    revokeTokens: () => identity.tokens.revoke(),
    instance: () => world.instanceAt(service.clock()),
    reset: () => {
      world.reset();
      script([]);
    },
    close: () => close(server, world),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function close(server: Server, world: World): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
  world.close();
}

async function handle(
  simulator: Simulator,
  { service, soap, identity }: Faces,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  // A client corrects its clock by this header, so it must be the simulator's time.
  response.setHeader('date', new Date(service.clock()).toUTCString());
  const body = await readBody(request);
  if (body === null) return;
  if (path === SOAP_PATH && request.method === 'POST') return serveSoap(service, soap, body, response);
  if (path.startsWith('/identity/')) return serveIdentity(service, identity, request, response);
  if (path.startsWith('/rest/') || path.startsWith('/bulk/'))
    return serveRest(service, identity.tokens, request, body, response);
  const { status, value } = path.startsWith('/_simulator')
    ? control(simulator, request.method ?? '', path, body.toString())
    : { status: 404, value: { error: 'not found' } };
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** Null if the client went away in the middle: such a request never arrived. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > MOST_BODY_BYTES) request.destroy();
      else chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}

function fail(response: ServerResponse, error: unknown): void {
  // A bug of the simulator must be seen: an answer that looks like Marketo's would hide it.
  process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
  response.destroy();
}
