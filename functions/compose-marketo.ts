import { createSecretsClient, readSecret } from '../shared/aws/secret.ts';
import { type Environment, readSoap, type SoapSettings } from '../shared/config/environment.ts';
import { ENV } from '../shared/config/names.ts';
import { systemClock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import { createWire } from '../shared/marketo/http/wire.ts';
import { createSoapTransport } from '../shared/marketo/soap/client.ts';
import type { Transport } from '../shared/marketo/transport.ts';
import { type Credentials, fixedCredentials } from '../shared/run/credentials.ts';
import type { WorkPorts } from '../shared/run/ports.ts';
import { createRenewedTransport } from '../shared/run/renewed-transport.ts';
import { type Composed, compose, type Parts, serviceOf } from './compose.ts';

export interface ComposedWork {
  readonly ports: WorkPorts;
  readonly settings: Composed['settings'];
  readonly credentials: Credentials;
}

/** Everything of a function that talks to Marketo. */
export async function composeWork(env: Environment, parts: Parts): Promise<ComposedWork> {
  const { ports, settings } = compose(env, parts);
  const { callTimeoutMs } = settings;
  const build = (soap: SoapSettings) =>
    createSoapTransport({ ...soap, clock: systemClock, timeoutMs: callTimeoutMs });
  const { transport, credentials } = await wayToMarketo(env, build, parts.log);
  return {
    ports: { ...ports, transport, wire: createWire({ clock: systemClock }) },
    settings,
    credentials,
  };
}

/** A deployed function has its credentials in a secret that may be rotated, the local stack in its environment. */
async function wayToMarketo(
  env: Environment,
  build: (soap: SoapSettings) => Promise<Transport>,
  log: Log,
): Promise<{ readonly transport: Transport; readonly credentials: Credentials }> {
  const secretArn = env[ENV.secretArn];
  if (secretArn === undefined || secretArn === '') {
    return { transport: await build(readSoap(env)), credentials: fixedCredentials };
  }
  const client = createSecretsClient(serviceOf(env, ENV.secretsEndpoint));
  const read = () => readSecret(client, secretArn);
  return createRenewedTransport({ read, build, clock: systemClock, log });
}
