import { isObject } from '../../kernel/is-object.ts';
import type { RecordOutcome } from '../transport.ts';
import type { Own } from './freight.ts';

/** The children below a path of names in an answer's `result`; undefined where it has none. */
export function payloadAt(result: unknown, ...names: readonly string[]): unknown {
  let at = result;
  for (const name of ['result', ...names]) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** A repeated element, however many came. */
export function payloadsAt(result: unknown, ...names: readonly string[]): readonly unknown[] {
  const found = payloadAt(result, ...names);
  if (found === undefined || found === null) return [];
  return Array.isArray(found) ? found : [found];
}

/** What a call of this one record is told where its failure is not in its result; null: the record speaks for itself. */
export function failureOf({ ok, fault, ofRequest }: RecordOutcome): Own | null {
  if (ok) return null;
  if (fault !== undefined) return { kind: 'fault', fault };
  return ofRequest === true ? { kind: 'again-halved' } : null;
}
