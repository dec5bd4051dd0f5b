import { createBudget } from '../../shared/budget/gate.ts';
import { initialState } from '../../shared/budget/state.ts';
import {
  type AccountLimits,
  DEFAULT_BACKOFF,
  DEFAULT_TIMINGS,
  RATE_WINDOW_MS,
} from '../../shared/config/limits.ts';
import { TRANSPORTS } from '../../shared/config/transports.ts';
import type { Delivery, Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import { silentLog } from '../../shared/kernel/log.ts';
import { noMetrics } from '../../shared/kernel/metrics.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import { watchCancellations } from '../../shared/ledger/cancellations.ts';
import type { Fault } from '../../shared/marketo/faults/fault.ts';
import type { Wire } from '../../shared/marketo/http/wire.ts';
import { WireError } from '../../shared/marketo/http/wire-fault.ts';
import { isRead, isUnsafe } from '../../shared/marketo/operations/registry.ts';
import type { PackingBounds } from '../../shared/marketo/packing/packing-bounds.ts';
import { isAged, sendAgainIfAged } from '../../shared/marketo/send-again.ts';
import { recordOutcomes } from '../../shared/marketo/soap/outcomes.ts';
import type { Call, CallOutcome, Exchange, Send, Transport } from '../../shared/marketo/transport.ts';
import type { OperatePorts } from '../../shared/operate/ports.ts';
import { openDesk, type Working } from '../../shared/run/call.ts';
import { claim } from '../../shared/run/claim.ts';
import { createForeignTally } from '../../shared/run/foreign-tally.ts';
import { noJobEvents } from '../../shared/run/job-events.ts';
import { createKeyTurns } from '../../shared/run/key-turns.ts';
import type { Invocation, Refusal, RunPorts } from '../../shared/run/ports.ts';
import { run } from '../../shared/run/run.ts';
import type { Settlement } from '../../shared/run/settlement.ts';
import { noTrace, type Step } from '../../shared/run/trace.ts';
import { createTurns, type Turn } from '../../shared/run/turns.ts';
import { type FaultHook, noFaults } from '../memory/faults.ts';
import { memoryAcknowledgements } from '../memory/memory-acknowledgements.ts';
import { memoryArchive } from '../memory/memory-archive.ts';
import { memoryBodies } from '../memory/memory-bodies.ts';
import { memoryBudgetStore } from '../memory/memory-budget-store.ts';
import { memoryCalls } from '../memory/memory-calls.ts';
import { memoryCancellations } from '../memory/memory-cancellations.ts';
import { memoryDeadLetterQueue } from '../memory/memory-dead-letter-queue.ts';
import { memoryForeignGroups } from '../memory/memory-foreign-groups.ts';
import { memoryJobsQueue } from '../memory/memory-jobs-queue.ts';
import { memoryLedger } from '../memory/memory-ledger.ts';

/** What the pretend Marketo does with one call. */
type Answer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** The transport itself breaks, before or after the request has left. */
  | { readonly kind: 'bug'; readonly sent: boolean };

export const ok = (result: unknown = {}): Answer => ({ kind: 'result', result });

export const marketoFault = (code: number | null, message = `fault ${code}`): Answer => ({
  kind: 'fault',
  fault: { kind: 'marketo', code, message, httpStatus: 500 },
});

export const networkFault = (sent: boolean): Answer => ({
  kind: 'fault',
  fault: {
    kind: 'network',
    sent,
    reason: sent ? 'timeout' : 'refused',
    message: sent ? 'no answer' : 'refused',
  },
});

export interface WorldOptions {
  readonly answer?: (call: Call, nth: number) => Answer | Promise<Answer>;
  readonly limits?: Partial<AccountLimits>;
  readonly faults?: {
    readonly [store in
      | 'ledger'
      | 'archive'
      | 'bodies'
      | 'calls'
      | 'jobsQueue'
      | 'deadLetters'
      | 'foreignGroups']?: FaultHook;
  };
  readonly startAt?: number;
  readonly soleInstance?: string | null;
  /** What a call may hold that several jobs share; null, and without it: no two share one. */
  readonly bounds?: PackingBounds | null;
}

/** An invocation with a desk of its own. */
export const working = (invocation: Invocation, ports: RunPorts): Working => ({
  ...invocation,
  desk: openDesk(invocation, ports),
});

/** A run whose process dies at this step: whatever it waits for never comes. */
export async function dieAt(
  world: World,
  step: Step,
  job: Job | Delivery,
  over: Partial<RunPorts> = {},
): Promise<void> {
  await new Promise<void>((resolve) => {
    const trace = (reached: Step): void | Promise<void> => {
      if (reached !== step) return;
      resolve();
      return new Promise(() => {});
    };
    void world.run(job, { ...over, trace });
  });
}

/** One of many in its process, which comes to be alone at once if it has to. */
const ALONE: Turn = { untilAlone: async () => {}, isAlone: () => false, leave: () => {} };

/** A whole worker on memory: time stands still but for what is slept, and every call is written down. */
export function createWorld(options: WorldOptions = {}) {
  let now = options.startAt ?? Date.parse('2026-11-22T18:00:00Z');
  const clock = () => now;
  const faults = options.faults ?? {};
  const calls: Call[] = [];
  const sends: Call[] = [];
  let ids = 0;
  const makeId = () => {
    ids += 1;
    return `id${ids}`;
  };
  const answer = options.answer ?? (() => ok());
  const limits: AccountLimits = {
    ratePerWindow: 100,
    windowMs: RATE_WINDOW_MS,
    concurrency: 10,
    dailyQuota: 10_000,
    share: 1,
    ...options.limits,
  };
  // Those who sleep side by side wake at their own times: their waits do not add up.
  const sleep = async (ms: number, signal?: AbortSignal) => {
    const until = now + ms;
    // Everybody who has something to do does it before time goes on, and before who can be woken sleeps on.
    for (let turns = signal === undefined ? 1 : 5; turns > 0; turns -= 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted === true) return;
    }
    now = Math.max(now, until);
  };
  const ledger = memoryLedger(faults.ledger ?? noFaults);
  const archive = memoryArchive(faults.archive ?? noFaults);
  const bodies = memoryBodies(faults.bodies ?? noFaults);
  const keptCalls = memoryCalls(faults.calls ?? noFaults);
  const queue = memoryJobsQueue(clock, faults.jobsQueue ?? noFaults);
  const hidden: { readonly messageId: string; readonly delayMs: number }[] = [];
  const jobsQueue: typeof queue = {
    ...queue,
    hidden,
    hide: (deliveries, delayMs, giveUpAt) => {
      hidden.push(...deliveries.map(({ messageId }) => ({ messageId, delayMs })));
      return queue.hide(deliveries, delayMs, giveUpAt);
    },
  };
  const deadLetters = memoryDeadLetterQueue(faults.deadLetters ?? noFaults);
  const store = memoryBudgetStore();
  const foreignGroups = memoryForeignGroups(faults.foreignGroups ?? noFaults);
  const random = seededRandom(7);
  const kernel = { clock, sleep, random, makeId };
  // The budget's own timers must not move the time that the jobs see.
  const budget = createBudget({
    ...kernel,
    sleep: async () => {},
    store,
    limits,
    serverDoneMs: TRANSPORTS.soap.serverDoneMs,
  });
  let corrected: number | null = null;

  const runCall = async (call: Call, send: Send<Refusal>): Promise<CallOutcome<Refusal>> => {
    const target = {
      url: 'http://127.0.0.1/soap',
      timeoutMs: 90_000,
      serverDoneMs: 180_000,
      spends: true,
      changes: !isRead(call),
      announces: isUnsafe(call),
    };
    const sent = await sendAgainIfAged(send, target, async (post) => {
      // Signed again, it is another call to Marketo.
      const given = await answer(call, calls.push(call));
      if (given.kind === 'bug' && !given.sent) throw new Error('a bug before sending');
      const unsent = given.kind === 'fault' && given.fault.kind === 'network' && !given.fault.sent;
      if (!unsent) sends.push(call);
      const silent = given.kind === 'fault' && given.fault.kind === 'network';
      // The pretend wire reads what to do from the body.
      const body = JSON.stringify({ unsent, silent, fault: given.kind === 'fault' ? given.fault : null });
      await post({ method: 'POST', headers: {}, body, secrets: [] });
      if (given.kind === 'bug') throw new Error('a bug after sending');
      return given.kind === 'fault' ? given : { kind: 'answered', value: given.result };
    });
    if (sent.kind !== 'answered') {
      if (isAged(sent) && sent.kind === 'fault') corrected = sent.exchange.serverDate;
      return sent;
    }
    const { value, exchange } = sent;
    // As the real transport reads it: a result may say that records failed.
    return { kind: 'answered', result: value, ...recordOutcomes(call, value), exchange };
  };
  const transport: Transport<Refusal> = {
    bounds: options.bounds ?? undefined,
    run: runCall,
    probe: (send) => runCall({ operation: 'listMObjects', params: {}, workspace: null }, send),
  };

  const cancellations = memoryCancellations();
  const ports: RunPorts &
    Pick<OperatePorts, 'ledger' | 'bodies' | 'calls' | 'cancellations' | 'acknowledgements' | 'operator'> = {
    ...kernel,
    ledger,
    cancellations,
    acknowledgements: memoryAcknowledgements(),
    operator: async () => 'ann',
    isCancelled: watchCancellations(cancellations, clock),
    archive,
    bodies,
    calls: keptCalls,
    budget,
    jobsQueue,
    deadLetters,
    transport,
    wire: pretendWire(clock),
    log: silentLog,
    metrics: noMetrics,
    trace: noTrace,
    turns: createTurns(),
    keyTurns: createKeyTurns(),
    foreignTally: createForeignTally({ clock, store: foreignGroups, log: silentLog }),
    jobEvents: noJobEvents,
    settings: {
      backoff: DEFAULT_BACKOFF,
      timings: DEFAULT_TIMINGS,
      serverDoneMs: TRANSPORTS.soap.serverDoneMs,
      everyServerDoneMs: null,
      callTimeoutMs: 90_000,
      endpointGone: TRANSPORTS.soap.endpointGone,
      renewCredentials: 'put the right key there',
      retentionMs: 30 * 24 * 3_600_000,
      lingerMs: 5_000,
      soleInstance: options.soleInstance ?? null,
    },
  };
  const invocation = () => ({ deadline: now + 300_000 });
  return {
    ports,
    /** One delivery through a process of its own, a job's or one made by hand; `over` replaces ports. */
    run: (work: Job | Delivery, over: Partial<RunPorts> = {}): Promise<Settlement> => {
      const used = { ...ports, keyTurns: createKeyTurns(), ...over };
      return run('messageId' in work ? work : deliveryOf(work), ALONE, working(invocation(), used), used);
    },
    claim: (job: Job) => claim(job, deliveryOf(job), ALONE, { ...invocation(), place: makeId() }, ports),
    /**
     * As a worker leaves the job that is killed after the job's run had a permit: its claim has expired, its lease stands in
     * the budget. `starts` with this one.
     */
    killed: async (jobId: string, starts: number): Promise<void> => {
      const row = ledger.row(jobId);
      if (row === null) throw new Error(`there is no row of ${jobId}`);
      const owner = `run.dead-${jobId}`;
      ledger.put({ ...row, starts, state: { kind: 'running', owner, leaseUntil: now - 1, intentAt: null } });
      // Its slot is free again, and Marketo is done: only the trace is left.
      const lease = { until: now - 1, stamp: { worker: 'dead', at: now - 200_000 } };
      await store.change(await store.read(), (state) => {
        const before = state ?? initialState(now);
        return { ...before, leases: { ...before.leases, [`${owner}/1`]: lease } };
      });
    },
    ledger,
    archive,
    bodies,
    keptCalls,
    jobsQueue,
    deadLetters,
    store,
    foreignGroups,
    limits,
    /** Every request that was let in, and those of which a byte left. */
    calls,
    sends,
    corrected: () => corrected,
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
    invocation,
  };
}

