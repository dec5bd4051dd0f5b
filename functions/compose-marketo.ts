import { createSecretsClient, readSecret } from '../shared/aws/secret.ts';
import { type Environment, readMarketo } from '../shared/config/environment.ts';
import { transportOf } from '../shared/config/marketo.ts';
import { ENV } from '../shared/config/names.ts';
import { systemClock } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import { createWire } from '../shared/marketo/http/wire.ts';
import type { Transport } from '../shared/marketo/transport.ts';
import { type Credentials, fixedCredentials } from '../shared/run/credentials.ts';
import type { Refusal, RunPorts } from '../shared/run/ports.ts';
import { type BuildTransport, createRenewedTransport } from '../shared/run/renewed-transport.ts';
import { buildTransport, checkBundled, isBundled } from './build-transport.ts';
import { type Composed, compose, type FunctionPorts, serviceOf } from './compose.ts';

interface ComposedWork {
  readonly ports: RunPorts;
  readonly settings: Composed['settings'];
  readonly credentials: Credentials;
  readonly adapters: Composed['adapters'];
}

/** Everything of a function that talks to Marketo. */
export async function composeWork(env: Environment, given: FunctionPorts): Promise<ComposedWork> {
  const composed = compose(env, given);
  const { settings } = composed;
  const ports = isBundled(transportOf(env)) ? composed.ports : toldToDeploy(composed.ports);
  const parts = {
    choices: settings.rest,
    directoryStore: composed.adapters.directoryStore,
    timeoutMs: settings.callTimeoutMs,
    log: given.log,
  };
  const build: BuildTransport = (marketo, current) => buildTransport(marketo, current, parts);
  const { transport: way, credentials } = await wayToMarketo(env, build, given.log);
  const transport = given.packing === false ? { run: way.run, probe: way.probe } : way;
  return {
    ports: {
      ...ports,
      transport,
      wire: createWire({ clock: systemClock }),
    },
    settings,
    credentials,
    adapters: composed.adapters,
  };
}

/** No value of the secret would help. */
const toldToDeploy = ({ settings, ...ports }: Composed['ports']): Composed['ports'] => ({
  ...ports,
  settings: {
    ...settings,
    renewCredentials: 'deploy again: MARKETO_TRANSPORT and the bundle come from one setting of the stack',
  },
});

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
  const transport = transportOf(env);
  const read = async () => {
    checkBundled(transport);
    return { ...(await readSecret(client, secretArn)), MARKETO_TRANSPORT: transport };
  };
  return createRenewedTransport({ read, build, clock: systemClock, log });
}
