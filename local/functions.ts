import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import type { FunctionPorts } from '../functions/compose.ts';
import type { Clock, Sleep } from '../shared/kernel/clock.ts';
import { errorText } from '../shared/kernel/error-text.ts';
import type { Log } from '../shared/kernel/log.ts';
import type { MakeId } from '../shared/kernel/random.ts';
import type { EventSource } from '../shared/tend/switch.ts';
import { Calls } from './calls.ts';
import { LOCAL_CREDENTIALS } from './dynamo-server.ts';
import { type RunningEventSource, startEventSource } from './event-source.ts';
import type { FunctionHandler } from './invocation.ts';
import { sqsPolledQueue } from './polled-queue.ts';
import { startTimer } from './timer.ts';

export type FunctionEnvironment = Readonly<Record<string, string | undefined>>;

/** How the stack's three functions are made from their environment, as each does on Lambda for itself. */
export interface FunctionBuilders {
  worker(env: FunctionEnvironment, given: Given): Buildable<FunctionHandler<SQSEvent>>;
  collector(env: FunctionEnvironment, given: Given): Buildable<FunctionHandler<SQSEvent>>;
  warden(
    env: FunctionEnvironment,
    given: Given & { readonly eventSource: EventSource },
  ): Buildable<FunctionHandler<unknown>>;
}

/** What this machine gives a function instead of what Lambda would. */
type Given = Pick<FunctionPorts, 'log' | 'events'>;

type Buildable<Built> = Built | Promise<Built>;

interface LocalFunctionPorts {
  readonly builders: FunctionBuilders;
  readonly env: FunctionEnvironment;
  readonly sqs: {
    readonly url: string;
    readonly jobs: { readonly url: string; readonly arn: string };
    readonly deadLetters: { readonly url: string; readonly arn: string };
  };
  readonly region: string;
  readonly functionTimeoutMs: number;
  readonly wardenIntervalMs: number;
  /** Deletes what has expired, after each run of the warden. */
  readonly sweep?: () => Promise<unknown>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly makeRequestId: MakeId;
  readonly log: Log;
  /** Where events go; absent: nowhere. */
  readonly events?: FunctionPorts['events'];
}

export interface RunningFunctions {
  /** The switch between the jobs queue and the worker. */
  readonly eventSource: EventSource;
  /** How many invocations run now. */
  running(): number;
  /** How many calls are at Marketo now. */
  calls(): number;
  /** Takes nothing new, hands back what waits, lets calls end within `graceMs`; answers how many invocations have not ended. */
  stop(graceMs: number): Promise<number>;
}

/** Runs worker, collector and warden on their queues and their timer. Builds all three before a queue is touched. */
export async function startFunctions(ports: LocalFunctionPorts): Promise<RunningFunctions> {
  const { builders, env, log, events } = ports;
  const given: Given = { log, ...(events === undefined ? {} : { events }) };
  const worker = await builders.worker(env, given);
  const collector = await builders.collector(env, given);
  // The warden is built before there is a poller to switch; it first runs after.
  const jobsSource: { now: RunningEventSource | null } = { now: null };
  const eventSource: EventSource = {
    enabled: async () => (await jobsSource.now?.eventSource.enabled()) ?? true,
    enable: async () => jobsSource.now?.eventSource.enable(),
    disable: async () => jobsSource.now?.eventSource.disable(),
  };
  const warden = await builders.warden(env, { ...given, eventSource });

  const client = new SQSClient({
    endpoint: ports.sqs.url,
    region: ports.region,
    credentials: LOCAL_CREDENTIALS,
    useQueueUrlAsEndpoint: false,
  });
  const calls = new Calls();
  const poll = (
    name: string,
    queue: { readonly url: string; readonly arn: string },
    handler: typeof worker,
  ) =>
    startEventSource({
      ...ports,
      name,
      handler,
      calls,
      queue: sqsPolledQueue(client, queue.url),
      queueArn: queue.arn,
    });
  const jobs = poll('jobs', ports.sqs.jobs, worker);
  jobsSource.now = jobs;
  const deadLetters = poll('dead letters', ports.sqs.deadLetters, collector);
  const timer = startTimer({
    ...ports,
    name: 'warden',
    handler: sweeping(warden, ports),
    intervalMs: ports.wardenIntervalMs,
    calls,
  });
  const running = [jobs, deadLetters, timer];
  return {
    eventSource,
    running: () => running.reduce((sum, one) => sum + one.running(), 0),
    calls: () => calls.underWay(),
    stop: async (graceMs) => {
      const left = await Promise.all(running.map((one) => one.stop(graceMs)));
      client.destroy();
      return left.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** The warden's minute, and after it the deletion of what has expired, which in the cloud is DynamoDB's work. */
const sweeping =
  (warden: FunctionHandler<unknown>, { sweep, log }: LocalFunctionPorts): FunctionHandler<unknown> =>
  async (event, context) => {
    const tended = await warden(event, context);
    await sweep?.().catch((error: unknown) => {
      // The servers may be closed already when a stop did not wait for it.
      if (context.stopping?.aborted === true) return;
      log.warn('what has expired could not be deleted', { error: errorText(error) });
    });
    return tended;
  };
