import type { Candidate, EnqueuePorts, EnqueueResult, EnqueueSettings } from './enqueue-jobs.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Outcome, sendBatch } from './send-batch.ts';

/** SQS's limit on a whole SendMessageBatch was 256 KiB for years: a batch within it is taken everywhere. */
const BATCH_BYTES = 256 * 1024;

/** The jobs between being read and being answered for: what is ready, what is under way, and the results in input order. */
export interface Window {
  add(candidate: Candidate): void;
  hasRoom(): boolean;
  isEmpty(): boolean;
  /** Starts every batch that may start. `last`: no more jobs will come, so none waits for company. */
  dispatch(last: boolean): void;
  /** Takes out the results that are next in order. */
  finished(): Generator<EnqueueResult>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

interface Slot {
  readonly index: number;
  readonly bytes: number;
  result: EnqueueResult | null;
}

interface Ready {
  readonly slot: Slot;
  readonly prepared: Prepared;
}

export function openWindow(ports: EnqueuePorts, settings: EnqueueSettings, changed: () => void): Window {
  const slots: Slot[] = [];
  const underWay = new Set<Promise<void>>();
  const busy = new Set<string>();
  /** Ordering keys of which a job could not be sent: what comes after it would overtake its second try. */
  const blocked = new Set<string>();
  let ready: Ready[] = [];
  let bytes = 0;
  let read = 0;

  function refuseBlocked(): void {
    if (blocked.size === 0) return;
    ready = ready.filter(({ slot, prepared }) => {
      if (!blocked.has(prepared.orderingKey)) return true;
      slot.result = { index: slot.index, error: OVERTAKES };
      return false;
    });
  }

  function start(batch: readonly Ready[]): void {
    const names = batch.flatMap(({ prepared }) => namesOf(prepared));
    for (const name of names) busy.add(name);
    const run = sendBatch(
      batch.map(({ prepared }) => prepared),
      ports,
    ).then((outcomes) => {
      batch.forEach(({ slot, prepared }, i) => {
        const outcome = outcomes[i];
        slot.result = resultOf(slot.index, outcome);
        if (outcome === undefined || ('blocks' in outcome && outcome.blocks))
          blocked.add(prepared.orderingKey);
      });
      refuseBlocked();
      for (const name of names) busy.delete(name);
      underWay.delete(run);
      changed();
    });
    underWay.add(run);
  }

  return {
    add(candidate) {
      const answer = candidate.kind === 'job' ? prepare(candidate.value, ports) : refusal(candidate.error);
      const size = answer.kind === 'prepared' ? answer.prepared.message.body.length : 0;
      const slot: Slot = { index: read, bytes: size, result: null };
      read += 1;
      bytes += size;
      slots.push(slot);
      if (answer.kind === 'prepared') ready.push({ slot, prepared: answer.prepared });
      else slot.result = { index: slot.index, error: answer.error };
      refuseBlocked();
    },
    hasRoom: () => slots.length < settings.windowJobs && bytes < settings.windowBytes,
    isEmpty: () => slots.length === 0,
    dispatch(last) {
      while (underWay.size < settings.batches) {
        const full = ready.length >= settings.batchSize;
        if (!full && !last && underWay.size > 0) return;
        const picked = pick(ready, busy, settings.batchSize);
        if (picked.batch.length === 0) return;
        ready = picked.rest;
        start(picked.batch);
      }
    },
    *finished() {
      for (let first = slots[0]; first?.result != null; first = slots[0]) {
        slots.shift();
        bytes -= first.bytes;
        yield first.result;
      }
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}

const refusal = (error: string) => ({ kind: 'refused', error }) as const;

const OVERTAKES =
  'not sent, because an earlier job on the same lead could not be; send both again in their order';

function resultOf(index: number, outcome: Outcome | undefined): EnqueueResult {
  if (outcome === undefined) return { index, error: 'the queue gave no answer' };
  return 'error' in outcome ? { index, error: outcome.error } : { index, ...outcome };
}

/** What two jobs that are under way together must not share. */
const namesOf = ({ job, orderingKey }: Prepared): readonly string[] => [`id ${job.id}`, `key ${orderingKey}`];

/**
 * The next batch, oldest first: at most one job of a name, and none whose name is busy. A job that is passed over
 * keeps its names, so that nothing of its key overtakes it.
 */
export function pick<Job extends { readonly prepared: Prepared }>(
  ready: readonly Job[],
  busy: ReadonlySet<string>,
  most: number,
): { readonly batch: readonly Job[]; readonly rest: Job[] } {
  const taken = new Set<string>();
  const batch: Job[] = [];
  const rest: Job[] = [];
  let bytes = 0;
  for (const [at, job] of ready.entries()) {
    if (batch.length === most) {
      rest.push(...ready.slice(at));
      break;
    }
    const names = namesOf(job.prepared);
    const size = job.prepared.message.body.length;
    const isFree = bytes + size <= BATCH_BYTES && !names.some((name) => busy.has(name) || taken.has(name));
    if (isFree) {
      batch.push(job);
      bytes += size;
    } else {
      rest.push(job);
    }
    for (const name of names) taken.add(name);
  }
  return { batch, rest };
}
