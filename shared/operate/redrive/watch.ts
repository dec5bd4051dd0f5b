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
  /** Nothing is to follow: each end is waited for, in place of the first that forbids the rest. */
  readonly toTheEnd: boolean;
  /** Why no end can be waited for now, in words; null while one can. */
  readonly breakOff: () => Promise<string | null>;
}

/** How the first letters fared. */
export interface Trial {
  readonly sent: number;
  readonly completed: number;
  readonly died: readonly {
    readonly jobId: string;
    readonly letterId: string;
    readonly sameCause: boolean;
  }[];
  /** Why the rest must not follow; null if it may. */
  readonly stop: string | null;
}

type End =
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'completed' }
  | { readonly kind: 'dead'; readonly letterId: string; readonly cause: string | null };

const FIRST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 2_000;

/** Waits until the sample has ended, or patience has, or nothing can end; says how it fared, and why the rest must not follow. */
export async function watchSample(
  ports: WatchPorts,
  sample: readonly Redriven[],
  causes: ReadonlySet<string>,
  { patienceMs, onLook, toTheEnd, breakOff }: Patience,
): Promise<Trial> {
  const trial = trialOf(sample, [], causes);
  if (sample.length === 0) return { ...trial, stop: 'none of the first letters could be redriven' };
  const giveUpAt = ports.clock() + patienceMs;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_MS)) {
    const ends = await Promise.all(sample.map((job) => endOf(ports, job).catch(() => UNKNOWN)));
    const found = trialOf(sample, ends, causes);
    const again = ends.find((end) => end.kind === 'dead' && end.cause !== null && causes.has(end.cause));
    const ended = found.completed + found.died.length;
    if (again?.kind === 'dead' && (!toTheEnd || ended === sample.length)) {
      return { ...found, stop: `the same cause came back (${again.cause})` };
    }
    onLook(ended);
    if (ended === sample.length) return found;
    const broken = await breakOff();
    const waited = `have not ended within ${Math.round(patienceMs / 1_000)} s`;
    const over = broken ?? (ports.clock() >= giveUpAt ? waited : null);
    if (over !== null) {
      const left = `${sample.length - ended} of the first ${sample.length}`;
      const why = broken === null ? `${left} ${waited}` : `${broken}; ${left} have not ended`;
      return { ...found, stop: `${why}; they stay in the queue` };
    }
    await ports.sleep(pauseMs);
  }
}

function trialOf(
  sample: readonly Redriven[],
  ends: readonly End[],
  causes: ReadonlySet<string>,
): Omit<Trial, 'stop'> & { readonly stop: null } {
  return {
    sent: sample.length,
    completed: ends.filter(({ kind }) => kind === 'completed').length,
    died: ends.flatMap((end, i) =>
      end.kind === 'dead'
        ? [
            {
              jobId: sample[i]?.jobId ?? '',
              letterId: end.letterId,
              sameCause: end.cause !== null && causes.has(end.cause),
            },
          ]
        : [],
    ),
    stop: null,
  };
}

/** What cannot be read has not been seen to end: the patience does. */
const UNKNOWN: End = { kind: 'not-yet' };

async function endOf({ ledger, archive }: WatchPorts, { jobId, epoch }: Redriven): Promise<End> {
  const row = await ledger.get(jobId);
  if (row === null || row.epoch < epoch) return { kind: 'not-yet' };
  // Redriven once more meanwhile: it had ended.
  if (row.epoch > epoch) return deadIn(letterIdOf(jobId, epoch), archive);
  if (row.state.kind === 'completed') return { kind: 'completed' };
  // With its batch: it has no letter, and says nothing about the cause.
  if (row.state.kind === 'cancelled')
    return { kind: 'dead', letterId: letterIdOf(jobId, epoch), cause: null };
  if (row.state.kind !== 'dead-lettered') return { kind: 'not-yet' };
  return deadIn(row.state.letterId, archive);
}

const deadIn = async (letterId: string, archive: WatchPorts['archive']): Promise<End> => ({
  kind: 'dead',
  letterId,
  cause: (await archive.get(letterId))?.cause ?? null,
});
