import { classify, recordFault } from '../../../shared/marketo/faults/classify.ts';
import type { FaultClass } from '../../../shared/marketo/faults/fault.ts';
import { isUnsafe } from '../../../shared/marketo/operations/registry.ts';
import type { Call, CallOutcome } from '../../../shared/marketo/transport.ts';
import { type Difference, differencesOf } from './compare.ts';

/** What a job came to, as the queue and whoever reads its result see it. */
export interface Verdict {
  readonly class: FaultClass | 'completed';
  readonly code: number | null;
  readonly message: string;
  /** What stands in `success<Operation>`; null if no answer came. */
  readonly result: unknown;
  /** An answer's records: whether each is done, and what the answer holds of it. */
  readonly records: readonly { readonly ok: boolean; readonly result: unknown }[] | null;
}

export function verdictOf(call: Call, outcome: CallOutcome<never>): Verdict {
  if (outcome.kind === 'refused') throw new Error('nobody refuses a permit here');
  if (outcome.kind === 'fault') {
    const { class: faultClass, code, message } = classify(outcome.fault, isUnsafe(call));
    return { class: faultClass, code, message, result: null, records: null };
  }
  const { result, inOrder } = outcome;
  if (!inOrder) throw new Error('the records are not in the order of the job');
  const records = outcome.records.map(({ ok, result: ofRecord }) => ({ ok, result: ofRecord }));
  const fault = recordFault(outcome);
  if (fault === null) return { class: 'completed', code: null, message: '', result, records };
  const { class: faultClass, code, message } = classify(fault, isUnsafe(call));
  return { class: faultClass, code, message, result, records };
}

/**
 * Where a job ends in another class, that alone is said, as `class code: words`. The words of two failures are never compared,
 * and of what a failed job was answered only what both were.
 */
export function verdictDifferences(soap: Verdict, rest: Verdict): readonly Difference[] {
  if (soap.class !== rest.class) return [{ path: 'class', soap: said(soap), rest: said(rest) }];
  const ends = differencesOf(soap.code, rest.code, 'code');
  const both = soap.result !== null && rest.result !== null;
  if (!both && soap.class !== 'completed') return ends;
  return [
    ...ends,
    ...differencesOf(soap.result, rest.result, 'result'),
    ...differencesOf(soap.records, rest.records, 'records'),
  ];
}

const said = ({ class: ended, code, message }: Verdict): string => `${ended} ${code ?? '-'}: ${message}`;
