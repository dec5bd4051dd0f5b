import { createLambdaClient, lambdaEventSource } from '../shared/aws/event-source.ts';
import type { Environment } from '../shared/config/environment.ts';
import { ENV } from '../shared/config/names.ts';
import type { EventSource } from '../shared/tend/switch.ts';
import { type Tended, tend } from '../shared/tend/tend.ts';
import { type FunctionPorts, required, serviceOf } from './compose.ts';
import { composeTelling } from './compose-events.ts';
import { composeWork } from './compose-marketo.ts';
import { type Context, invocationOf } from './deliveries.ts';
import { onLambda } from './on-lambda.ts';

type Warden = (event: unknown, context: Context) => Promise<Tended>;

/** The function of every minute. The event source is handed in: on AWS it is a mapping, locally the poller's switch. */
export async function buildWarden(
  env: Environment,
  given: FunctionPorts & { readonly eventSource: EventSource },
): Promise<Warden> {
  const { eventSource } = given;
  const { ports, settings, credentials, adapters } = await composeWork(env, given);
  const { limits } = settings;
  const { acknowledgements } = adapters;
  const telling = composeTelling(env, given, adapters);
  return (_event, context) =>
    tend(invocationOf(context, ports.clock()), {
      ...ports,
      eventSource,
      credentials,
      limits,
      acknowledgements,
      telling,
    });
}

/** As a whole run it fails once all is done: a right that its role lacks would stand in its log alone, and raise no alarm. */
export const failing =
  (warden: Warden): Warden =>
  async (event, context) => {
    const tended = await warden(event, context);
    if (tended.failed.length === 0) return tended;
    throw new Error(`the warden could not ${tended.failed.join(', nor ')}`);
  };

/** Lambda's entry. */
export const handler: Warden = onLambda('warden', async (env, given) => {
  const client = createLambdaClient(serviceOf(env, ENV.lambdaEndpoint));
  const eventSource = lambdaEventSource(client, required(env, ENV.eventSourceId));
  return failing(await buildWarden(env, { ...given, eventSource }));
});