export type World = ReturnType<typeof createWorld>;

function pretendWire(clock: () => number): Wire {
  return {
    close: () => {},
    open: async (target) => {
      let exchange: Exchange = {
        url: target.url,
        request: '',
        response: null,
        httpStatus: null,
        sentAt: null,
        endedAt: clock(),
        serverDate: null,
      };
      const connection = {
        usable: () => true,
        refresh: async () => null,
        release: () => {},
        exchange: () => exchange,
        post: async (request: { readonly body: string }) => {
          const plan: { unsent: boolean; silent: boolean; fault: Fault } = JSON.parse(request.body);
          const at = clock();
          const sentAt = plan.unsent ? null : at;
          exchange = { ...exchange, request: '<request/>', sentAt, endedAt: at };
          if (plan.silent) throw new WireError(plan.fault);
          exchange = { ...exchange, response: '<response/>', httpStatus: 200, serverDate: at };
          return { status: 200, headers: {}, body: '<response/>' };
        },
      };
      return { kind: 'open', connection };
    },
  };
}

let messages = 0;

/** A delivery of a job as SQS would hand it over. */
export function deliveryOf(job: Job, over: Partial<Delivery> = {}): Delivery {
  messages += 1;
  const { body, groupId } = messageFor(job);
  return {
    messageId: `m${messages}`,
    receiptHandle: `r${messages}`,
    body,
    groupId,
    sequenceNumber: String(1_000_000 + messages),
    sentAt: Date.parse('2026-11-22T17:59:00Z'),
    receiveCount: 1,
    ...over,
  };
}

type JobOf<O extends Job['operation']> = Extract<Job, { readonly operation: O }>;

/** A write that is safe to repeat. */
export const syncLeadJob = (
  id: string,
  email = `${id}@example.com`,
  over: Partial<JobOf<'syncLead'>> = {},
): Job => ({
  version: 1,
  id,
  operation: 'syncLead',
  params: {
    leadRecord: {
      Email: email,
      leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: 'Ann' }] },
    },
    returnLead: false,
  },
  ...over,
});

/** Sends e-mail: never twice on a guess. */
export const requestCampaignJob = (
  id: string,
  email = `${id}@example.com`,
  over: Partial<JobOf<'requestCampaign'>> = {},
): Job => ({
  version: 1,
  id,
  operation: 'requestCampaign',
  params: {
    source: 'MKTOWS',
    campaignId: 1001,
    leadList: { leadKey: [{ keyType: 'EMAIL', keyValue: email }] },
  },
  ...over,
});
