import type { Fault } from '../faults/fault.ts';

const TOO_MUCH: ReadonlySet<number> = new Set([413, 414]);

/**
 * What the status alone says where the body says nothing: Marketo refuses with a fault of its own, a load balancer or firewall
 * before it with these. Null: the status is none of them. A 503 counts only with a Retry-After; without one it is a failure like any other.
 */
export function gatewayFault(
  httpStatus: number,
  headers: Readonly<Record<string, string>>,
): Extract<Fault, { kind: 'gateway' }> | null {
  if (TOO_MUCH.has(httpStatus)) {
    const message = `the request is too large for the endpoint (HTTP ${httpStatus})`;
    return { kind: 'gateway', httpStatus, retryAfterMs: null, message };
  }
  if (httpStatus !== 429 && httpStatus !== 503) return null;
  const retryAfterMs = readRetryAfter(headers);
  if (httpStatus === 503 && retryAfterMs === null) return null;
  const when = retryAfterMs === null ? 'later' : `in ${Math.ceil(retryAfterMs / 1_000)} s`;
  const message = `a gateway takes no request now and asks to come back ${when} (HTTP ${httpStatus})`;
  return { kind: 'gateway', httpStatus, retryAfterMs, message };
}

/** Seconds, or a date: that one is told by the clock of whoever sent it, which stands in `Date`. Null if it says neither. */
function readRetryAfter(headers: Readonly<Record<string, string>>): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const waitMs = Date.parse(text) - Date.parse(headers['date'] ?? '');
  return Number.isNaN(waitMs) ? null : Math.max(0, waitMs);
}
