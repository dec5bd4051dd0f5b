/** How far apart the clocks of two workers may be, at most. NTP keeps them within milliseconds; this is for when it does not. */
export const CLOCK_SPREAD_MS = 2_000;

/**
 * When each permit of the last window was given: by worker, on that worker's own clock, ascending. A reader whose clock
 * runs ahead must not let a call age faster than it does, so it has to know whose clock it reads.
 */
export type CallLog = Readonly<Record<string, readonly number[]>>;

/** Calls are logged in steps of this much, rounded up: they leave the window late rather than early, and take less room. */
export const STAMP_MS = 50;

/** When a call that was made at `at` counts from. */
export const stampAt = (at: number): number => Math.ceil(at / STAMP_MS) * STAMP_MS;

/** One entry of the log: whose, and when by that worker's own clock. */
export interface Stamp {
  readonly worker: string;
  readonly at: number;
}

/** One worker's clock and what it knows of the others': `aheadOf` says by how much at most it is ahead of theirs. */
export interface WorkerClock {
  readonly worker: string;
  readonly aheadOf: Readonly<Record<string, number>>;
}

/**
 * When the logged calls were made at the latest, on this worker's clock, ascending. Taken at their stamps, calls of a
 * slower clock would leave the window up to two seconds early and let 99 more follow too soon.
 */
export function callTimes(calls: CallLog, clock: WorkerClock, now: number): number[] {
  const times = Object.entries(calls).flatMap(([worker, stamps]) =>
    worker === clock.worker
      ? stamps
      : stamps.map((stamp) => Math.min(now, stamp + aheadOfWorker(worker, clock))),
  );
  return times.sort((a, b) => a - b);
}

/** By how much at most this worker's clock is ahead of that one's. */
const aheadOfWorker = (worker: string, clock: WorkerClock): number =>
  worker === clock.worker ? 0 : (clock.aheadOf[worker] ?? CLOCK_SPREAD_MS);

/** The log with what was called after `from`, on this worker's clock; without the workers of whom nothing is left. */
export function callsAfter(calls: CallLog, clock: WorkerClock, from: number): CallLog {
  const kept = Object.entries(calls).map(([worker, stamps]) => {
    const since = from - aheadOfWorker(worker, clock);
    return [worker, stamps.filter((stamp) => stamp > since)] as const;
  });
  return Object.fromEntries(kept.filter(([, stamps]) => stamps.length > 0));
}

/** The log with one call counted from `to` on instead of from where it stands. Without the call it stays as it is. */
export function moveStamp(calls: CallLog, { worker, at }: Stamp, to: number): CallLog {
  const stamps = stampsOf(calls, worker);
  const index = stamps.indexOf(at);
  if (index < 0) return calls;
  const moved = [...stamps.slice(0, index), ...stamps.slice(index + 1), to].sort((a, b) => a - b);
  return { ...calls, [worker]: moved };
}

/** The log without one call. */
export function withoutStamp(calls: CallLog, { worker, at }: Stamp): CallLog {
  const stamps = stampsOf(calls, worker);
  const index = stamps.indexOf(at);
  if (index < 0) return calls;
  const { [worker]: _own, ...others } = calls;
  return stamps.length === 1 ? others : { ...calls, [worker]: stamps.toSpliced(index, 1) };
}

type Offsets = Map<string, number>;

/** Half of the time for which an offset is used. */
const KEPT_MS = 5 * 60_000;

/** What one worker has learnt of the other workers' clocks. Grows sharper with every write of theirs that it sees. */
export interface ClockOffsets {
  /** Call it with the writer of every document read or met in a conflict, at the moment it arrived. */
  observe(writer: Stamp, now: number): void;
  aheadOf(): WorkerClock['aheadOf'];
}

/**
 * What another worker wrote at 100 and is read at 130 here was written before it was read: this clock is ahead of that one
 * by at most 30. Drift and adjustment make old knowledge false: none is used that is older than ten minutes.
 */
export function clockOffsets(ownWorker: string): ClockOffsets {
  let older: Offsets = new Map();
  let newer: Offsets = new Map();
  let turnedAt = Number.NEGATIVE_INFINITY;
  return {
    observe({ worker, at }, now) {
      if (Math.abs(now - turnedAt) > KEPT_MS) {
        older = newer;
        newer = new Map();
        turnedAt = now;
      }
      if (worker !== ownWorker) newer.set(worker, least(newer.get(worker), now - at));
    },
    aheadOf() {
      const workers = [...older.keys(), ...newer.keys()];
      return Object.fromEntries(
        workers.map((worker) => [worker, least(older.get(worker), newer.get(worker))]),
      );
    },
  };
}

const least = (a: number | undefined, b: number | undefined): number =>
  Math.max(-CLOCK_SPREAD_MS, Math.min(CLOCK_SPREAD_MS, a ?? CLOCK_SPREAD_MS, b ?? CLOCK_SPREAD_MS));

const stampsOf = (calls: CallLog, worker: string): readonly number[] => calls[worker] ?? [];
