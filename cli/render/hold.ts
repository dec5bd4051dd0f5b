import type { HoldInForce } from '../../shared/budget/holds.ts';
import { reasonText } from './job.ts';
import { duration, untilText } from './time.ts';

/** `quota: the day's quota is spent, for 5 min, ends in 3 h (…)`. */
export function holdLine(hold: HoldInForce, now: number): string {
  const end = hold.until === null ? openEnd(hold) : `ends ${untilText(hold.until, now)}`;
  return `${hold.reason}: ${reasonText(hold.reason)}, for ${duration(now - hold.since)}, ${end}`;
}

/** A hold without an end of its own is probed by the warden, but for the operator's. */
const openEnd = ({ reason }: HoldInForce): string =>
  reason === 'operator' ? 'until mktq resume' : 'until a probe succeeds (each minute) or mktq resume';
