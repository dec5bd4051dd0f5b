import type { Random } from '../kernel/random.ts';

const BASE_MS = 100;
const CAP_MS = 5_000;

/** Full jitter, as the SDK's own: up to base x 2^(tries-1), at least a quarter of it, never past the cap. */
export const retryDelay = (tries: number, random: Random): number =>
  Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1)) * (0.25 + 0.75 * random());
