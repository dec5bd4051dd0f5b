import { closures } from '../budget/status.ts';
import type { AccountLimits } from '../config/limits.ts';
import type { Archive } from '../deadletter/archive.ts';
import { type BatchEnded, EVENT_VERSION, type Events } from '../events/event.ts';
import type { JobsQueue } from '../job/queues.ts';
import { HOUR_MS, isoTime, MINUTE_MS, SECOND_MS } from '../kernel/clock.ts';
import { errorText } from '../kernel/error-text.ts';
import type { Log } from '../kernel/log.ts';
import { type BatchEntryPorts, entriesOf } from '../ledger/batch-entries.ts';
import { batchKey, type Chunks, lastSentAt } from '../ledger/chunks.ts';
import { type BatchCount, type BatchEntry, type Ledger, outcomeOf } from '../ledger/ledger.ts';
import {
  isToldAlready,
  type OpenBatch,
  type OpenBatches,
  withLook,
  withOpen,
  withToldEnd,
} from '../ledger/open-batches.ts';
import { countOutcomes, type Outcomes, outcomesOf } from '../ledger/outcomes.ts';
import type { RunPorts } from '../run/ports.ts';
import { causesOfBatch } from './batch-causes.ts';
import { lastEnd, lastInLine } from './last-end.ts';

export interface TellBatchesPorts extends BatchEntryPorts {
  readonly ledger: Pick<Ledger, 'get' | 'getAll' | 'ofBatch' | 'list'>;
  readonly chunks: Pick<Chunks, 'ofBatch'>;
  readonly archive: Pick<Archive, 'get'>;
  readonly openBatches: OpenBatches;
  readonly jobsQueue: Pick<JobsQueue, 'stats'>;
  readonly budget: Pick<RunPorts['budget'], 'state'>;
  readonly limits: AccountLimits;
  readonly events: Events;
  readonly stack: string;
  readonly log: Log;
}

/** Most looks are one read; what is left of a thousand comes first in the next minute. */
const MOST_LOOKS = 1_000;

/** A sender writes down what it has sent within five seconds: so long after the last it has paused, or is done. */
const SENDING_MS = 10 * SECOND_MS;

/** A witness may have been erased, or its message may be gone: then nobody would ever look at the others. */
const TRUSTED_MS = HOUR_MS;

/** Of jobs that nobody wrote down when they were sent: one is known each half minute while there are any to be taken. */
const QUIET_MS = 90 * SECOND_MS;
/** In a queue that never empties, the rest of a batch may lie behind the jobs of others for this long, and no longer. */
const LONG_QUIET_MS = 10 * MINUTE_MS;

/**
 * Tells of each batch that has no job left, until `giveUpAt` (epoch ms). One that cannot be looked at, or told of, keeps no other
 * from it; the next minute tries again.
 */
export async function tellEndedBatches(ports: TellBatchesPorts, giveUpAt: number): Promise<number> {
  let told = 0;
  let trouble: unknown = null;
  for (const open of await ports.openBatches.due(ports.clock(), MOST_LOOKS)) {
    if (ports.clock() >= giveUpAt) break;
    try {
      if (await tellOne(open.batch, giveUpAt, ports)) told += 1;
    } catch (error) {
      trouble = error;
      ports.log.warn('the end of a batch could not be told', { error: errorText(error) });
      // Asked once more it would not answer either, and others have the minute, too.
      if (error instanceof NotTaken) break;
    }
  }
  if (trouble !== null && told === 0) throw trouble;
  return told;
}

/** Whoever takes events did not take one. */
class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

async function tellOne(batch: string, giveUpAt: number, ports: TellBatchesPorts): Promise<boolean> {
  const now = ports.clock();
  const claimed = await ports.openBatches.change(batch, (stored) => withLook(stored, now));
  if (claimed.kind === 'left') return false;
  const open = claimed.copy.value;
  const found = await look(open, now, giveUpAt, ports);
  if (found.kind === 'open') {
    await ports.openBatches.change(claimed.copy, (stored) => withOpen(stored, now, found.witness));
    return false;
  }
  const { count } = found;
  const isNews = !isToldAlready(open, count);
  if (isNews) await publish(await eventOf(open, found, now, ports), ports);
  const times = (open.told?.times ?? 0) + (isNews ? 1 : 0);
  await ports.openBatches.change(claimed.copy, (stored) =>
    withToldEnd(stored, open, { times, at: now, count }),
  );
  return isNews;
}

