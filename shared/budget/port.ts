import type { Changed, Copy, Reduce } from '../kernel/document.ts';
import type { BudgetState, HoldReason } from './state.ts';

/** Why a job waits. The contract's words: they appear in `mktq jobs show`. */
const WAIT_REASONS = [
  'quota',
  'rate',
  'concurrency',
  'credentials',
  'upstream',
  'operator',
  'backoff',
  'notBefore',
  'order',
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** Not now: ask again at `until` (epoch ms; for a hold without an end, when it is worth another look). */
export interface Wait {
  readonly kind: 'wait';
  readonly until: number;
  readonly because: WaitReason;
}

/** Leave to send one request. `at` is the moment the permit counts from; the lease must be reported back. */
export interface Permit {
  readonly kind: 'granted';
  readonly leaseId: string;
  readonly at: number;
}

/** Sent later than this after its permit, and than a write takes, a call may meet a window without room: the guard band covers 250 ms. */
export const FRESH_PERMIT_MS = 150;

/** What one request taught us about the account. */
export interface CallReport {
  readonly leaseId: string;
  readonly operation: string;
  /** The jobs that the call was for: what they alone meet is no evidence against the account. */
  readonly jobIds: readonly string[];
  /** When the request was sent; null if it never was. */
  readonly sentAt: number | null;
  readonly endedAt: number;
  /** An answer came: the slot is free. Without one Marketo may still count the call, so the lease runs on. */
  readonly replied: boolean;
  /** How long after it was sent Marketo may still be working on it; absent: the transport's usual time. */
  readonly doneMs?: number;
  /** Marketo has said that it counts the request in nothing. */
  readonly uncharged?: true;
  readonly signal: AccountSignal;
}

/**
 * What the account made of a report: the hold that it opened; or `operation`, if credentials that a probe has just been
 * answered with were refused, which then is the trouble of that operation alone.
 */
export type Consequence = HoldReason | 'operation';

/** The effect of an answer on the account; `message` goes into the hold for the operator to read. */
export type AccountSignal =
  | { readonly kind: 'fine' }
  /** Says nothing about the account's health either way (a fault of the job's own content counts as `fine`). */
  | { readonly kind: 'neutral' }
  | { readonly kind: 'quota-exhausted'; readonly message: string }
  | { readonly kind: 'rate-limited'; readonly message: string }
  | { readonly kind: 'concurrency-limited' }
  /** `oncePerJob`: the job will come back without spending an attempt, and must not count each time. */
  | { readonly kind: 'upstream-failure'; readonly message: string; readonly oncePerJob?: true }
  /** The endpoint is gone (404, 410, unknown host): opens `upstream` at once, without waiting for five in a row. */
  | { readonly kind: 'endpoint-gone'; readonly message: string }
  | { readonly kind: 'credentials-refused'; readonly message: string }
  /** REST 603: five in a row over two operations or more open the credentials hold. */
  | { readonly kind: 'access-denied'; readonly message: string };

/** How long a request may last, in ms: here, with its deadline and reserve, and at Marketo, if nobody hears of it again. */
export interface Lasting {
  readonly leaseMs: number;
  /** Absent: the transport's usual time. */
  readonly doneMs?: number;
  readonly probe?: boolean;
}

/** What the core asks of the budget. One instance per process; it shares the account's one document with every other. */
export interface Budget {
  /**
   * One permit with a lease of `leaseMs`, or a wait. Never blocks for longer than a write takes, and a second more until the
   * permit counts; rejects if the store stays unreachable. The lease's id begins with `owner/`, if there is one. A `probe` passes the holds that probes lift, never rate, slots, quota or the operator's pause.
   */
  ask(want: Lasting & { readonly owner?: string | undefined }): Promise<Permit | Wait>;
  /**
   * Moves a permit to the present moment, for a call that was held up between permit and sending for longer than
   * `FRESH_PERMIT_MS` and a write of the store together (a slow intent): sent on a stale permit it could fall into a window that has no room for it.
   * Usually the same lease, now; a wait if the permit is too old to be moved (then it is gone).
   */
  refresh(permit: Permit, want: Lasting): Promise<Permit | Wait>;
  /**
   * Gives the slot back and carries the effect on the account. Written at once if it changes a hold or the caution,
   * otherwise with the next write. Answers what this very answer brought about (the hold was not in force before), or
   * null: only that job is dead-lettered for refused credentials, every other is deferred. A `leaseId` of '' names no
   * lease: the connection failed before a permit was asked for, and only the signal counts.
   */
  report(report: CallReport): Promise<Consequence | null>;
  /** Is the account closed, by a hold or by the day's quota? Read from a copy at most a few seconds old. */
  closed(): Promise<{ readonly reason: HoldReason; readonly until: number | null } | null>;
  /** Will the day's quota last to its end, at the pace of the day so far? Read from a copy at most a few seconds old. */
  lasts(): Promise<boolean>;
  /** What a permit would have to wait for now, by the same copy; null: nothing. Takes none. */
  outlook(): Promise<Wait | null>;
  /** Applies a pure change (pause, resume, the end of a probe) in a conditional write of its own; answers what is stored then. */
  change(reduce: (state: BudgetState, now: number) => BudgetState): Promise<BudgetState>;
  /** The stored state, read afresh. */
  state(): Promise<BudgetState>;
  /** Writes what is still to be written (slots given back). Call it before the process freezes. */
  flush(): Promise<void>;
}

/**
 * Where the account's budget lives: one document under compare-and-swap (see `Documents`, whose promises it keeps).
 * Nothing here decides anything; `admit` and the reducers in this folder do.
 */
export interface BudgetStore {
  /** The state alone, strongly consistent; null before the first write. */
  get(): Promise<BudgetState | null>;
  /** The same with its envelope. */
  read(): Promise<Copy<BudgetState | null>>;
  change(at: Copy<BudgetState | null>, reduce: Reduce<BudgetState>): Promise<Changed<BudgetState>>;
}
