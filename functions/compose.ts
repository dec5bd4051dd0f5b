import { type Adapters, createAdapters } from '../shared/aws/adapters.ts';
import { type AwsService, createAwsClients } from '../shared/aws/clients.ts';
import { createBudget } from '../shared/budget/gate.ts';
import {
  ConfigurationError,
  type Environment,
  type OperationSettings,
  readOperation,
} from '../shared/config/environment.ts';
import { DEFAULT_TIMINGS, type WorkerTimings } from '../shared/config/limits.ts';
import { DEFAULT_ACCOUNT, ENV, METRICS, stackNameOf } from '../shared/config/names.ts';
import type { Events } from '../shared/events/event.ts';
import { DAY_MS, systemClock, systemSleep } from '../shared/kernel/clock.ts';
import type { Log } from '../shared/kernel/log.ts';
import { type Metrics, noMetrics } from '../shared/kernel/metrics.ts';
import { randomToken, systemRandom } from '../shared/kernel/random.ts';
import { watchCancellations } from '../shared/ledger/cancellations.ts';
import { CALL_TIMEOUT_MS } from '../shared/marketo/operations/operation.ts';
import { createForeignTally } from '../shared/run/foreign-tally.ts';
import { noJobEvents } from '../shared/run/job-events.ts';
import { createKeyTurns } from '../shared/run/key-turns.ts';
import type { RunPorts } from '../shared/run/ports.ts';
import { watchTakenBatches } from '../shared/run/taken-batches.ts';
import { noTrace, type Trace } from '../shared/run/trace.ts';
import { createTurns } from '../shared/run/turns.ts';

/** What a function is given beside its environment: the local stack and the tests have their own. */
export interface FunctionPorts {
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly trace?: Trace;
  readonly timings?: WorkerTimings;
  /** Instead of the transport's own. */
  readonly serverDoneMs?: number;
  /** To whom events go; the worker has none but these, the warden what the environment names without them. */
  readonly events?: { readonly to: Events; readonly completed: boolean } | undefined;
  /** False: every call travels alone. For what is measured against that. */
  readonly packing?: boolean;
}

export interface Composed {
  readonly ports: Omit<RunPorts, 'transport' | 'wire'>;
  readonly settings: OperationSettings;
  readonly adapters: Adapters;
}

/**
 * Everything of a function but the way to Marketo, from its environment, once. Throws a ConfigurationError before a
 * queue is touched. The way to Marketo is a room of its own: the collector needs neither its code nor its credentials.
 */
export function compose(env: Environment, given: FunctionPorts): Composed {
  const settings = readOperation(env);
  const timings = given.timings ?? DEFAULT_TIMINGS;
  const kernel = { clock: systemClock, sleep: systemSleep, random: systemRandom, makeId: randomToken };
  const adapters = createAdapters({
    clients: createAwsClients({
      dynamodb: serviceOf(env, ENV.dynamodbEndpoint),
      sqs: serviceOf(env, ENV.sqsEndpoint),
    }),
    table: required(env, ENV.table),
    jobsQueueUrl: required(env, ENV.jobsQueueUrl),
    deadLetterQueueUrl: required(env, ENV.deadLetterQueueUrl),
    account: env[ENV.account] ?? DEFAULT_ACCOUNT,
    retentionMs: settings.retentionDays * DAY_MS,
    ...kernel,
  });
  const { limits, backoff, retentionDays, lingerMs } = settings;
  const { endpointGone } = settings.transport;
  const metrics = given.metrics ?? noMetrics;
  const serverDoneMs = given.serverDoneMs ?? settings.transport.serverDoneMs;
  const ports = {
    ...kernel,
    ledger: adapters.ledger,
    isCancelled: watchCancellations(adapters.cancellations, kernel.clock),
    archive: adapters.archive,
    bodies: adapters.bodies,
    calls: adapters.calls,
    jobsQueue: adapters.jobsQueue,
    deadLetters: adapters.deadLetterQueue,
    budget: createBudget({
      ...kernel,
      store: adapters.budgetStore,
      limits,
      serverDoneMs,
      storeClock: adapters.storeClock,
      onClockOff: (aheadMs) => {
        given.log.error("this worker's clock is not that of the store: nothing is sent", { aheadMs });
        metrics.count(METRICS.clockOff);
      },
    }),
    log: given.log,
    metrics,
    trace: given.trace ?? noTrace,
    turns: createTurns(),
    keyTurns: createKeyTurns(),
    foreignTally: createForeignTally({ ...kernel, store: adapters.foreignGroups, log: given.log }),
    jobEvents: tellsEvents(env, given)
      ? watchTakenBatches({ ...kernel, openBatches: adapters.openBatches, log: given.log })
      : noJobEvents,
    settings: {
      backoff,
      timings,
      serverDoneMs,
      everyServerDoneMs: given.serverDoneMs ?? null,
      callTimeoutMs: settings.callTimeoutMs ?? CALL_TIMEOUT_MS,
      endpointGone,
      renewCredentials: renewCredentials(env[ENV.secretArn]),
      retentionMs: retentionDays * DAY_MS,
      lingerMs,
      soleInstance: env[ENV.localInstance] ?? null,
    },
  };
  return { ports, settings, adapters };
}

/** Whoever ends a job writes down its batch, where somebody wants to hear of the end of that. */
const tellsEvents = (env: Environment, given: FunctionPorts): boolean =>
  given.events !== undefined || [ENV.eventBus, ENV.eventTopicArn].some((name) => (env[name] ?? '') !== '');

/** Deployed, the credentials are in a secret that is read again each minute; locally in the environment that the stack was started with. */
function renewCredentials(secretArn: string | undefined): string {
  if (secretArn === undefined || secretArn === '') {
    return 'set the right values in the MARKETO_ variables and start mktq local again';
  }
  return `put the right values there: aws secretsmanager put-secret-value --secret-id ${secretArn} --secret-string file://secret.json`;
}

/** On Lambda neither an endpoint nor keys are set: the SDK then finds the region's own, with the function's role. */
export function serviceOf(env: Environment, endpointName: string): AwsService {
  const accessKeyId = env[ENV.accessKeyId];
  const secretAccessKey = env[ENV.secretAccessKey];
  const endpoint = env[endpointName];
  const local = endpoint !== undefined && accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    region: env[ENV.region],
    endpoint,
    credentials: local ? { accessKeyId, secretAccessKey } : undefined,
  };
}

/** What everything in the stack is named after. */
export const stackOf = (env: Environment): string =>
  stackNameOf(env[ENV.account] ?? DEFAULT_ACCOUNT, env[ENV.prefix]);

export function required(env: Environment, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new ConfigurationError(`${name} is not set: the stack that deploys the function sets it`);
}
