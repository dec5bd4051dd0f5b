import type { Delivery, Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import type { JobsQueue } from '../../shared/job/queues.ts';
import { SOAP_BOUNDS } from '../../shared/marketo/soap/packing-bounds.ts';
import type { Call } from '../../shared/marketo/transport.ts';
import { runBatch } from '../../shared/run/batch.ts';
import type { Invocation, RunPorts } from '../../shared/run/ports.ts';
import { createWorld, ok, type WorldOptions } from './work-world.ts';

/** What an account takes that is in nobody's way. */
const BOUNDLESS = { ratePerWindow: 1_000_000, concurrency: 100_000, dailyQuota: 10_000_000 };

interface DrawingOptions extends WorldOptions {
  /** The nth request (from 1) stays at Marketo until this has ended. */
  readonly atMarketo?: (nth: number) => Promise<void> | undefined;
}

/**
 * A worker whose leads share calls as over SOAP, with a queue that holds its jobs. `did` tells in order: `receive` as one begins,
 * `call`, and `removed <message id>`.
 */
export function createDrawingWorld(options: DrawingOptions = {}) {
  const did: string[] = [];
  const answer = options.answer ?? ((call: Call) => ok(resultOf(call)));
  const world = createWorld({
    bounds: SOAP_BOUNDS,
    ...options,
    limits: { ...BOUNDLESS, ...options.limits },
    answer: (call, nth) => {
      did.push('call');
      return answer(call, nth);
    },
  });
  const jobsQueue: JobsQueue = {
    ...world.jobsQueue,
    receive: (hiddenMs) => {
      did.push('receive');
      return world.jobsQueue.receive(hiddenMs);
    },
    remove: async (deliveries, giveUpAt) => {
      did.push(...deliveries.map(({ messageId }) => `removed ${messageId}`));
      return world.jobsQueue.remove(deliveries, giveUpAt);
    },
  };
  const wire = heldUp(world.ports.wire, options.atMarketo ?? (() => undefined));
  const ports: RunPorts = { ...world.ports, jobsQueue, wire };

  async function workEvent(event: readonly Delivery[], invocation: Invocation, all: RunPorts) {
    const { failed } = await runBatch(event, invocation, all);
    const done = event.filter(({ messageId }) => !failed.includes(messageId));
    for (const { receiptHandle } of done) world.jobsQueue.acknowledge(receiptHandle);
    return { event, failed };
  }

  return {
    ...world,
    ports,
    did,
    receives: () => did.filter((what) => what === 'receive').length,
    enqueue: (jobs: readonly Job[]) => world.jobsQueue.send(jobs.map((job) => messageFor(job))),
    /** An event of at most ten, one of a group, and what the event source makes of the answer. */
    work: (over: Partial<RunPorts> & { readonly invocation?: Partial<Invocation> } = {}) => {
      const { invocation, ...replaced } = over;
      const event = world.jobsQueue.deliver(10, 1_800_000);
      return workEvent(event, { ...world.invocation(), ...invocation }, { ...ports, ...replaced });
    },
    /** Once everything that can happen without an answer from outside has happened. */
    settle: async () => {
      for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

export type DrawingWorld = ReturnType<typeof createDrawingWorld>;

/** As Marketo answers a call, of one lead or of many: every record written. */
export function resultOf({ params }: Call): unknown {
  const leads = JSON.stringify(params).match(/"Email"/g) ?? [];
  const syncStatus = leads.map((_, i) => ({ leadId: 1_000 + i, status: 'UPDATED', error: null }));
  return { result: { syncStatusList: { syncStatus } } };
}

/** A request that is held up has left: the next of its lane does not wait for it. */
function heldUp(wire: RunPorts['wire'], until: (nth: number) => Promise<void> | undefined): RunPorts['wire'] {
  let requests = 0;
  return {
    ...wire,
    open: async (target) => {
      const opened = await wire.open(target);
      if (opened.kind === 'failed') return opened;
      const { connection } = opened;
      const post: typeof connection.post = async (request) => {
        requests += 1;
        await until(requests);
        return connection.post(request);
      };
      return { ...opened, connection: { ...connection, post } };
    },
  };
}
