import { createSecretsClient, readSecret } from '../shared/aws/secret.ts';
import {
  ConfigurationError,
  type Environment,
  type MarketoSettings,
  readMarketo,
} from '../shared/config/environment.ts';
import { transportOf } from '../shared/config/marketo.ts';
import { ENV } from '../shared/config/names.ts';
import { assertNever } from '../shared/kernel/assert-never.ts';
import { systemClock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import { createWire } from '../shared/marketo/http/wire.ts';
import { createSoapTransport } from '../shared/marketo/soap/client.ts';
import type { Transport } from '../shared/marketo/transport.ts';
import { type Credentials, fixedCredentials } from '../shared/run/credentials.ts';
import type { Refusal, RunPorts } from '../shared/run/ports.ts';
import { type BuildTransport, createRenewedTransport } from '../shared/run/renewed-transport.ts';
import { type Composed, compose, type FunctionPorts, serviceOf } from './compose.ts';

interface ComposedWork {
  readonly ports: RunPorts;
  readonly settings: Composed['settings'];
  readonly credentials: Credentials;
}

/** Everything of a function that talks to Marketo. */
export async function composeWork(env: Environment, given: FunctionPorts): Promise<ComposedWork> {
  const { ports, settings } = compose(env, given);
  const build: BuildTransport = (marketo, current) =>
    buildTransport(marketo, current, settings.callTimeoutMs);
  const { transport, credentials } = await wayToMarketo(env, build, given.log);
  return {
    ports: { ...ports, transport, wire: createWire({ clock: systemClock }) },
    settings,
    credentials,
  };
}

/** The one place that knows how each transport is made. */
function buildTransport(
  marketo: MarketoSettings,
  current: () => MarketoSettings,
  timeoutMs: number | null,
): Promise<Transport<Refusal>> {
  switch (marketo.transport) {
    case 'soap': {
      const credentials = () => sameTransport(marketo, current());
      return createSoapTransport({ endpoint: marketo.endpoint, credentials, clock: systemClock, timeoutMs });
    }
    case 'rest':
      throw new ConfigurationError('MARKETO_TRANSPORT is rest, which is not built in yet: set it to soap');
    default:
      return assertNever(marketo);
  }
}

/** Over another transport it is another one that is built; this one goes on with what it had. */
const sameTransport = <S extends MarketoSettings>(first: S, now: MarketoSettings): S =>
  now.transport === first.transport ? (now as S) : first;

/** A deployed function has its credentials in a secret that may be rotated, the local stack in its environment. */
async function wayToMarketo(
  env: Environment,
  build: BuildTransport,
  log: Log,
): Promise<{ readonly transport: Transport<Refusal>; readonly credentials: Credentials }> {
  const secretArn = env[ENV.secretArn];
  if (secretArn === undefined || secretArn === '') {
    const settings = readMarketo(env);
    return { transport: await build(settings, () => settings), credentials: fixedCredentials };
  }
  const client = createSecretsClient(serviceOf(env, ENV.secretsEndpoint));
  // The secret may hold both transports' variables while somebody moves: the function's environment says which one it speaks.
  const read = async () => ({
    ...(await readSecret(client, secretArn)),
    MARKETO_TRANSPORT: transportOf(env),
  });
  return createRenewedTransport({ read, build, clock: systemClock, log });
}
