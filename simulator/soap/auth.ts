import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Authentication } from './envelope.ts';
import { ServiceFault } from './fault.ts';

export interface Credentials {
  readonly userId: string;
  /** At least 10 characters. */
  readonly encryptionKey: string;
}

/** HMAC-SHA1 over timestamp and user id, in lower-case hex. The body is not covered. */
export function sign(credentials: Credentials, timestamp: string): string {
  return createHmac('sha1', credentials.encryptionKey)
    .update(`${timestamp}${credentials.userId}`)
    .digest('hex');
}

/** The fault that the header earns, or null. Adobe publishes no validity window: it is an option here, in both directions. */
export function checkAuthentication(
  header: Authentication | null,
  credentials: Credentials,
  now: number,
  windowMs: number,
): ServiceFault | null {
  if (header === null || header.userId !== credentials.userId) return new ServiceFault(20014);
  const signedAt = Date.parse(header.timestamp);
  if (!hasOffset(header.timestamp) || Number.isNaN(signedAt)) return new ServiceFault(20014);
  if (!equal(header.signature, sign(credentials, header.timestamp))) return new ServiceFault(20014);
  return Math.abs(now - signedAt) > windowMs ? new ServiceFault(20016) : null;
}

/** A W3C date-time with an offset; without one `Date.parse` would read this machine's zone into it. */
function hasOffset(timestamp: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(timestamp);
}

function equal(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
