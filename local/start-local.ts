import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { buildWorker } from '../functions/build-worker.ts';
import { buildCollector } from '../functions/collector.ts';
import { buildWarden } from '../functions/warden.ts';
import { type Environment, marketoIsUnset } from '../shared/config/environment.ts';
import { FUNCTION_TIMEOUT_S } from '../shared/config/limits.ts';
import { strangeVariables } from '../shared/config/variable-names.ts';
import { MINUTE_MS, systemClock, systemSleep } from '../shared/kernel/clock.ts';
import { type Log, silentLog } from '../shared/kernel/log.ts';
import { randomToken } from '../shared/kernel/random.ts';
import type { EventSource } from '../shared/tend/switch.ts';
import type { Simulator, SimulatorOptions } from '../simulator/simulator.ts';
import { demandDescriptors } from './descriptors.ts';
import { LOCAL_CREDENTIALS } from './dynamo-server.ts';
import { fileEvents, tryEventsFile } from './events-file.ts';
import { type FunctionBuilders, type RunningFunctions, startFunctions } from './functions.ts';
import { emptyDirectory, lastHolder, lockDirectory } from './lock.ts';
import type { TroubleName } from './marketo-trouble.ts';
import { checkSettings, type Servers, startServers } from './servers.ts';
import { readStack, removeStack, type StackFile, writeSettings, writeStack } from './stack-file.ts';
import { createSweep } from './sweep.ts';
import { diskTrouble, inUse, LocalTrouble, troubleLine } from './trouble.ts';

interface LocalOptions {
  readonly dataDir: string;
  readonly env: Environment;
  /** Those that run on Lambda, unless a test brings its own. */
  readonly builders?: FunctionBuilders;
  /** The first of three ports; those of the last start, or free ones, without it. */
  readonly port?: number;
  /** Empties the data directory first, once it is certain that nobody else uses it. */
  readonly fresh?: boolean;
  /** What the simulator does wrong from the start on. */
  readonly trouble?: TroubleName;
  readonly log?: Log;
  /** Appends events to this file; with `completed` also of each completed job. */
  readonly events?: { readonly file: string; readonly completed: boolean };
  readonly wardenIntervalMs?: number;
  readonly functionTimeoutMs?: number;
  readonly simulator?: Omit<SimulatorOptions, 'port' | 'dataDir' | 'credentials'>;
  /** The disk refused a write and the process must end; by default it says so in one line and ends. */
  readonly onFatal?: (line: string) => void;
}

export interface LocalStack {
  readonly stack: StackFile;
  readonly eventSource: EventSource;
  /** Null if a real Marketo is configured. */
  readonly simulator: Simulator | null;
  /** How many invocations run now. */
  running(): number;
  /** How many calls are at Marketo now. */
  calls(): number;
  /**
   * Ends everything: what waits is handed back at once, calls at Marketo get `graceMs` to end. Answers how many invocations
   * have not ended and were left behind.
   */
  stop(graceMs?: number): Promise<number>;
}

const WARDEN_INTERVAL_MS = MINUTE_MS;
/** Longer than most calls, shorter than the patience of who pressed Ctrl-C; a job cut off here is safe with its claim. */
const STOP_GRACE_MS = 10_000;
const END_POLLS_EACH_MS = 20;

/**
 * The whole stack in this process: queue, table, simulator, worker, collector and warden, on loopback, its state in the
 * data directory. Throws what `troubleLine` puts in one line. Killing it at any moment loses nothing.
 */
export async function startLocal(options: LocalOptions): Promise<LocalStack> {
  checkSettings(options.env);
  refuseRealTrouble(options);
  for (const words of strangeVariables(options.env)) options.log?.warn(words);
  demandDescriptors();
  await refuseRunning(options.dataDir);
  if (options.events !== undefined) await tryEventsFile(options.events.file);
  const opened: Opened = { instance: randomToken(), closers: [] };
  try {
    const lock = lockDirectory(options.dataDir, opened.instance);
    opened.closers.push(async () => lock.release());
    // One that was killed leaves its file, and nobody may take that for this stack being ready.
    removeStack(options.dataDir);
    if (options.fresh === true) emptyDirectory(options.dataDir);
    const servers = await openServers(options, opened);
    const functions = await openFunctions(options, servers, opened);
    writeSettings(options.dataDir, options.env);
    writeStack(options.dataDir, servers.stack);
    return running(options, opened, servers, functions);
  } catch (error) {
    await closeAll(opened);
    const line = diskTrouble(error, options.dataDir);
    throw line === null ? error : new LocalTrouble(line, { cause: error });
  }
}

