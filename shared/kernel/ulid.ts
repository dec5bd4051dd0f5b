import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { MakeId } from './random.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;
/** Asking the system for bytes costs more than making an id of them: they come for many ids at once. */
const POOL_LENGTH = 256 * RANDOM_LENGTH;

/** Makes ULIDs: 26 characters that sort by time of making (to the millisecond), unique by 80 random bits. */
export function ulidMaker(clock: Clock): MakeId {
  let pool = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used + RANDOM_LENGTH > pool.length) {
      pool = randomBytes(POOL_LENGTH);
      used = 0;
    }
    used += RANDOM_LENGTH;
    return encodeTime(clock()) + encodeRandom(pool.subarray(used - RANDOM_LENGTH, used));
  };
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
function encodeRandom(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += CROCKFORD.charAt(byte % 32);
  return text;
}
