import type { RecordOutcome } from '../transport.ts';
import { failureIn, type Part, partsOf, payloadsAt } from './answers.ts';
import type { Answer, Circumstances, Freight, Own } from './freight.ts';
import { bytesOf } from './identity.ts';

/** One of the things by which an object may be known. */
export interface ObjectKey {
  /** Names what kind of key it is: objects with keys of other kinds never share a call, since they may be the same object. */
  readonly kind: string;
  readonly value: string;
}

/** What objects of a call bring to another. `keysOf` answers none for an object that may not share a call. */
export function objectFreight<R>(
  lane: readonly unknown[],
  records: readonly R[],
  keysOf: (record: R) => readonly ObjectKey[],
  { bounds, workspace }: Circumstances,
): Freight | null {
  const keys = records.map(keysOf);
  const [shape = '', ...others] = keys.map((ofOne) => JSON.stringify(ofOne.map(({ kind }) => kind).sort()));
  const isOneShape = others.every((other) => other === shape);
  if (workspace !== null || !isOneShape || keys.some((ofOne) => ofOne.length === 0)) return null;
  return {
    lane: JSON.stringify([...lane, shape]),
    records: records.length,
    bytes: bytesOf(records),
    values: keys.flatMap((ofOne) => ofOne.map(({ value }) => value)),
    room: { records: bounds.objects, bytes: bounds.bytes },
  };
}

/** Where an answer has the statuses of its objects. */
type Path = readonly [list: string, item: string];

/** The operation is the same alone: each has its own statuses out of the list. */
export function objectsUnpacked(
  counts: readonly number[],
  { result, records, inOrder }: Answer,
  [list, item]: Path,
): readonly Own[] | null {
  const parts = partsOf(records, counts);
  const statuses = partsOf(payloadsAt(result, list, item), counts);
  if (parts === null || statuses === null) return null;
  // Marketo may answer in an order of its own, which of one object is the right one.
  if (!inOrder) return parts.map(() => ({ kind: 'again-halved' }));
  return parts.map((own, index) => ownOf(own, { [list]: { [item]: statuses[index] } }));
}

const ownOf = (records: Part<RecordOutcome>, payload: unknown): Own =>
  failureIn(records) ?? { kind: 'answered', result: { result: payload }, records, inOrder: true };
