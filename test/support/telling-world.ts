import { collectBatch } from '../../shared/collect/collect.ts';
import type { CausesTold } from '../../shared/events/causes-told.ts';
import type { Delivery, Job } from '../../shared/job/job.ts';
import { lineChunkId, lineIdOf, type SentJob } from '../../shared/ledger/chunks.ts';
import type { OpenBatches } from '../../shared/ledger/open-batches.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { fixedCredentials } from '../../shared/run/credentials.ts';
import { watchTakenBatches } from '../../shared/run/taken-batches.ts';
import type { Telling } from '../../shared/tend/tell.ts';
import { tend } from '../../shared/tend/tend.ts';
import { noFaults } from '../memory/faults.ts';
import { memoryChunks } from '../memory/memory-chunks.ts';
import { MemoryDocuments } from '../memory/memory-documents.ts';
import { memoryEvents } from '../memory/memory-events.ts';
import { memoryOpenBatches } from '../memory/memory-open-batches.ts';
import { createWorld, deliveryOf, syncLeadJob, type WorldOptions } from './work-world.ts';

export const MINUTE_MS = 60_000;
const EVENT_SOURCE = { enabled: async () => true, enable: async () => {}, disable: async () => {} };

/** Worker, collector and warden on memory, with a bus and a topic for alarms. */
export function tellingWorld(options: WorldOptions = {}) {
  const world = createWorld(options);
  const bus = memoryEvents();
  const alarms = memoryEvents();
  const chunks = memoryChunks();
  const openBatches = memoryOpenBatches();
  const telling: Telling = {
    chunks,
    openBatches,
    causesTold: new MemoryDocuments<CausesTold>(noFaults),
    events: bus,
    alarms,
    stack: 'mktq-acme',
    stackOption: ' --stack mktq-acme',
  };
  /** Each function is a process of its own. */
  const process = () => ({
    ...world.ports,
    jobEvents: watchTakenBatches({ ...world.ports, openBatches: slowly(openBatches) }),
  });
  const [worker, collector, warden] = [process(), process(), process()];
  const reads: string[] = [];
  const counted = {
    ...world.ports.ledger,
    ofBatch: (batch: string) => {
      reads.push(batch);
      return world.ports.ledger.ofBatch(batch);
    },
  };
  /** As a sender writes down what the queue has taken. */
  const sentAt = (at: number, ...jobs: readonly Job[]) => {
    const [first] = jobs;
    if (first?.batch === undefined) throw new Error('only the jobs of a batch are written down');
    const known: readonly SentJob[] = jobs.map(({ id, operation }) => ({ id, operation, digest: '', at }));
    chunks.put(lineChunkId(first.batch, 1), { jobs: known });
  };
  return {
    world,
    bus,
    alarms,
    chunks,
    openBatches,
    telling,
    /** Each look at all jobs of a batch. */
    reads,
    work: (...jobs: readonly Job[]) =>
      runBatch(
        jobs.map((job) => deliveryOf(job)),
        world.invocation(),
        worker,
      ),
    /** Takes ten of what the queue has. */
    workQueue: async () => {
      const deliveries = world.jobsQueue.deliver(10, MINUTE_MS);
      await runBatch(deliveries, world.invocation(), worker);
      for (const { receiptHandle } of deliveries) world.jobsQueue.acknowledge(receiptHandle);
    },
    /** What SQS has moved to the dead-letter queue. */
    collect: (...deliveries: readonly Delivery[]) => collectBatch(deliveries, collector),
    /** A worker that has just been started. */
    process,
    sent: (...jobs: readonly Job[]) => sentAt(world.now(), ...jobs),
    sentAt,
    /** The warden's next minute. */
    minute: (over: Partial<Telling> = {}) => {
      world.advance(MINUTE_MS);
      return tend(world.invocation(), {
        ...warden,
        ledger: counted,
        eventSource: EVENT_SOURCE,
        credentials: fixedCredentials,
        limits: world.limits,
        telling: { ...telling, ...over },
      });
    },
  };
}

/** Whoever does not wait for the table is through before it has written. */
const slowly = ({ change }: OpenBatches): Pick<OpenBatches, 'change'> => ({
  change: async (at, reduce) => {
    await new Promise((resolve) => setImmediate(resolve));
    return change(at, reduce);
  },
});

export const rowsOf = (batch: string, count: number): readonly Job[] =>
  Array.from({ length: count }, (_, i) =>
    syncLeadJob(lineIdOf(batch, i + 1), `lead${i + 1}@example.com`, { batch }),
  );
