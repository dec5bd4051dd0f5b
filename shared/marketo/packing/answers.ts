import { childAt, childrenAt } from '../child-at.ts';
import type { RecordOutcome } from '../transport.ts';
import type { Own } from './freight.ts';

/** What is below a path of names in an answer's `result`, as `childAt` says. */
export const payloadAt = (result: unknown, ...names: readonly string[]): unknown =>
  childAt(result, 'result', ...names);

export const payloadsAt = (result: unknown, ...names: readonly string[]): readonly unknown[] =>
  childrenAt(result, 'result', ...names);

/** One of at least one. */
export type Part<T> = readonly [T, ...T[]];

/** A list in parts of so many; null if it is shorter or longer than they are together, or a part would be empty. */
export function partsOf<T>(list: readonly T[], counts: readonly number[]): readonly Part<T>[] | null {
  const parts: Part<T>[] = [];
  let from = 0;
  for (const count of counts) {
    const [first, ...others] = list.slice(from, from + count);
    if (first === undefined) return null;
    parts.push([first, ...others]);
    from += count;
  }
  return from === list.length ? parts : null;
}

/** What a call of these records is told where their failures are not in its result; null: they speak for themselves. */
export function failureIn(records: Part<RecordOutcome>): Own | null {
  const failed = records.filter(({ ok }) => !ok);
  if (failed.some(({ ofRequest }) => ofRequest === true)) return { kind: 'again-halved' };
  const [{ ok, fault }] = records;
  // Of several, one that is not sent fails by itself, alone as among others.
  return records.length === 1 && !ok && fault !== undefined ? { kind: 'fault', fault } : null;
}
