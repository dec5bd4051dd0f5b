import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { MakeId } from './random.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;

/** Makes ULIDs: 26 characters that sort by time of making (to the millisecond), unique by 80 random bits. */
export function ulidMaker(clock: Clock): MakeId {
  return () => encodeTime(clock()) + encodeRandom();
}

function encodeTime(at: number): string {
  let rest = at;
  let text = '';
  for (let i = 0; i < TIME_LENGTH; i += 1) {
    text = CROCKFORD.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

// One byte per character wastes three bits of each and spares the bit arithmetic; 256 is a multiple of 32, so it is unbiased.
const encodeRandom = (): string =>
  Array.from(randomBytes(RANDOM_LENGTH), (byte) => CROCKFORD.charAt(byte % 32)).join('');
