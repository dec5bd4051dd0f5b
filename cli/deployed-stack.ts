import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { commonSettings } from '../shared/aws/clients.ts';
import { DEFAULT_RETENTION_DAYS } from '../shared/config/limits.ts';
import { OUTPUTS, stackNameOf } from '../shared/config/names.ts';
import { readRestChoices } from '../shared/config/rest-choices.ts';
import { DAY_MS } from '../shared/kernel/clock.ts';
import type { StackDescription } from './connection.ts';
import { Failure } from './exit.ts';

/** The part of CloudFormation that is asked: the stacks of this name, in the region and with the keys of the shell. */
export interface StackLookUp {
  describe(name: string): Promise<readonly Stack[]>;
  /** Null if none is configured. */
  region(): Promise<string | null>;
}

/**
 * A deployed stack, from its outputs alone: nobody has to copy addresses about. Whoever asks needs
 * `cloudformation:DescribeStacks` and what the command itself does to queue and table.
 */
export async function findDeployedStack(name: string, lookUp = cloudFormation()): Promise<StackDescription> {
  const region = await lookUp.region();
  if (region === null) throw new Failure('no AWS region is set: set AWS_REGION to the one the stack is in');
  const stack = await describe(name, region, lookUp);
  const outputs = new Map(stack.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const output = (key: string): string => {
    const value = outputs.get(key);
    if (value !== undefined) return value;
    throw new Failure(
      `the stack ${name} (${stack.StackStatus ?? 'no status'}) has no output ${key}: it is not one of mktq's, or its first deploy has not ended`,
    );
  };
  return {
    name,
    // Absent: the region's own, or what AWS_ENDPOINT_URL says.
    sqs: undefined,
    dynamodb: undefined,
    jobsQueueUrl: output(OUTPUTS.jobsQueueUrl),
    deadLetterQueueUrl: output(OUTPUTS.deadLetterQueueUrl),
    table: output(OUTPUTS.table),
    region: output(OUTPUTS.region),
    account: output(OUTPUTS.account),
    ...configurationOf(outputs, name),
    // A stack of an earlier version has no such output, and kept closed letters for ever.
    retentionMs: Number(outputs.get(OUTPUTS.retentionDays) ?? DEFAULT_RETENTION_DAYS) * DAY_MS,
  };
}

const above0 = v.pipe(v.number(), v.gtValue(0));
const text = v.record(v.string(), v.string());
/** What the stack was configured with, by output. It wrote them itself, but perhaps a version that reads them otherwise. */
const configuration = v.object({
  [OUTPUTS.limits]: json(
    v.object({
      ratePerWindow: above0,
      windowMs: above0,
      concurrency: above0,
      dailyQuota: above0,
      share: v.pipe(above0, v.maxValue(1)),
    }),
  ),
  // Without either, a stack of an earlier version, which spoke SOAP alone: what comes after it is what anybody checks.
  [OUTPUTS.transport]: v.optional(v.picklist(['soap', 'rest']), 'rest'),
  [OUTPUTS.restChoices]: v.optional(
    json(
      v.object({
        foreignIdField: v.nullable(v.union([v.string(), text])),
        partitions: text,
        onDuplicate: v.picklist(['dead-letter', 'latest']),
      }),
    ),
    JSON.stringify(readRestChoices({})),
  ),
});

function json<T extends v.GenericSchema>(schema: T) {
  return v.pipe(v.string(), v.parseJson(), schema);
}

function configurationOf(
  outputs: ReadonlyMap<string | undefined, string | undefined>,
  name: string,
): Pick<StackDescription, 'limits' | 'transport' | 'restChoices'> {
  const read = v.safeParse(configuration, Object.fromEntries(outputs));
  if (read.success) {
    const { output } = read;
    return {
      limits: output[OUTPUTS.limits],
      transport: output[OUTPUTS.transport],
      restChoices: output[OUTPUTS.restChoices],
    };
  }
  const [wrong] = read.issues;
  throw new Failure(
    `the output ${v.getDotPath(wrong)?.split('.', 1).join('')} of the stack ${name} is not what this mktq reads: deploy the stack once more with this version`,
  );
}

async function describe(name: string, region: string, lookUp: StackLookUp): Promise<Stack> {
  try {
    const [stack] = await lookUp.describe(name);
    if (stack !== undefined) return stack;
  } catch (error) {
    if (!isAbsent(error)) throw troubleOf(error, name, region);
  }
  const meant = name.startsWith(stackNameOf(''))
    ? ''
    : `; the stack of the account acme is called ${stackNameOf('acme')}`;
  throw new Failure(`there is no stack ${name} in ${region}${meant}`);
}

/** CloudFormation has no error of its own for it. */
const isAbsent = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist');

/** Keys that are absent, expired or not allowed to: the SDK's words, with what was asked for. */
const troubleOf = (error: unknown, name: string, region: string): Failure =>
  new Failure(`the stack ${name} in ${region} cannot be looked up: ${String(error)}`);

function cloudFormation(): StackLookUp {
  const client = new CloudFormationClient(commonSettings({}));
  return {
    region: () => client.config.region().catch(() => null),
    describe: async (name) => {
      try {
        return (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks ?? [];
      } finally {
        client.destroy();
      }
    },
  };
}