async function publish(event: BatchEnded, { events }: TellBatchesPorts): Promise<void> {
  const refused = await events.publish([event]).catch((error: unknown) => {
    throw new NotTaken(errorText(error), { cause: error });
  });
  if (refused > 0) throw new NotTaken(`the event ${event.id} was refused`);
}

type Found =
  /** Some job of it has not ended, or nobody can say yet. */
  | { readonly kind: 'open'; readonly witness: OpenBatch['witness'] }
  /** `at`: about when its last job ended. */
  | { readonly kind: 'ended'; readonly count: BatchCount; readonly at: number };

async function look(open: OpenBatch, now: number, giveUpAt: number, ports: TellBatchesPorts): Promise<Found> {
  if (await witnessIsOpen(open, now, ports)) return { kind: 'open', witness: open.witness };
  if (!(await isAllThereIs(open, now, ports))) return { kind: 'open', witness: null };
  const outcomes = await outcomesOf(open.batch, entriesUntil(giveUpAt, open.batch, ports));
  const jobId = lastOpen(outcomes);
  if (jobId !== null) return { kind: 'open', witness: { jobId, seenAt: now } };
  // The first job of a bare sender has no entry before it ends.
  if (outcomes.size === 0) return { kind: 'open', witness: null };
  const last = await lastEnd(idsOf(outcomes), open.witness?.jobId ?? null, ports);
  // What was taken last has ended since, also where it stood before the last hundred.
  const at = Math.max(last ?? now, open.takenAt);
  return { kind: 'ended', count: countOutcomes(outcomes), at };
}

/** Killed in the midst of it, the warden would lose the gauges of its minute, too. */
async function* entriesUntil(
  giveUpAt: number,
  batch: string,
  ports: TellBatchesPorts,
): AsyncGenerator<BatchEntry> {
  for await (const entry of entriesOf(ports, batch)) {
    if (ports.clock() >= giveUpAt) throw new Error('the minute was over before all of its jobs were counted');
    yield entry;
  }
}

function* idsOf(outcomes: Outcomes, wanted?: BatchEntry['outcome']): Generator<string> {
  for (const [jobId, outcome] of outcomes) if (wanted === undefined || outcome === wanted) yield jobId;
}

/** One read in place of thousands. */
async function witnessIsOpen({ witness }: OpenBatch, now: number, ports: TellBatchesPorts): Promise<boolean> {
  if (witness === null || now - witness.seenAt > TRUSTED_MS) return false;
  const row = await ports.ledger.get(witness.jobId);
  return row === null || outcomeOf(row) === 'open';
}

/** The last in their order will be among the last to end. */
const lastOpen = (outcomes: Outcomes): string | null => lastInLine(idsOf(outcomes, 'open'), 1)[0] ?? null;

/**
 * Whether more of it is hardly to come; asked before anything is counted. What was sent in bulk is written down; of what a bare sender
 * has sent the jobs are known one by one, as they are taken.
 */
async function isAllThereIs(open: OpenBatch, now: number, ports: TellBatchesPorts): Promise<boolean> {
  let sentAt: number | null = null;
  for await (const chunk of ports.chunks.ofBatch(open.batch)) {
    sentAt = Math.max(sentAt ?? 0, lastSentAt(chunk));
  }
  if (sentAt !== null) return now - sentAt >= SENDING_MS;
  const quietMs = now - open.takenAt;
  if (quietMs < QUIET_MS) return false;
  const { visible, delayed, inFlight } = await ports.jobsQueue.stats();
  if (visible + delayed + inFlight === 0) return true;
  return quietMs >= LONG_QUIET_MS && closures(await ports.budget.state(), ports.limits, now).length === 0;
}

async function eventOf(
  open: OpenBatch,
  { count, at }: Extract<Found, { kind: 'ended' }>,
  now: number,
  ports: TellBatchesPorts,
): Promise<BatchEnded> {
  const nth = (open.told?.times ?? 0) + 1;
  return {
    version: EVENT_VERSION,
    id: `batch-ended/${batchKey(open.batch)}/${nth}`,
    type: 'batch-ended',
    at: isoTime(now),
    stack: ports.stack,
    batch: open.batch,
    ...count,
    causes: count.deadLettered === 0 ? [] : await causesOfBatch(open.batch, ports),
    startedAt: isoTime(open.startedAt),
    endedAt: isoTime(at),
    // The clocks of several workers.
    tookMs: Math.max(0, at - open.startedAt),
  };
}
