import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from './auth.ts';
import { type Controlled, control } from './control.ts';
import type { Instance } from './instance.ts';
import { type Limits, MARKETO_LIMITS } from './limits.ts';
import { refuseWebPages } from './refuse-web-pages.ts';
import { type Rule, Script } from './script.ts';
import { DEFAULT_SEED, type Seed } from './seed.ts';
import { type Latency, type SoapService, serveSoap } from './soap-service.ts';
import { World } from './world.ts';

const SOAP_PATH = '/soap/mktows/3_1';
export const DEFAULT_CREDENTIALS: Credentials = {
  userId: 'simulator_user',
  encryptionKey: 'simulator-encryption-key',
};

export interface SimulatorOptions {
  /** A free port, unless told. */
  readonly port?: number;
  /** Where instance and books survive a kill; in memory only without it. */
  readonly dataDir?: string;
  readonly credentials?: Credentials;
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
  /** The instance itself, to look at. */
  instance(): Instance;
  close(): Promise<void>;
}

const DEFAULT_SIGNATURE_WINDOW_MS = 5 * 60_000;
const DEFAULT_KEEP_ALIVE_MS = 5_000;
/** Ten times the largest request that is allowed (300 leads); more is a mistake of the caller. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;

/** Starts a pretend Marketo on loopback. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const service = createService(options);
  const server = createServer((request, response) => {
    handle(simulator, service, request, response).catch((error: unknown) => fail(response, error));
  });
  refuseWebPages(server);
  server.keepAliveTimeout = options.keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS;
  server.keepAliveTimeoutBuffer = 0;
  const port = await listen(server, options.port ?? 0).catch((error: unknown) => {
    service.world.close();
    throw error;
  });
  const simulator = createSimulator(service, server, port);
  return simulator;
}

function createService(options: SimulatorOptions): SoapService {
  const random = options.random ?? Math.random;
  const seed = { ...DEFAULT_SEED, ...options.seed };
  return {
    world: new World(seed, { ...MARKETO_LIMITS, ...options.limits }, options.dataDir ?? null),
    script: new Script(options.rules ?? [], random),
    latency: options.latency ?? { minMs: 0, maxMs: 0 },
    credentials: options.credentials ?? DEFAULT_CREDENTIALS,
    signatureWindowMs: options.signatureWindowMs ?? DEFAULT_SIGNATURE_WINDOW_MS,
    clock: options.clock ?? Date.now,
    random,
  };
}

function createSimulator(service: SoapService, server: Server, port: number): Simulator {
  const { world, credentials } = service;
  const script = (rules: readonly Rule[]) => {
    service.script = new Script(rules, service.random);
  };
  return {
    port,
    soapUrl: `http://127.0.0.1:${port}${SOAP_PATH}`,
    restUrl: `http://127.0.0.1:${port}/rest`,
    credentials,
    script,
    setLimits: (limits) => {
      world.gate.limits = { ...world.gate.limits, ...limits };
    },
    witness: () => world.witness(service.clock()),
    instance: () => world.instance,
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
  service: SoapService,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  // A client corrects its clock by this header, so it must be the simulator's time.
  response.setHeader('date', new Date(service.clock()).toUTCString());
  const body = await readBody(request);
  if (body === null) return;
  if (path === SOAP_PATH && request.method === 'POST') return serveSoap(service, body, response);
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
