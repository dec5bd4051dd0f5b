import type { AccountSignal } from '../budget/port.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { classify } from '../marketo/faults/classify.ts';
import type { Fault, UnreadableReply } from '../marketo/faults/fault.ts';
import type { Read, Target } from '../marketo/transport.ts';

/** REST's "access denied": of one operation it is a permission, of several in a row it is the account. */
const ACCESS_DENIED = 603;

/** An envelope shows that Marketo works, and its length or its characters are those of one job's answer. */
const OF_THE_JOB: ReadonlySet<UnreadableReply> = new Set(['too-large', 'malformed', 'foreign']);

/** What a hold says beside the fault: what only the transport, or the deployment, knows. */
export interface AccountWords {
  readonly endpointGone: (url: string) => string;
  readonly renewCredentials: string;
}

/**
 * What the answer to one request says of the account, whatever it means for its job. Null: it was no fault.
 * Pure and total.
 */
export function accountSignal(fault: Fault | null, url: string, words: AccountWords): AccountSignal {
  if (fault === null) return { kind: 'fine' };
  if (fault.kind === 'gone')
    return { kind: 'endpoint-gone', message: `${words.endpointGone(url)} (${fault.message})` };
  const { class: faultClass, code, message, waitMs } = classify(fault, false);
  if (fault.kind === 'marketo' && code === ACCESS_DENIED) return { kind: 'access-denied', message };
  if (fault.kind === 'unreadable' && OF_THE_JOB.has(fault.what)) return { kind: 'neutral' };
  if (fault.kind === 'gateway' && waitMs !== undefined)
    return { kind: 'upstream-failure', message, oncePerJob: true };
  switch (faultClass) {
    case 'quota-exhausted':
    case 'rate-limited':
      return { kind: faultClass, message };
    case 'concurrency-limited':
      return { kind: 'concurrency-limited' };
    case 'transient':
      return { kind: 'upstream-failure', message };
    case 'credentials':
      return { kind: 'credentials-refused', message: `${message}; ${words.renewCredentials}` };
    // A server before Marketo refused this one request for its size.
    case 'too-large':
    case 'daily-allowance':
    case 'expired-signature':
    case 'internal':
      return { kind: 'neutral' };
    // Marketo has said something about what it was asked for: it works.
    case 'sync-failed':
    case 'invalid-request':
    case 'not-found':
    case 'end-of-stream':
    case 'record-failed':
    case 'unknown':
    case 'in-doubt':
    case 'malformed':
    case 'expired':
    case 'poison':
      return { kind: 'fine' };
    default:
      return assertNever(faultClass);
  }
}

/** What the answer to a job's request says of the account. That an uncounted one is answered says nothing of those that count. */
export function signalOf(read: Read<unknown>, target: Target, words: AccountWords): AccountSignal {
  if (read.kind === 'answered') return target.spends ? { kind: 'fine' } : NEUTRAL;
  return read.outdated === true ? NEUTRAL : accountSignal(read.fault, target.url, words);
}

export const NEUTRAL: AccountSignal = { kind: 'neutral' };
