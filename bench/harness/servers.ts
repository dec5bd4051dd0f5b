import { fork } from 'node:child_process';
import type { StackFile } from '../../local/stack-file.ts';
import type { Environment } from '../../shared/config/environment.ts';
import type { Latency } from '../../simulator/perform.ts';
import type { SimulatorOptions } from '../../simulator/simulator.ts';
import type { Witness } from '../../simulator/witness.ts';

export interface MarketoSettings {
  readonly limits?: NonNullable<SimulatorOptions['limits']>;
  readonly latency?: Latency;
}

export interface MarketoReady {
  readonly soapUrl: string;
  readonly userId: string;
  readonly encryptionKey: string;
  readonly restUrl: string;
  readonly identityUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The simulator as a process of its own, so that its work and its times are not those of the worker. */
export interface Marketo extends MarketoReady {
  /** The variables that make a stack talk to it, over REST unless one more says SOAP. */
  readonly env: Readonly<Record<string, string>>;
  witness(): Promise<Witness>;
}

/** Limits that nothing reaches, for the simulator and for the worker. */
export const LIFTED = {
  simulator: { ratePerWindow: 1_000_000, concurrency: 1_000, dailyQuota: 1_000_000_000 },
  env: { MARKETO_RATE_LIMIT: '100000', MARKETO_CONCURRENCY: '1000', MARKETO_DAILY_QUOTA: '1000000000' },
} as const;

export interface StackReady {
  readonly stack: StackFile;
  /** What its functions would be given. */
  readonly functionEnv: Environment;
}

/** The local stack without its functions, in a process of its own: queue and table as commands find them, and nobody at work. */
export interface IdleStack extends StackReady {
  readonly dataDir: string;
  /** Processor time that it has taken so far. */
  processorMs(): Promise<number>;
}

/** What servers-child.ts is asked to start. */
export type ServerOrder =
  | { readonly kind: 'marketo'; readonly settings: MarketoSettings }
  | { readonly kind: 'idle-stack'; readonly dataDir: string; readonly env: Environment };

export interface Started<Server> {
  readonly server: Server;
  /** Asks the process to end, and resolves when it has. */
  end(): Promise<void>;
}

export async function startMarketo(settings: MarketoSettings): Promise<Started<Marketo>> {
  const { server: ready, end } = await startChild<MarketoReady>({ kind: 'marketo', settings });
  const env = {
    MARKETO_SOAP_ENDPOINT: ready.soapUrl,
    MARKETO_USER_ID: ready.userId,
    MARKETO_ENCRYPTION_KEY: ready.encryptionKey,
    MARKETO_REST_ENDPOINT: ready.restUrl,
    MARKETO_IDENTITY_ENDPOINT: ready.identityUrl,
    MARKETO_CLIENT_ID: ready.clientId,
    MARKETO_CLIENT_SECRET: ready.clientSecret,
  };
  const witness = async () =>
    (await (await fetch(new URL('/_simulator/witness', ready.soapUrl))).json()) as Witness;
  return { server: { ...ready, env, witness }, end };
}

export async function startIdleStack(dataDir: string, env: Environment): Promise<Started<IdleStack>> {
  const { server: ready, ask, end } = await startChild<StackReady>({ kind: 'idle-stack', dataDir, env });
  return { server: { ...ready, dataDir, processorMs: ask }, end };
}

/** The child takes its order as JSON, and sends one message when it is ready. */
async function startChild<Ready>(
  order: ServerOrder,
): Promise<Started<Ready> & { readonly ask: () => Promise<number> }> {
  const child = fork(new URL('./servers-child.ts', import.meta.url), [JSON.stringify(order)], {
    // Only the bench itself may write to stdout.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const server = await new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${order.kind} ended with ${code} before it was ready`)));
  });
  const end = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    await ended;
  };
  const ask = (): Promise<number> =>
    new Promise((resolve) => {
      child.once('message', (answer) => resolve((answer as { processorMs: number }).processorMs));
      child.send('processorMs');
    });
  return { server, ask, end };
}
