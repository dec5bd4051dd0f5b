import { DEFAULT_RETENTION_MS } from '../../shared/config/limits.ts';
import { fileLetter, type LetterDraft } from '../../shared/deadletter/archive.ts';
import type { LetterHead, LetterSummary } from '../../shared/deadletter/letter.ts';
import { letterIdOf } from '../../shared/deadletter/letter.ts';
import type { Job, JobFields } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { firstRow, type JobRow, type JobState } from '../../shared/ledger/row.ts';
import { type FaultHook, noFaults } from '../memory/faults.ts';
import { memoryAcknowledgements } from '../memory/memory-acknowledgements.ts';
import { memoryArchive } from '../memory/memory-archive.ts';
import { memoryBodies } from '../memory/memory-bodies.ts';
import { memoryBudgetStore } from '../memory/memory-budget-store.ts';
import { memoryCalls } from '../memory/memory-calls.ts';
import { memoryCancellations } from '../memory/memory-cancellations.ts';
import { memoryChunks } from '../memory/memory-chunks.ts';
import { memoryForeignGroups } from '../memory/memory-foreign-groups.ts';
import { memoryJobsQueue } from '../memory/memory-jobs-queue.ts';
import { memoryLedger } from '../memory/memory-ledger.ts';

export const NOON = Date.parse('2026-11-22T12:00:00Z');

export const leadJob = (id: string, email = 'ann@example.com', more: Partial<JobFields> = {}): Job => ({
  version: 1,
  id,
  operation: 'syncLead',
  params: { leadRecord: { Email: email }, returnLead: false },
  ...more,
});

export const summary = (more: Partial<LetterSummary> = {}): LetterSummary => ({
  letterId: 'job-1',
  jobId: 'job-1',
  epoch: 0,
  operation: 'syncLead',
  class: 'invalid-request',
  code: 20105,
  message: 'unknown fields for import: pants (20105)',
  cause: '0123456789ab',
  deadLetteredAt: NOON,
  status: 'open',
  ...more,
});

export const letterDraft = (job: Job, more: Partial<LetterDraft> = {}): LetterDraft => ({
  letterId: letterIdOf(job.id, job.epoch ?? 0),
  jobId: job.id,
  epoch: job.epoch ?? 0,
  operation: job.operation,
  class: 'invalid-request',
  code: 20105,
  message: 'syncLead operation failed: unknown fields for import: pants (20105)',
  attempts: [],
  deadLetteredAt: NOON,
  jobBody: messageFor(job).body,
  retryBody: null,
  orderingKey: firstRow(job, { sequenceNumber: null, enqueuedAt: NOON }).orderingKey,
  batch: job.batch ?? null,
  sequenceNumber: '1',
  firstSentAt: NOON,
  request: null,
  response: null,
  httpStatus: 500,
  lateOutcome: null,
  ...more,
});

export type Faults = { readonly [port in 'ledger' | 'archive' | 'bodies' | 'jobsQueue']?: FaultHook };

/** Ledger, archive, bodies and queue in memory; time passes only by sleeping. */
export function letterWorld(faults: Faults = {}) {
  let now = NOON;
  const clock: Clock = () => now;
  const ports = {
    archive: memoryArchive(faults.archive ?? noFaults),
    bodies: memoryBodies(faults.bodies ?? noFaults),
    calls: memoryCalls(),
    ledger: memoryLedger(faults.ledger ?? noFaults),
    chunks: memoryChunks(),
    cancellations: memoryCancellations(),
    jobsQueue: memoryJobsQueue(clock, faults.jobsQueue ?? noFaults),
    budgetStore: memoryBudgetStore(),
    retentionMs: DEFAULT_RETENTION_MS,
    foreignGroups: memoryForeignGroups(),
    acknowledgements: memoryAcknowledgements(),
    operator: async () => 'ann',
    clock,
    sleep: async (ms: number) => {
      now += ms;
      await world.onSleep();
    },
  };

  /** A job that ended in a letter: the letter and its row. */
  async function deadLetter(
    job: Job,
    more: Partial<LetterDraft> = {},
    state?: JobState,
  ): Promise<LetterHead> {
    const head = await fileLetter(ports, letterDraft(job, more));
    const ended: JobState = { kind: 'dead-lettered', at: NOON, letterId: head.letterId, quietUntil: null };
    await putRow({
      ...firstRow(job, { sequenceNumber: head.sequenceNumber, enqueuedAt: NOON }),
      state: state ?? ended,
    });
    return head;
  }

  async function putRow(row: JobRow): Promise<void> {
    ports.ledger.put(row);
  }

  async function setState(jobId: string, state: JobState): Promise<void> {
    const row = ports.ledger.row(jobId);
    if (row === null) throw new Error(`no row ${jobId}`);
    await putRow({ ...row, state });
  }

  const world = {
    ports,
    deadLetter,
    putRow,
    setState,
    /** Called whenever somebody sleeps: what happens meanwhile. */
    onSleep: async (): Promise<void> => {},
    letter: (letterId: string) => ports.archive.letters().find((head) => head.letterId === letterId) ?? null,
    sent: () => ports.jobsQueue.messages().map(({ body }): Job => JSON.parse(body)),
  };
  return world;
}

export async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
