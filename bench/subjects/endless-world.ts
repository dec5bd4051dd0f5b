import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBudget } from '../../shared/budget/gate.ts';
import { BATCH_SIZE, FUNCTION_TIMEOUT_S, RATE_WINDOW_MS } from '../../shared/config/limits.ts';
import { type Delivery, MESSAGE_VERSION } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import type { JobsQueue } from '../../shared/job/queues.ts';
import { seededRandom } from '../../shared/kernel/random.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { SOAP_BOUNDS } from '../../shared/marketo/soap/packing-bounds.ts';
import type { Transport } from '../../shared/marketo/transport.ts';
import { runBatch } from '../../shared/run/batch.ts';
import type { Refusal, RunPorts } from '../../shared/run/ports.ts';
import { memoryBudgetStore } from '../../test/memory/memory-budget-store.ts';
import { memoryLedger } from '../../test/memory/memory-ledger.ts';
import { type VirtualTime, virtualTime } from '../../test/memory/virtual-time.ts';
import { restWire } from '../../test/support/rest-wire.ts';
import { createWorld } from '../../test/support/work-world.ts';
import { paramsOf } from './worked-caller.ts';

const START = Date.parse('2026-11-22T15:00:00.000Z');
/** The time of a call at Marketo. */
const CALL_MS = { least: 300, most: 1_500 };
const LIMITS = {
  ratePerWindow: 100,
  windowMs: RATE_WINDOW_MS,
  concurrency: 10,
  dailyQuota: 1_000_000,
  share: 1,
};

export interface Emptied {
  readonly leads: number;
  readonly calls: number;
  /** Simulated. */
  readonly lastedMs: number;
  readonly cpuMs: number;
  /** What lived after a full collection, at each tenth of the leads. */
  readonly heapBytes: readonly number[];
}

/**
 * Empties a queue of `leads` single syncLead jobs through the core, on memory and in simulated time. Jobs are made when they are
 * received and forgotten when they have ended, so that whatever grows is the core's.
 */
