import { type CallLog, STAMP_MS, type Stamp } from './call-log.ts';
import { type BudgetState, initialState, type Lease } from './state.ts';
import { fromVlq, vlq } from './vlq.ts';

type Plain = Omit<BudgetState, 'calls' | 'leases' | 'writer'>;

/**
 * The account's document as it is stored: every permit rewrites it, and a write unit pays for 1 KB. Workers are named once, call
 * times are steps of `STAMP_MS` from one to the next, and what is as in a new document is left out.
 */
export interface PackedBudget extends Partial<Plain> {
  readonly workers?: readonly string[];
  /** Per worker of the list, in steps: from the moment of the write to its first call, and from each call to the next. */
  readonly log?: readonly string[];
  /** Per lease: from the moment of the write to its end; with a stamp the number of its worker (else 0) and from stamp to end; the server's time, if not the usual. */
  readonly slots?: Readonly<Record<string, string>>;
  /** The number of the worker that wrote it, and when. Where nobody has, times are from 1970. */
  readonly by?: readonly [number, number];
}

const NEW = initialState(0);

export function packed({ calls, leases, writer, ...plain }: BudgetState): PackedBudget {
  const stamps = Object.values(leases).flatMap(({ stamp }) => stamp ?? []);
  const named = [
    ...Object.keys(calls),
    ...stamps.map(({ worker }) => worker),
    ...(writer === undefined ? [] : [writer.worker]),
  ];
  const workers = [...new Set(named)];
  const writtenAt = writer?.at ?? 0;
  const numberOf = ({ worker }: Stamp): number => workers.indexOf(worker) + 1;
  return {
    ...withoutUsual(plain),
    ...(workers.length === 0 ? {} : { workers }),
    ...(Object.keys(calls).length === 0
      ? {}
      : { log: workers.map((worker) => packedTimes(calls[worker] ?? [], writtenAt)) }),
    ...(Object.keys(leases).length === 0
      ? {}
      : { slots: mapped(leases, shortId, (lease) => packedLease(lease, writtenAt, numberOf)) }),
    ...(writer === undefined ? {} : { by: [numberOf(writer), writer.at] as const }),
  };
}

export function unpacked({ workers = [], log = [], slots = {}, by, ...plain }: PackedBudget): BudgetState {
  const writtenAt = by?.[1] ?? 0;
  const nameOf = (number: number): string => workers[number - 1] ?? '';
  const calls: CallLog = Object.fromEntries(
    log.flatMap((text, i) => (text === '' ? [] : [[nameOf(i + 1), unpackedTimes(text, writtenAt)]])),
  );
  return {
    ...NEW,
    ...plain,
    calls,
    leases: mapped(slots, longId, (text) => unpackedLease(text, writtenAt, nameOf)),
    ...(by === undefined ? {} : { writer: { worker: nameOf(by[0]), at: by[1] } }),
  };
}

const stepsOf = (time: number): number => Math.ceil(time / STAMP_MS);

const packedTimes = (times: readonly number[], writtenAt: number): string =>
  vlq(times.map((time, i) => stepsOf(time) - stepsOf(times[i - 1] ?? writtenAt)));

function unpackedTimes(text: string, writtenAt: number): readonly number[] {
  let steps = stepsOf(writtenAt);
  return fromVlq(text).map((step) => {
    steps += step;
    return steps * STAMP_MS;
  });
}

function packedLease(
  { until, stamp, doneMs }: Lease,
  writtenAt: number,
  numberOf: (stamp: Stamp) => number,
): string {
  const own = stamp === undefined ? [0, 0] : [numberOf(stamp), until - stamp.at];
  return vlq([until - writtenAt, ...own, ...(doneMs === undefined ? [] : [doneMs])]);
}

function unpackedLease(text: string, writtenAt: number, nameOf: (number: number) => string): Lease {
  const [untilMs = 0, worker = 0, sinceMs = 0, doneMs] = fromVlq(text);
  const until = writtenAt + untilMs;
  return {
    until,
    ...(worker === 0 ? {} : { stamp: { worker: nameOf(worker), at: until - sinceMs } }),
    ...(doneMs === undefined ? {} : { doneMs }),
  };
}

/** The day always stands in it. */
function withoutUsual(plain: Plain): Partial<Plain> {
  const usual: Partial<Record<string, unknown>> = { ...NEW, day: undefined };
  const kept = Object.entries(plain).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name]),
  );
  return Object.fromEntries(kept);
}

/** A random token of 24 hex digits takes two thirds of the room. No id has a `~` of its own. */
const shortId = (id: string): string =>
  id.replace(/[0-9a-f]{24}/, (hex) => `~${Buffer.from(hex, 'hex').toString('base64url')}`);

const longId = (id: string): string =>
  id.replace(/~([\w-]{16})/, (_, text: string) => Buffer.from(text, 'base64url').toString('hex'));

const mapped = <A, B>(
  values: Readonly<Record<string, A>>,
  rename: (name: string) => string,
  change: (value: A) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [rename(name), change(value)]));
