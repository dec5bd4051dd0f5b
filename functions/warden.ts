import type { Environment } from '../shared/config/environment.ts';
import type { EventSource } from '../shared/work/event-source.ts';
import { type Tended, tend } from '../shared/work/tend.ts';
import { compose, type Parts } from './compose.ts';
import { type Context, invocationOf } from './deliveries.ts';

type Warden = (event: unknown, context: Context) => Promise<Tended>;

/** The function of every minute. The event source is handed in: on AWS it is a mapping, locally the poller's switch. */
export async function buildWarden(
  env: Environment,
  parts: Parts & { readonly eventSource: EventSource },
): Promise<Warden> {
  const { ports, settings } = await compose(env, parts);
  const { limits } = settings;
  return (_event, context) =>
    tend(invocationOf(context, ports.clock()), { ...ports, eventSource: parts.eventSource, limits });
}
