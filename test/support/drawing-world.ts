import type { Delivery, Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import type { JobsQueue } from '../../shared/job/queues.ts';
import { runBatch } from '../../shared/run/batch.ts';
import type { Invocation, RunPorts } from '../../shared/run/ports.ts';
import { createWorld, type WorldOptions } from './work-world.ts';

/** What an account takes that is in nobody's way. */
const BOUNDLESS = { ratePerWindow: 1_000_000, concurrency: 100_000, dailyQuota: 10_000_000 };

/**
 * A worker whose jobs may all share calls, with a queue that holds them. `did` tells in order: `receive` as one begins, `call`, and
 * `removed <message id>`.
 */
export function createDrawingWorld(options: WorldOptions = {}) {
  const did: string[] = [];
  const answer = options.answer ?? (() => ({ kind: 'result', result: {} }) as const);
  const world = createWorld({
    mayShare: () => true,
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
  const ports: RunPorts = { ...world.ports, jobsQueue };
  return {
    ...world,
    ports,
    did,
    receives: () => did.filter((what) => what === 'receive').length,
    enqueue: (jobs: readonly Job[]) => world.jobsQueue.send(jobs.map(messageFor)),
    /** An event of at most ten, one of a group, and what the event source makes of the answer. */
    work: async (over: Partial<RunPorts> & { readonly invocation?: Partial<Invocation> } = {}) => {
      const { invocation, ...replaced } = over;
      const event = world.jobsQueue.deliver(10, 1_800_000);
      return workEvent(event, { ...world.invocation(), ...invocation }, { ...ports, ...replaced });
    },
    /** Once everything that can happen without an answer from outside has happened. */
    settle: async () => {
      for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };

  async function workEvent(event: readonly Delivery[], invocation: Invocation, all: RunPorts) {
    const { failed } = await runBatch(event, invocation, all);
    const done = event.filter(({ messageId }) => !failed.includes(messageId));
    for (const { receiptHandle } of done) world.jobsQueue.acknowledge(receiptHandle);
    return { event, failed };
  }
}

export type DrawingWorld = ReturnType<typeof createDrawingWorld>;