function refuseRealTrouble({ trouble, env }: LocalOptions): void {
  if (trouble === undefined || marketoIsUnset(env)) return;
  throw new LocalTrouble(
    '--trouble is of the pretend Marketo, and the MARKETO_ variables name a real one: unset them, or leave it out',
  );
}

/** Before the lock: that file may have been removed under a stack that runs, and a second one would ruin its state. */
async function refuseRunning(dataDir: string): Promise<void> {
  if ((await readStack(dataDir)) === null) return;
  throw new LocalTrouble(inUse(dataDir, lastHolder(dataDir)?.pid ?? null));
}

interface Opened {
  readonly instance: string;
  /** Called last first. */
  readonly closers: (() => Promise<void>)[];
}

async function closeAll(opened: Opened): Promise<void> {
  for (const close of opened.closers.splice(0).reverse()) await close();
}

async function openServers(options: LocalOptions, opened: Opened): Promise<Servers> {
  const onFatal = options.onFatal ?? endProcess;
  const servers = await startServers({
    dataDir: options.dataDir,
    port: options.port ?? null,
    env: options.env,
    instance: opened.instance,
    simulator: options.simulator ?? {},
    trouble: options.trouble,
    onDiskTrouble: (error) => onFatal(troubleLine(error, options.dataDir)),
  });
  opened.closers.push(() => servers.close());
  return servers;
}

function openFunctions(options: LocalOptions, servers: Servers, opened: Opened): Promise<RunningFunctions> {
  const { events } = options;
  const { dynamodb, region, table } = servers.stack;
  const client = new DynamoDBClient({ endpoint: dynamodb, region, credentials: LOCAL_CREDENTIALS });
  opened.closers.push(async () => client.destroy());
  return startFunctions({
    builders: options.builders ?? lambdaFunctions,
    env: servers.functionEnv,
    sqs: servers.sqs,
    region: servers.stack.region,
    functionTimeoutMs: options.functionTimeoutMs ?? FUNCTION_TIMEOUT_S * 1_000,
    wardenIntervalMs: options.wardenIntervalMs ?? WARDEN_INTERVAL_MS,
    clock: systemClock,
    sleep: systemSleep,
    sweep: createSweep({ client, table, clock: systemClock }),
    makeRequestId: randomUUID,
    log: options.log ?? silentLog,
    ...(events === undefined ? {} : { events: { to: fileEvents(events.file), completed: events.completed } }),
  });
}

function running(
  options: LocalOptions,
  opened: Opened,
  servers: Servers,
  functions: RunningFunctions,
): LocalStack {
  let stopped: Promise<number> | null = null;
  const stop = async (graceMs: number): Promise<number> => {
    removeStack(options.dataDir);
    // Again and again: a poll that is on its way to the queue would otherwise wait there for its full time.
    const ending = setInterval(() => servers.sqs.endPolls(), END_POLLS_EACH_MS);
    const left = await functions.stop(graceMs);
    clearInterval(ending);
    await closeAll(opened);
    return left;
  };
  return {
    stack: servers.stack,
    eventSource: functions.eventSource,
    simulator: servers.simulator,
    running: () => functions.running(),
    calls: () => functions.calls(),
    stop: (graceMs = STOP_GRACE_MS) => {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

function endProcess(line: string): void {
  process.stderr.write(`mktq: ${line}\n`);
  process.exit(1);
}

/** The functions that run on Lambda, as they are there. */
const lambdaFunctions: FunctionBuilders = {
  worker: buildWorker,
  collector: buildCollector,
  warden: buildWarden,
};
