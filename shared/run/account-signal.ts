import type { AccountSignal } from '../budget/port.ts';
import { classify, ENDPOINT_GONE } from '../marketo/faults/classify.ts';
import type { Fault } from '../marketo/faults/fault.ts';

/** REST's "access denied": of one operation it is a permission, of several in a row it is the account. */
const ACCESS_DENIED = 603;

/** What an answer says of the account, whatever it means for its job. Null: the call succeeded. Pure and total. */
export function accountSignal(fault: Fault | null): AccountSignal {
  if (fault === null) return { kind: 'fine' };
  if (fault.kind === 'gone') return { kind: 'endpoint-gone', message: `${ENDPOINT_GONE} (${fault.message})` };
  const failure = classify(fault, false);
  if (fault.kind === 'marketo' && fault.code === ACCESS_DENIED) {
    return { kind: 'access-denied', message: failure.message };
  }
  switch (failure.class) {
    case 'quota-exhausted':
    case 'rate-limited':
      return { kind: failure.class, message: failure.message };
    case 'concurrency-limited':
      return { kind: 'concurrency-limited' };
    case 'transient':
      return { kind: 'upstream-failure', message: failure.message };
    case 'credentials':
      return { kind: 'credentials-refused', message: failure.message };
    case 'expired-signature':
    case 'internal':
      return { kind: 'neutral' };
    default:
      return { kind: 'fine' };
  }
}
