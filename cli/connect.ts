import { awsServices } from '../client/aws-services.ts';
import { oldestMessageAge, readSettingsFile, readStack, settingsOf } from '../local/stack-file.ts';
import { createAdapters } from '../shared/aws/adapters.ts';
import { createAwsClients } from '../shared/aws/clients.ts';
import { DEFAULT_RETENTION_MS } from '../shared/config/limits.ts';
import { transportOf } from '../shared/config/marketo.ts';
import { readRestChoices } from '../shared/config/rest-choices.ts';
import { systemClock, systemSleep } from '../shared/kernel/clock.ts';
import { systemRandom } from '../shared/kernel/random.ts';
import type { Connection, StackDescription } from './connection.ts';
import { Failure } from './exit.ts';
import { operatorOf } from './operator.ts';
import { mktq } from './render/typed.ts';

interface ConnectOptions {
  readonly dataDir: string;
  /** `--stack NAME`. */
  readonly stack: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Opens the adapters of the stack that the options name. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const stack = await findStack(options);
  const clients = createAwsClients(awsServices(stack.region, { sqs: stack.sqs, dynamodb: stack.dynamodb }));
  const adapters = createAdapters({
    clients,
    table: stack.table,
    jobsQueueUrl: stack.jobsQueueUrl,
    deadLetterQueueUrl: stack.deadLetterQueueUrl,
    account: stack.account,
    retentionMs: stack.retentionMs,
    clock: systemClock,
    random: systemRandom,
    sleep: systemSleep,
  });
  return {
    ...adapters,
    stack,
    account: stack.account,
    limits: stack.limits,
    retentionMs: stack.retentionMs,
    oldestMessageAge: ageReader(stack),
    operator: operatorOf(stack),
    clock: systemClock,
    sleep: systemSleep,
    close: () => clients.destroy(),
  };
}

/** Locally the embedded queue says it; SQS itself says it to CloudWatch alone, where the dashboard and an alarm read it. */
const ageReader = ({ sqs }: StackDescription): Connection['oldestMessageAge'] =>
  sqs === undefined ? async () => null : () => oldestMessageAge(sqs, systemClock);

/** The one seam between a command and where its stack lives. */
async function findStack(options: ConnectOptions): Promise<StackDescription> {
  if (options.stack === undefined) return findLocalStack(options);
  // A client more to load, which a local command has no use for.
  const { findDeployedStack } = await import('./deployed-stack.ts');
  return findDeployedStack(options.stack);
}

async function findLocalStack({ dataDir, env }: ConnectOptions): Promise<StackDescription> {
  const stack = await readStack(dataDir);
  const settings = readSettingsFile(dataDir) ?? settingsOf(env);
  if (stack === null) {
    throw new Failure(
      `no stack is running on ${dataDir}; start one with: ${mktq({ dataDir, env }, 'local')}`,
    );
  }
  return {
    name: dataDir,
    sqs: stack.sqs,
    dynamodb: stack.dynamodb,
    jobsQueueUrl: stack.jobsQueueUrl,
    deadLetterQueueUrl: stack.deadLetterQueueUrl,
    table: stack.table,
    region: stack.region,
    ...settings,
    retentionMs: settings.retentionMs ?? DEFAULT_RETENTION_MS,
    transport: settings.transport ?? transportOf(env),
    restChoices: settings.restChoices ?? readRestChoices(env),
  };
}
