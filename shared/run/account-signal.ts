import type { AccountSignal } from '../budget/port.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { classify } from '../marketo/faults/classify.ts';
import type { Fault } from '../marketo/faults/fault.ts';

/** REST's "access denied": of one operation it is a permission, of several in a row it is the account. */
const ACCESS_DENIED = 603;

/**
 * What the answer to one request says of the account, whatever it means for its job. Null: it was no fault. `endpointGone` is
 * what the transport says of an endpoint that is not there. Pure and total.
 */
export function accountSignal(fault: Fault | null, endpointGone: string): AccountSignal {
  if (fault === null) return { kind: 'fine' };
  if (fault.kind === 'gone') return { kind: 'endpoint-gone', message: `${endpointGone} (${fault.message})` };
  const { class: faultClass, code, message } = classify(fault, false);
  if (fault.kind === 'marketo' && code === ACCESS_DENIED) return { kind: 'access-denied', message };
  switch (faultClass) {
    case 'quota-exhausted':
    case 'rate-limited':
      return { kind: faultClass, message };
    case 'concurrency-limited':
      return { kind: 'concurrency-limited' };
    case 'transient':
      return { kind: 'upstream-failure', message };
    case 'credentials':
      return { kind: 'credentials-refused', message };
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
