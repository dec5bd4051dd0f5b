import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { writePrivately } from './private-files.ts';
import { LocalTrouble, portInUse } from './trouble.ts';

/** Where the three servers listen. */
export interface PortNumbers {
  readonly sqs: number;
  readonly dynamodb: number;
  readonly marketo: number;
}

export const LOOPBACK = '127.0.0.1';

/**
 * With a first port N: N, N+1, N+2, or a one-line refusal that names the one in use.
 * Without: those of the last start where they are still free, so that addresses outlive a restart, else any free ones.
 */
export async function choosePorts(dataDir: string, first: number | null): Promise<PortNumbers> {
  if (first !== null) {
    const ports = { sqs: first, dynamodb: first + 1, marketo: first + 2 };
    for (const port of Object.values(ports)) await demandFree(port);
    return ports;
  }
  const before = rememberedPorts(dataDir);
  const taken = new Set<number>();
  return {
    sqs: await freePort(before?.sqs, taken),
    dynamodb: await freePort(before?.dynamodb, taken),
    marketo: await freePort(before?.marketo, taken),
  };
}

/** So often other ports are chosen where one was taken before its server came to it. */
const MOST_CHOICES = 5;

/**
 * Opens servers on ports that are free. Between the choice and the bind any process may take one: then the choice is made again,
 * but for ports that were asked for. `open` leaves nothing open when it fails.
 */
export async function onFreePorts<T>(
  dataDir: string,
  first: number | null,
  open: (ports: PortNumbers) => Promise<T>,
): Promise<T> {
  for (let choices = 1; ; choices += 1) {
    const ports = await choosePorts(dataDir, first);
    try {
      return await open(ports);
    } catch (error) {
      if (first !== null || choices === MOST_CHOICES || portInUse(error) === null) throw error;
    }
  }
}

export function rememberPorts(dataDir: string, ports: PortNumbers): void {
  writePrivately(portsPath(dataDir), JSON.stringify(ports));
}

const portsPath = (dataDir: string): string => join(dataDir, 'ports.json');

function rememberedPorts(dataDir: string): Partial<PortNumbers> | null {
  try {
    // Written by rememberPorts; a port that is no number fails to bind and is replaced.
    return JSON.parse(readFileSync(portsPath(dataDir), 'utf8')) as Partial<PortNumbers> | null;
  } catch {
    return null;
  }
}

async function demandFree(port: number): Promise<void> {
  const found = await tryPort(port);
  if (found.kind === 'free') return;
  throw new LocalTrouble(
    found.code === 'EADDRINUSE'
      ? `port ${port} is in use: stop what listens there, or choose another with --port`
      : `port ${port} cannot be used (${found.code}): choose another with --port`,
  );
}

async function freePort(wanted: number | undefined, taken: Set<number>): Promise<number> {
  for (const candidate of [wanted ?? 0, 0, 0, 0]) {
    const found = await tryPort(candidate);
    if (found.kind === 'free' && !taken.has(found.port)) {
      taken.add(found.port);
      return found.port;
    }
  }
  throw new LocalTrouble(`no free port on ${LOOPBACK}: choose one with --port`);
}

type PortFound =
  | { readonly kind: 'free'; readonly port: number }
  | { readonly kind: 'refused'; readonly code: string };

const tryPort = (port: number): Promise<PortFound> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(refusedWith(error.code)));
    try {
      server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
        const address = server.address() as AddressInfo;
        server.close(() => resolve({ kind: 'free', port: address.port }));
      });
    } catch (error) {
      resolve(refusedWith((error as NodeJS.ErrnoException).code));
    }
  });

const refusedWith = (code: string | undefined): PortFound => ({ kind: 'refused', code: code ?? 'unknown' });
