import { createHash } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';
import { ms, range } from './figures.ts';

/** How steady the machine is: the same work, timed again and again, and the load that others put on it. */
interface Noise {
  readonly timesMs: readonly number[];
  /** Of the last minute; 0 where the system does not know. */
  readonly load: number;
}

const ROUNDS = 40;
const HASHES = 2_000;
const BLOCK = Buffer.alloc(4_096, 'noise');

export function measureNoise(): Noise {
  const timesMs = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    for (let n = 0; n < HASHES; n += 1) createHash('sha256').update(BLOCK).digest();
    return performance.now() - began;
  });
  return { timesMs, load: loadavg()[0] ?? 0 };
}

export const noiseText = (before: Noise, after: Noise): string =>
  `A fixed loop took ${range(before.timesMs, ms)} before and ${range(after.timesMs, ms)} after; ` +
  `load average ${before.load.toFixed(1)} before, ${after.load.toFixed(1)} after.`;

export const machineText = (): string =>
  `${availableParallelism()} cores, Node ${process.version}, ${process.platform} ${process.arch}.`;
