import { join } from 'node:path';
import { bundleFunctions } from '../../infra/bundles.ts';
import { bundleOf, FUNCTION_NAMES, type FunctionName } from '../../infra/function-names.ts';
import type { FunctionEnvironment } from '../../local/functions.ts';
import { type LocalStack, startLocal } from '../../local/start-local.ts';
import { ENV } from '../../shared/config/names.ts';
import type { TransportName } from '../../shared/config/transports.ts';
import type { EventSource } from '../../shared/tend/switch.ts';
import { isSweep } from '../../shared/tend/switch.ts';
import { type Listener, startListener, startMapping, startSecrets } from './aws-listener.ts';
import { type LambdaProcess, startLambdaProcess } from './lambda-process.ts';
import type { TraceDaemon } from './trace-daemon.ts';

export interface LambdaStack {
  readonly local: LocalStack;
  /** What each function asked of AWS, as IAM names it: `dynamodb:Query on index/byState`. */
  readonly asked: Readonly<Record<FunctionName, ReadonlySet<string>>>;
  log(name: FunctionName): string;
  stop(): Promise<void>;
}

const FIVE_MINUTES_MS = 5 * 60_000;
/** Jobs further ahead than a quarter of an hour are parked. */
const WARDEN_AHEAD_MS = 25 * 60_000;

/**
 * The warden's clock stands where it counts letters, where jobs are due that are parked for everybody else, and where it
 * does not let a held queue through.
 */
function wardenAhead(): number {
  const now = Date.now();
  let there = Math.ceil((now + WARDEN_AHEAD_MS) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  while (isSweep(there)) there += FIVE_MINUTES_MS;
  return there - now;
}

/** The local stack's queue, table and simulator, with the bundled functions in Lambda's runtime loop on them. */
export async function startLambdaStack(
  directory: string,
  wardenIntervalMs: number,
  transport: TransportName,
  daemon?: TraceDaemon,
): Promise<LambdaStack> {
  const { directory: bundles } = bundleFunctions(join(directory, 'bundles'));
  const asked = { worker: new Set<string>(), collector: new Set<string>(), warden: new Set<string>() };
  const processes = new Map<FunctionName, LambdaProcess>();
  const listeners: Listener[] = [];
  const opened = async (starting: Promise<Listener>): Promise<string> => {
    const listener = await starting;
    listeners.push(listener);
    return listener.url;
  };

  const run = async (name: FunctionName, env: FunctionEnvironment, eventSource: EventSource | null) => {
    const heard = (service: string) => (action: string, on: string) =>
      // SQS's batch actions are allowed by their single ones.
      asked[name].add(`${service}:${service === 'sqs' ? action.replace(/Batch$/, '') : action} on ${on}`);
    const process = await startLambdaProcess(
      join(bundles, bundleOf(name === 'worker' && daemon !== undefined ? 'traced-worker' : name, transport)),
      {
        ...deployedEnvironment(env),
        MARKETO_TRANSPORT: transport,
        ...(daemon === undefined ? {} : tracingOf(daemon)),
        [ENV.lambdaFunctionName]: `mktq-acme-${name}`,
        [ENV.sqsEndpoint]: await opened(startListener(env[ENV.sqsEndpoint] ?? '', heard('sqs'))),
        [ENV.dynamodbEndpoint]: await opened(
          startListener(env[ENV.dynamodbEndpoint] ?? '', heard('dynamodb')),
        ),
        [ENV.secretsEndpoint]: await opened(startSecrets(() => secretOf(env), heard('secretsmanager'))),
        ...(eventSource === null
          ? {}
          : { [ENV.lambdaEndpoint]: await opened(startMapping(switchOf(eventSource), heard('lambda'))) }),
      },
      name === 'warden' ? wardenAhead() : 0,
    );
    processes.set(name, process);
    return process.invoke;
  };

  const local = await startLocal({
    dataDir: join(directory, 'data'),
    env: {},
    wardenIntervalMs,
    builders: {
      worker: (env) => run('worker', env, null),
      collector: (env) => run('collector', env, null),
      warden: (env, { eventSource }) => run('warden', env, eventSource),
    },
  });
  return {
    local,
    asked,
    log: (name) => processes.get(name)?.log() ?? '',
    stop: async () => {
      await local.stop();
      for (const name of FUNCTION_NAMES) await processes.get(name)?.stop();
      for (const listener of listeners) await listener.stop();
    },
  };
}

/** As Lambda has it where tracing is on. */
const tracingOf = (daemon: TraceDaemon): Record<string, string> => ({
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_XRAY_DAEMON_ADDRESS: daemon.address,
});

/** What a deployed function has: Marketo's variables are in the secret, and nothing proves another claim's process dead. */
const deployedEnvironment = (env: FunctionEnvironment): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || name.startsWith('MARKETO_') || name === ENV.localInstance ? [] : [[name, value]],
    ),
  ),
  [ENV.secretArn]: 'secret',
  [ENV.eventSourceId]: 'mapping',
});

const secretOf = (env: FunctionEnvironment): string =>
  JSON.stringify(Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('MARKETO_'))));

const switchOf = (eventSource: EventSource) => ({
  enabled: () => eventSource.enabled(),
  turn: (on: boolean) => (on ? eventSource.enable() : eventSource.disable()),
});
