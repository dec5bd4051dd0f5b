import type { HoldInForce } from '../../shared/budget/holds.ts';
import type { Narrowing } from '../../shared/budget/narrowing.ts';
import type { WaitReason } from '../../shared/budget/port.ts';
import type { WaitingJson } from '../../shared/operate/job-json.ts';
import { duration, untilText } from './time.ts';

const REASONS: Readonly<Record<WaitReason, string>> = {
  quota: "the day's quota is spent",
  rate: 'the rate limit',
  concurrency: 'a free slot',
  credentials: 'Marketo refused the credentials',
  upstream: 'Marketo does not answer as it should',
  operator: 'paused by an operator',
  backoff: 'the next attempt',
  notBefore: 'its notBefore',
  order: 'an earlier job on the same lead',
};

/** `quota (the day's quota is spent), in 3 h (…)`. */
export function waitText(waiting: WaitingJson, now: number): string {
  const { reason, until } = waiting;
  const end = until === null ? waitEnd(reason) : untilText(Date.parse(until), now);
  return `${reason}: ${REASONS[reason]}, ${end}`;
}

function waitEnd(reason: WaitReason): string {
  switch (reason) {
    case 'order':
      return 'until that has ended';
    case 'upstream':
      return 'until a call is answered or mktq resume';
    default:
      return holdEnd(reason);
  }
}

/** `quota: the day's quota is spent, for 5 min, ends in 3 h (…)`. */
export function holdLine(hold: HoldInForce, now: number): string {
  const end = hold.until === null ? holdEnd(hold.reason) : `ends ${untilText(hold.until, now)}`;
  return `${hold.reason}: ${REASONS[hold.reason]}, for ${duration(now - hold.since)}, ${end}`;
}

/** `concurrency: at most 7 calls at once (Marketo may still be …), ends in 2 min (…)`. */
export function narrowingLine({ reason, of, limit, until, message }: Narrowing, now: number): string {
  const calls = limit === 1 ? '1 call' : `${limit === 0 ? 'no' : limit} calls`;
  const most = of === 'slots' ? `${calls} at once` : `${calls} in a window`;
  const end = until === null ? 'until then' : `ends ${untilText(until, now)} at the latest`;
  return `${reason}: at most ${most} (${message}), ${end}`;
}

/** A hold without an end of its own is probed by the warden, but for the operator's. */
const holdEnd = (reason: WaitReason): string =>
  reason === 'operator' ? 'until mktq resume' : 'until a probe succeeds (each minute) or mktq resume';
