import { randomBytes } from 'node:crypto';

/** A number from 0 (included) to 1 (excluded). A parameter everywhere, so that a test can seed it. */
export type Random = () => number;

/** Makes an identifier nobody else has. A parameter for the same reason. */
export type MakeId = () => string;

export const systemRandom: Random = () => Math.random();

/** 96 random bits as 24 hex digits: enough for owners and tokens, short enough to read in a log. */
export const randomToken: MakeId = () => randomBytes(12).toString('hex');

/** A seeded generator (mulberry32) for tests, benches and demos: the same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
