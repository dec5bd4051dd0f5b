import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Ports of loopback in a row, taken until they are released. */
export interface HeldPorts {
  readonly first: number;
  /** Gives all up, or the nth alone (from 0). */
  release(nth?: number): Promise<void>;
}

/**
 * Below the range out of which systems give ports to whoever names none (32768 on Linux, 49152 elsewhere): between the release
 * and its use by the test no connection of another process happens to be given one.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 200;

/** Takes `count` free ports in a row; a test that wants three must not find out about one alone. */
export async function holdPorts(count: number): Promise<HeldPorts> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const first = randomInt(LOWEST, HIGHEST - count);
    const servers = await Promise.all(Array.from({ length: count }, (_, nth) => listen(first + nth)));
    const held = servers.filter((server) => server !== null);
    if (held.length === count)
      return { first, release: (nth) => closeAll(nth === undefined ? held : held.slice(nth, nth + 1)) };
    await closeAll(held);
  }
  throw new Error(`no ${count} free ports in a row between ${LOWEST} and ${HIGHEST}`);
}

/** One port, free a moment ago. */
export async function freePort(): Promise<number> {
  const { first, release } = await holdPorts(1);
  await release();
  return first;
}

/** So often a server of somebody else's making is started anew where its port was taken before it came to it. */
const MOST_STARTS = 5;

/** Starts what binds a port by its number; `start` answers null where the port was taken meanwhile, and has left nothing open. */
export async function onFreePort<T>(start: (port: number) => Promise<T | null>): Promise<T> {
  for (let starts = 0; starts < MOST_STARTS; starts += 1) {
    const started = await start(await freePort());
    if (started !== null) return started;
  }
  throw new Error(`${MOST_STARTS} ports were free, and taken a moment later`);
}

const listen = (port: number): Promise<Server | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });

async function closeAll(servers: readonly Server[]): Promise<void> {
  for (const server of servers) {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}
