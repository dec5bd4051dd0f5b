import { errorText } from '../../kernel/error-text.ts';
import { compareSequence } from '../../ledger/order.ts';
import type { OperatePorts } from '../ports.ts';
import {
  type Candidate,
  canBeSuperseded,
  candidateOf,
  inOriginalOrder,
  isCompletedWrite,
  laterThan,
  type RedriveChoice,
  type SkipReason,
  skipReason,
} from './plan.ts';
import { type RedriveOptions, type RedriveOutcome, type RedrivePorts, Sending } from './sending.ts';
import { type Redriven, watchSample } from './watch.ts';

export interface RedrivePlan {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
}

export interface Skipped {
  readonly letterId: string;
  readonly reason: SkipReason;
  /** Where the reason does not say all. */
  readonly message?: string;
}

type PlanPorts = Pick<OperatePorts, 'archive' | 'ledger' | 'cancellations' | 'clock' | 'retentionMs'>;

/** Looks at every letter before any is sent, so that the first redriven ones cannot make the later ones look superseded. */
export async function planRedrive(
  ports: PlanPorts,
  letterIds: AsyncIterable<string> | Iterable<string>,
  choice: RedriveChoice,
): Promise<RedrivePlan> {
  const candidates: Candidate[] = [];
  const skipped: Skipped[] = [];
  const seen = new Set<string>();
  const writes = new CompletedWrites(ports.ledger);
  for await (const batch of inBatches(letterIds, READ_AT_ONCE)) {
    const fresh = batch.filter((letterId) => !seen.has(letterId) && seen.add(letterId));
    const looks = fresh.map((letterId) => planOrSkip(ports, writes, letterId, choice));
    for (const planned of await Promise.all(looks)) {
      if ('reason' in planned) skipped.push(planned);
      else candidates.push(planned);
    }
  }
  return { candidates: inOriginalOrder(candidates), skipped };
}

/** Some reads each: one letter after the other would take minutes for a hundred thousand. */
const READ_AT_ONCE = 32;

async function* inBatches<T>(
  items: AsyncIterable<T> | Iterable<T>,
  size: number,
): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A letter, or a row, that cannot be read keeps no other letter from being sent. */
async function planOrSkip(
  ports: PlanPorts,
  writes: CompletedWrites,
  letterId: string,
  choice: RedriveChoice,
): Promise<Candidate | Skipped> {
  try {
    return await planLetter(ports, writes, letterId, choice);
  } catch (error) {
    return { letterId, reason: 'unreadable', message: errorText(error) };
  }
}

async function planLetter(
  { archive, ledger, cancellations, clock, retentionMs }: PlanPorts,
  writes: CompletedWrites,
  letterId: string,
  choice: RedriveChoice,
): Promise<Candidate | Skipped> {
  const head = await archive.get(letterId);
  if (head === null) return { letterId, reason: 'gone' };
  const asked = canBeSuperseded(head, choice);
  const batch = choice.edited ? (choice.editedBatch ?? null) : head.batch;
  const [row, newest, cancellation] = await Promise.all([
    head.jobId === null ? null : ledger.get(head.jobId),
    asked && head.orderingKey !== null ? writes.newestOf(head.orderingKey) : null,
    batch === null ? null : cancellations.get(batch),
  ]);
  const later = asked ? laterThan(head, newest, { now: clock(), retentionMs }) : 'none';
  const reason = skipReason({ head, row, later, cancelled: cancellation !== null }, choice);
  return reason === null ? candidateOf(head) : { letterId, reason };
}

/** The completed writes of keys; of many letters on one key the rows are read once. */
class CompletedWrites {
  readonly #ledger: PlanPorts['ledger'];
  readonly #newest = new Map<string, Promise<string | null>>();

  constructor(ledger: PlanPorts['ledger']) {
    this.#ledger = ledger;
  }

  newestOf(orderingKey: string): Promise<string | null> {
    const known = this.#newest.get(orderingKey) ?? this.#read(orderingKey);
    this.#newest.set(orderingKey, known);
    return known;
  }

  /** All of them: a parked job takes its place when it is sent, however long ago it was enqueued. */
  async #read(orderingKey: string): Promise<string | null> {
    const by = { kind: 'key', orderingKey } as const;
    let newest: string | null = null;
    for await (const row of this.#ledger.list({ by, limit: Number.POSITIVE_INFINITY })) {
      const { sequenceNumber } = row;
      if (sequenceNumber === null || !isCompletedWrite(row)) continue;
      if (newest === null || compareSequence(sequenceNumber, newest) > 0) newest = sequenceNumber;
    }
    return newest;
  }
}

/** So many show whether the repair helped, before the quota of a day is spent on finding out that it did not. */
const SAMPLE_SIZE = 5;

const STOP_ASKED = 'somebody asked for it';

/** What came of a redrive, and which jobs it sent: what happens to them is still to be seen. */
export interface Redrive extends RedriveOutcome {
  readonly jobs: readonly Redriven[];
}

/**
 * Sends a few, looks how they end, then sends the rest; where a few are all, their ends are the answer. A crash anywhere
 * leaves letters that a repeat completes.
 */
export async function redrive(
  ports: RedrivePorts,
  plan: RedrivePlan,
  options: RedriveOptions,
): Promise<Redrive> {
  const run = new Sending(ports, options, plan.candidates.length);
  const isStopAsked = options.isStopAsked ?? (() => false);
  const heldBy = options.heldBy ?? (async () => null);
  const held = plan.candidates.length === 0 ? null : await heldBy();
  if (held !== null) return { ...run.outcome(held, null), jobs: [] };
  if (options.noTrial === true) {
    const jobs = await run.sendAll(plan.candidates);
    return { ...run.outcome(isStopAsked() ? STOP_ASKED : null, null), jobs };
  }
  const sample = plan.candidates.slice(0, SAMPLE_SIZE);
  const rest = plan.candidates.slice(SAMPLE_SIZE);
  const sent = await run.sendAll(sample);
  // Nothing went out and nothing is to follow: there is no end to wait for.
  if (rest.length === 0 && sent.length === 0) return { ...run.outcome(null, null), jobs: [] };
  const causes = new Set(sample.map(({ cause }) => cause));
  const trial = await watchSample(ports, sent, causes, {
    patienceMs: options.patienceMs,
    onLook: (ended) =>
      options.onProgress?.({ kind: 'watching', ended, sent: sent.length, isAll: rest.length === 0 }),
    toTheEnd: rest.length === 0,
    breakOff: async () => (isStopAsked() ? STOP_ASKED : await heldBy()),
  });
  if (rest.length === 0) return { ...run.outcome(null, trial), jobs: sent };
  if (trial.stop !== null) return { ...run.outcome(trial.stop, trial), jobs: sent };
  const jobs = [...sent, ...(await run.sendAll(rest))];
  return { ...run.outcome(isStopAsked() ? STOP_ASKED : null, trial), jobs };
}
