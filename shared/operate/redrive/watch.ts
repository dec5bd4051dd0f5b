import type { Archive } from '../../deadletter/archive.ts';
import { letterIdOf } from '../../deadletter/letter.ts';
import type { Clock, Sleep } from '../../kernel/clock.ts';
import type { Ledger } from '../../ledger/ledger.ts';

interface WatchPorts {
  readonly ledger: Pick<Ledger, 'get'>;
  readonly archive: Pick<Archive, 'get'>;
  readonly clock: Clock;
  readonly sleep: Sleep;
}

/** A job that was sent again. */
export interface Redriven {
  readonly jobId: string;
  readonly epoch: number;
}

interface Patience {
  readonly patienceMs: number;
  readonly onLook: (ended: number) => void;
}

type End =
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'completed' }
  | { readonly kind: 'dead'; readonly cause: string | null };

const FIRST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 2_000;

/** Waits until the sample has ended, or patience has; says why the rest must not follow, or null if it may. */
export async function watchSample(
  ports: WatchPorts,
  sample: readonly Redriven[],
  causes: ReadonlySet<string>,
  { patienceMs, onLook }: Patience,
): Promise<string | null> {
  if (sample.length === 0) return 'none of the first letters could be redriven';
  const giveUpAt = ports.clock() + patienceMs;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_MS)) {
    const ends = await Promise.all(sample.map((job) => endOf(ports, job).catch(() => UNKNOWN)));
    const again = ends.find((end) => end.kind === 'dead' && end.cause !== null && causes.has(end.cause));
    if (again?.kind === 'dead') return `the same cause came back (${again.cause})`;
    const ended = ends.filter((end) => end.kind !== 'not-yet').length;
    onLook(ended);
    if (ended === sample.length) return null;
    if (ports.clock() >= giveUpAt) {
      const wait = Math.round(patienceMs / 1_000);
      return `${sample.length - ended} of the first ${sample.length} have not ended within ${wait} s; they stay in the queue`;
    }
    await ports.sleep(pauseMs);
  }
}

/** What cannot be read has not been seen to end: the patience does. */
const UNKNOWN: End = { kind: 'not-yet' };

async function endOf({ ledger, archive }: WatchPorts, { jobId, epoch }: Redriven): Promise<End> {
  const row = await ledger.get(jobId);
  if (row === null || row.epoch < epoch) return { kind: 'not-yet' };
  // Redriven once more meanwhile: it had ended.
  if (row.epoch > epoch)
    return { kind: 'dead', cause: (await archive.get(letterIdOf(jobId, epoch)))?.cause ?? null };
  if (row.state.kind === 'completed') return { kind: 'completed' };
  if (row.state.kind !== 'dead-lettered') return { kind: 'not-yet' };
  return { kind: 'dead', cause: (await archive.get(row.state.letterId))?.cause ?? null };
}
