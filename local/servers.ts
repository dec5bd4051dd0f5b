import { join } from 'node:path';
import { tableDefinition } from '../shared/aws/dynamo-table.ts';
import { type Environment, marketoIsUnset, readLimits, readSettings } from '../shared/config/environment.ts';
import { transportOf } from '../shared/config/marketo.ts';
import { DEFAULT_ACCOUNT, ENV } from '../shared/config/names.ts';
import type { Simulator, SimulatorOptions } from '../simulator/simulator.ts';
import { DEFAULT_CREDENTIALS, DEFAULT_REST_CREDENTIALS, startSimulator } from '../simulator/simulator.ts';
import { LOCAL_CREDENTIALS, startDynamoServer } from './dynamo-server.ts';
import { type TroubleName, troubleRules } from './marketo-trouble.ts';
import { LOOPBACK, onFreePorts, type PortNumbers, rememberPorts } from './ports.ts';
import { privateDirectory } from './private-files.ts';
import { type SqsServer, startSqsServer } from './sqs-server.ts';
import type { StackFile } from './stack-file.ts';

const LOCAL_TABLE = 'mktq';
const LOCAL_REGION = 'us-east-1';

interface ServersSettings {
  readonly dataDir: string;
  /** The first of three ports; null: those of the last start, or any. */
  readonly port: number | null;
  readonly env: Environment;
  readonly instance: string;
  /** How the simulator behaves, if there is one. */
  readonly simulator: Omit<SimulatorOptions, 'port' | 'dataDir' | 'credentials'>;
  /** What it does wrong from the start on. */
  readonly trouble?: TroubleName | undefined;
  readonly onDiskTrouble: (error: unknown) => void;
}

export interface Servers {
  readonly sqs: SqsServer;
  /** Null if a real Marketo is configured. */
  readonly simulator: Simulator | null;
  readonly stack: StackFile;
  /** What the functions are given as their environment. */
  readonly functionEnv: Environment;
  close(): Promise<void>;
}

/** Throws a ConfigurationError if the functions could not be built from `env`. Touches nothing. */
export function checkSettings(env: Environment): void {
  const at = `http://${LOOPBACK}`;
  const simulated = {
    soapUrl: at,
    restUrl: `${at}/rest`,
    identityUrl: `${at}/identity`,
    credentials: DEFAULT_CREDENTIALS,
    restCredentials: DEFAULT_REST_CREDENTIALS,
  };
  readSettings({ ...env, ...(marketoIsUnset(env) ? simulatorEnv(simulated) : {}) });
}

/** Starts queue, table and, if no Marketo is configured, the simulator. Whatever was started ends again if one cannot. */
export const startServers = (settings: ServersSettings): Promise<Servers> =>
  onFreePorts(settings.dataDir, settings.port, (ports) => openServers(settings, ports));

async function openServers(settings: ServersSettings, ports: PortNumbers): Promise<Servers> {
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const server of opened.splice(0).reverse()) await server.close();
  };
  try {
    const simulator = marketoIsUnset(settings.env) ? await startMarketo(settings, ports) : null;
    if (simulator !== null) opened.push(simulator);
    const dynamodb = await startDynamoServer({
      directory: join(settings.dataDir, 'dynamodb'),
      port: ports.dynamodb,
      region: LOCAL_REGION,
      table: tableDefinition(LOCAL_TABLE),
    });
    opened.push(dynamodb);
    const sqs = await startSqsServer({
      directory: join(settings.dataDir, 'sqs'),
      port: ports.sqs,
      region: LOCAL_REGION,
      instance: settings.instance,
      onDiskTrouble: settings.onDiskTrouble,
    });
    opened.push(sqs);
    rememberPorts(settings.dataDir, ports);
    const stack = describeStack(sqs, dynamodb.url, simulator, settings);
    return { sqs, simulator, stack, functionEnv: functionEnvOf(settings, stack, simulator), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startMarketo(settings: ServersSettings, ports: PortNumbers): Promise<Simulator> {
  const dataDir = join(settings.dataDir, 'simulator');
  privateDirectory(dataDir);
  return startSimulator({
    ...(settings.trouble === undefined
      ? {}
      : { rules: troubleRules(settings.trouble, transportOf(settings.env)) }),
    ...settings.simulator,
    limits: { ...limitsOf(settings.env), ...settings.simulator.limits },
    port: ports.marketo,
    dataDir,
    credentials: DEFAULT_CREDENTIALS,
    restCredentials: DEFAULT_REST_CREDENTIALS,
  });
}

/** The account that the variables describe is the one that is simulated: it enforces what the budget believes, no more. */
function limitsOf(env: Environment): SimulatorOptions['limits'] {
  const { ratePerWindow, concurrency, dailyQuota } = readLimits(env);
  return { ratePerWindow, concurrency, dailyQuota };
}

const describeStack = (
  sqs: SqsServer,
  dynamodb: string,
  simulator: Simulator | null,
  { env, trouble }: ServersSettings,
): StackFile => ({
  ready: true,
  sqs: sqs.url,
  dynamodb,
  jobsQueueUrl: sqs.jobs.url,
  deadLetterQueueUrl: sqs.deadLetters.url,
  table: LOCAL_TABLE,
  region: LOCAL_REGION,
  marketo: {
    soap: simulator?.soapUrl ?? env['MARKETO_SOAP_ENDPOINT'] ?? '',
    rest: simulator?.restUrl ?? env['MARKETO_REST_ENDPOINT'] ?? null,
    simulated: simulator !== null,
    ...(trouble === undefined ? {} : { trouble }),
  },
});

function functionEnvOf(
  settings: ServersSettings,
  stack: StackFile,
  simulator: Simulator | null,
): Environment {
  return {
    ...ownVariables(settings.env),
    ...(simulator === null ? {} : simulatorEnv(simulator)),
    [ENV.table]: stack.table,
    [ENV.jobsQueueUrl]: stack.jobsQueueUrl,
    [ENV.deadLetterQueueUrl]: stack.deadLetterQueueUrl,
    [ENV.account]: settings.env[ENV.account] ?? DEFAULT_ACCOUNT,
    [ENV.localInstance]: settings.instance,
    [ENV.region]: stack.region,
    [ENV.sqsEndpoint]: stack.sqs,
    [ENV.dynamodbEndpoint]: stack.dynamodb,
    [ENV.accessKeyId]: LOCAL_CREDENTIALS.accessKeyId,
    [ENV.secretAccessKey]: LOCAL_CREDENTIALS.secretAccessKey,
  };
}

/** Nothing of the shell but what is meant for mktq: an AWS profile there must not reach a local function. */
const ownVariables = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => /^(MARKETO|MKTQ)_/.test(name)));

/** Both faces: MARKETO_TRANSPORT chooses, and REST is spoken unless it does. */
const simulatorEnv = (
  simulator: Pick<Simulator, 'soapUrl' | 'restUrl' | 'identityUrl' | 'credentials' | 'restCredentials'>,
): Environment => ({
  MARKETO_SOAP_ENDPOINT: simulator.soapUrl,
  MARKETO_USER_ID: simulator.credentials.userId,
  MARKETO_ENCRYPTION_KEY: simulator.credentials.encryptionKey,
  MARKETO_REST_ENDPOINT: simulator.restUrl,
  MARKETO_IDENTITY_ENDPOINT: simulator.identityUrl,
  MARKETO_CLIENT_ID: simulator.restCredentials.clientId,
  MARKETO_CLIENT_SECRET: simulator.restCredentials.clientSecret,
});
