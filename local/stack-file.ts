import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, readOperation } from '../shared/config/environment.ts';
import type { AccountLimits } from '../shared/config/limits.ts';
import { transportOf } from '../shared/config/marketo.ts';
import { DEFAULT_ACCOUNT, ENV } from '../shared/config/names.ts';
import type { RestChoices } from '../shared/config/rest-choices.ts';
import type { TransportName } from '../shared/config/transports.ts';
import type { Clock } from '../shared/kernel/clock.ts';
import { DAY_MS } from '../shared/kernel/clock.ts';
import { lastHolder } from './lock.ts';
import type { TroubleName } from './marketo-trouble.ts';
import { writePrivately } from './private-files.ts';

/** `DIR/stack.json`, and the first line of `mktq local --json`: what a program needs to talk to the stack. */
export interface StackFile {
  readonly ready: true;
  readonly sqs: string;
  readonly dynamodb: string;
  readonly jobsQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly table: string;
  readonly region: string;
  readonly marketo: {
    readonly soap: string;
    /** Null if a real Marketo is configured without a REST endpoint. */
    readonly rest: string | null;
    readonly simulated: boolean;
    /** What the pretend one was told to do wrong when it was started; absent: nothing. */
    readonly trouble?: TroubleName;
  };
}

/** Answered by the stack's SQS server with the lock's instance, so that a stale stack.json is known for what it is. */
export const INSTANCE_PATH = '/mktq/instance';

/** Answered by the stack's SQS server: when the oldest message of the jobs queue was sent, `{"sentAt": 1795341600000}`, or null. */
export const OLDEST_PATH = '/mktq/oldest-message';

/** Age of that message in ms; null if there is none. */
export async function oldestMessageAge(sqs: string, clock: Clock): Promise<number | null> {
  const reply = await fetch(new URL(OLDEST_PATH, sqs), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!reply.ok) throw new Error(`the stack's queue answered ${reply.status}`);
  const { sentAt } = (await reply.json()) as { readonly sentAt: number | null };
  return sentAt === null ? null : Math.max(0, clock() - sentAt);
}

const stackPath = (dataDir: string): string => join(dataDir, 'stack.json');

export function writeStack(dataDir: string, stack: StackFile): void {
  writePrivately(stackPath(dataDir), `${JSON.stringify(stack)}\n`);
}

export function removeStack(dataDir: string): void {
  rmSync(stackPath(dataDir), { force: true });
}

/** The stack that runs on the directory now; null if none does, also if one was killed and left its file behind. */
export async function readStack(dataDir: string): Promise<StackFile | null> {
  const stack = parseStack(dataDir);
  const holder = lastHolder(dataDir);
  if (stack === null || holder === null) return null;
  return (await instanceAt(stack.sqs)) === holder.instance ? stack : null;
}

function parseStack(dataDir: string): StackFile | null {
  try {
    // Only a stack of ours writes the file, and by rename: what parses is whole.
    const stack = JSON.parse(readFileSync(stackPath(dataDir), 'utf8')) as StackFile | null;
    return stack?.ready === true ? stack : null;
  } catch {
    return null;
  }
}

/** Long enough for a stack that is busy on a slow machine. */
const ANSWER_WITHIN_MS = 5_000;

async function instanceAt(sqs: string): Promise<string | null> {
  try {
    const reply = await fetch(new URL(INSTANCE_PATH, sqs), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return reply.ok ? await reply.text() : null;
  } catch {
    return null;
  }
}

/** What the running stack was configured with and a command must know: the shell it is typed in may hold other variables. */
interface StackSettings {
  readonly account: string;
  readonly limits: AccountLimits;
  /** These are absent in the file of a stack of an earlier version. */
  readonly retentionMs?: number;
  readonly transport?: TransportName;
  readonly restChoices?: RestChoices;
}

const settingsPath = (dataDir: string): string => join(dataDir, 'settings.json');

export function settingsOf(env: Environment): Required<StackSettings> {
  const { limits, retentionDays, rest: restChoices } = readOperation(env);
  return {
    account: env[ENV.account] ?? DEFAULT_ACCOUNT,
    limits,
    retentionMs: retentionDays * DAY_MS,
    transport: transportOf(env),
    restChoices,
  };
}

/** To be called before stack.json appears: whoever finds that one reads this one next. */
export function writeSettings(dataDir: string, env: Environment): void {
  writePrivately(settingsPath(dataDir), `${JSON.stringify(settingsOf(env))}\n`);
}

/** Null if the directory holds none. */
export function readSettingsFile(dataDir: string): StackSettings | null {
  try {
    // Only a stack of ours writes the file, before it says that it is ready.
    return JSON.parse(readFileSync(settingsPath(dataDir), 'utf8')) as StackSettings;
  } catch {
    return null;
  }
}
