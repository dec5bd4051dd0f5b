import type { Delivery } from '../job/job.ts';
import type { Sleep } from '../kernel/clock.ts';

/** So long messages are gathered for one request: much less than the request itself takes. */
const GATHER_MS = 5;

/**
 * Asks for many messages at once what is wanted of each: what comes within a few milliseconds, and wants the same, is one `send`.
 * Each promise is that of its `send`.
 */
export function gathering<Want>(
  sleep: Sleep,
  send: (deliveries: readonly Delivery[], want: Want) => Promise<void>,
): (delivery: Delivery, want: Want) => Promise<void> {
  const open = new Map<Want, { readonly deliveries: Delivery[]; readonly sent: Promise<void> }>();
  const begin = (want: Want) => {
    const deliveries: Delivery[] = [];
    const sent = sleep(GATHER_MS).then(() => {
      open.delete(want);
      return send(deliveries, want);
    });
    const batch = { deliveries, sent };
    open.set(want, batch);
    return batch;
  };
  return (delivery, want) => {
    const { deliveries, sent } = open.get(want) ?? begin(want);
    deliveries.push(delivery);
    return sent;
  };
}