export async function empty(leads: number, workers: number): Promise<Emptied> {
  const time = virtualTime(START);
  const { clock, sleep } = time;
  const random = seededRandom(1);
  const queue = endlessQueue(leads, time);
  const marketo = { calls: 0, leads: 0 };
  const heapBytes: number[] = [];
  const transport: Transport<Refusal> = {
    bounds: SOAP_BOUNDS,
    run: async (call, send) => {
      const target = {
        url: 'http://127.0.0.1/soap',
        timeoutMs: 90_000,
        serverDoneMs: 180_000,
        spends: true,
        changes: true,
        announces: false,
      };
      const sent = await send(target, async (post) => {
        await post({ method: 'POST', headers: {}, body: '', secrets: [] });
        return { kind: 'answered', value: null };
      });
      if (sent.kind !== 'answered') return sent;
      const { leadRecordList } = call.params as { leadRecordList?: { leadRecord: readonly unknown[] } };
      const written = leadRecordList?.leadRecord.length ?? 1;
      marketo.calls += 1;
      marketo.leads += written;
      if (marketo.leads >= (heapBytes.length + 1) * (leads / 10)) heapBytes.push(heapUsed());
      const status = Array.from({ length: written }, (_, n) => ({
        leadId: n + 1,
        status: 'UPDATED',
        error: null,
      }));
      const result =
        leadRecordList === undefined
          ? { result: { leadId: 1, syncStatus: status[0] } }
          : { result: { syncStatusList: { syncStatus: status } } };
      const records = status.map((one) => ({ ok: true, code: null, message: '', result: one }));
      const [first = { ok: true, code: null, message: '', result: null }, ...others] = records;
      return {
        kind: 'answered',
        result,
        records: [first, ...others],
        inOrder: true,
        exchange: sent.exchange,
      };
    },
    probe: async () => {
      throw new Error('nothing holds the account');
    },
  };
  const world = createWorld();
  const store = memoryBudgetStore({ delay: () => sleep(5 + random() * 5) });
  let ids = 0;
  const makeId = (): string => {
    ids += 1;
    return `w${ids.toString(36).padStart(12, '0')}`;
  };
  const portsOf = (): RunPorts => ({
    ...world.ports,
    clock,
    sleep,
    random,
    makeId,
    ledger: forgetfulLedger(memoryLedger()),
    budget: createBudget({ clock, sleep, random, makeId, store, limits: LIMITS, serverDoneMs: 180_000 }),
    jobsQueue: queue,
    transport,
    wire: restWire(clock, async () => {
      await sleep(CALL_MS.least + random() * (CALL_MS.most - CALL_MS.least));
      return { status: 200, headers: {}, body: '' };
    }),
    settings: { ...world.ports.settings, lingerMs: 0 },
  });
  const began = process.cpuUsage();
  let working = workers;
  const work = async (): Promise<void> => {
    const ports = portsOf();
    while (queue.left() > 0) {
      const event = await queue.receive(0);
      if (event.length === 0) {
        await sleep(1_000);
        continue;
      }
      const { failed } = await runBatch(event, { deadline: clock() + FUNCTION_TIMEOUT_S * 1_000 }, ports);
      // As the event source does: what is not named is removed.
      await queue.remove(
        event.filter(({ messageId }) => !failed.includes(messageId)),
        clock(),
      );
    }
    working -= 1;
  };
  const all = Promise.all(Array.from({ length: workers }, work));
  await time.run(() => working === 0);
  await all;
  const { user, system } = process.cpuUsage(began);
  return {
    leads: marketo.leads,
    calls: marketo.calls,
    lastedMs: clock() - START,
    cpuMs: (user + system) / 1_000,
    heapBytes,
  };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** Shorter than the rest of an invocation: the message is handed back. */
const HANDED_BACK_MS = 60_000;

/** Makes each job when somebody receives it; what is handed back comes again. */
function endlessQueue(jobs: number, { clock, schedule }: VirtualTime): JobsQueue & { left(): number } {
  let made = 0;
  const open = new Map<string, Delivery>();
  const back: Delivery[] = [];
  const make = (): Delivery => {
    made += 1;
    const params = paramsOf(made, 'endless');
    const message = messageFor({ version: MESSAGE_VERSION, id: `j${made}`, operation: 'syncLead', params });
    return {
      messageId: `m${made}`,
      receiptHandle: `r${made}`,
      body: message.body,
      groupId: message.groupId,
      sequenceNumber: String(10n ** 18n + BigInt(made)),
      sentAt: clock(),
      receiveCount: 1,
    };
  };
  return {
    left: () => jobs - made + open.size,
    receive: async () => {
      const again = back.splice(0, BATCH_SIZE);
      const fresh = Array.from({ length: Math.min(BATCH_SIZE - again.length, jobs - made) }, make);
      for (const delivery of fresh) open.set(delivery.messageId, delivery);
      return [...again, ...fresh];
    },
    hide: async (deliveries, delayMs) => {
      if (delayMs > HANDED_BACK_MS) return true;
      for (const { messageId } of deliveries) {
        const delivery = open.get(messageId);
        if (delivery === undefined) continue;
        const next = { ...delivery, receiveCount: delivery.receiveCount + 1 };
        open.set(messageId, next);
        schedule(clock() + delayMs, () => back.push(next));
      }
      return true;
    },
    remove: async (deliveries) => {
      for (const { messageId } of deliveries) open.delete(messageId);
      return true;
    },
    send: async () => [],
    stats: async () => ({ visible: jobs - made, inFlight: open.size, delayed: 0 }),
  };
}

/** What has ended would be in the table for a month; here it would only fill the memory. */
function forgetfulLedger(ledger: Ledger): Ledger {
  return {
    ...ledger,
    change: (async (at: never, reduce: never) => {
      const changed = await ledger.change(at, reduce);
      if (changed.kind === 'written' && changed.copy.value?.state.kind === 'completed')
        await ledger.remove(changed.copy.id);
      return changed;
    }) as Ledger['change'],
  };
}
