import type { Context } from '../functions/deliveries.ts';
import type { Clock, Sleep } from '../shared/kernel/clock.ts';
import type { MakeId } from '../shared/kernel/random.ts';
import type { Calls } from './calls.ts';

export type FunctionHandler<Event> = (event: Event, context: Context) => Promise<unknown>;

type InvocationEnd =
  | { readonly kind: 'answered'; readonly response: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timed-out' };

interface InvocationPorts {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly makeRequestId: MakeId;
  /** Epoch ms after which a stopping stack waits no longer; Infinity while it runs. Read at every question. */
  readonly stopAt?: () => number;
  /** Aborts when the stack is asked to end. */
  readonly stopping?: AbortSignal;
  readonly calls?: Calls;
}

/**
 * Runs a function once, as Lambda would: its time counts down, and at zero the caller hears of it.
 * Lambda then kills the function; here it runs on in the same process, unheard: whatever it still answers is dropped.
 */
export async function invoke<Event>(
  handler: FunctionHandler<Event>,
  event: Event,
  ports: InvocationPorts,
): Promise<InvocationEnd> {
  const deadline = ports.clock() + ports.timeoutMs;
  const stopAt = ports.stopAt ?? (() => Number.POSITIVE_INFINITY);
  const context: Context = {
    awsRequestId: ports.makeRequestId(),
    getRemainingTimeInMillis: () => Math.max(0, Math.min(deadline, stopAt()) - ports.clock()),
    ...(ports.stopping === undefined ? {} : { stopping: ports.stopping }),
    ...(ports.calls === undefined ? {} : { calling: ports.calls.begin }),
  };
  const ended = new AbortController();
  const timeout = ports
    .sleep(ports.timeoutMs, ended.signal)
    .then((): InvocationEnd => ({ kind: 'timed-out' }));
  const end = await Promise.race([runHandler(handler, event, context), timeout]);
  ended.abort();
  return end;
}

async function runHandler<Event>(
  handler: FunctionHandler<Event>,
  event: Event,
  context: Context,
): Promise<InvocationEnd> {
  try {
    return { kind: 'answered', response: await handler(event, context) };
  } catch (error) {
    return { kind: 'threw', error };
  }
}
