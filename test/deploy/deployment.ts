import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Emulator } from './emulator.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A program of this repository in the emulator's environment. A code that is not 0 is an answer, too. */
async function node(emulator: Emulator, cwd: string, script: string, words: readonly string[]): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(process.execPath, [join(ROOT, script), ...words], {
      cwd,
      env: emulator.env,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, out: stdout, err: stderr };
  }
}

/** The CDK command line. Bootstrapping needs no app, so it is done where there is none. */
export async function cdk(emulator: Emulator, words: readonly string[], cwd = ROOT): Promise<Ran> {
  mkdirSync(cwd, { recursive: true });
  const ran = await node(emulator, cwd, 'node_modules/aws-cdk/bin/cdk', [...words, '--no-notices']);
  if (ran.code !== 0) throw new Error(`cdk ${words.join(' ')} failed:\n${ran.out}\n${ran.err}`);
  return ran;
}

/** `mktq … --stack NAME`, as an operator types it. */
export const mktq = (emulator: Emulator, stack: string, words: readonly string[]): Promise<Ran> =>
  node(emulator, ROOT, 'cli/mktq.ts', [...words, '--stack', stack]);

/** The conformance suites of the adapters, against the emulator instead of the embedded servers. */
export const conformance = (emulator: Emulator): Promise<Ran> =>
  node(emulator, ROOT, 'node_modules/vitest/vitest.mjs', ['run', 'test/conformance/aws.test.ts']);

export function outputOf(stack: Stack, key: string): string {
  const value = stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  if (value === undefined) throw new Error(`the stack has no output ${key}`);
  return value;
}

/** For clients of the test's own. */
export const serviceOf = ({ region, endpoint }: Emulator) => ({
  region,
  endpoint,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

export async function queueAttributes(
  emulator: Emulator,
  QueueUrl: string,
): Promise<Readonly<Record<string, string | undefined>>> {
  const client = new SQSClient({ ...serviceOf(emulator), useQueueUrlAsEndpoint: false });
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return Attributes ?? {};
}
