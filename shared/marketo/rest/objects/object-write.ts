import { classify } from '../../faults/classify.ts';
import { type CallEnded, refused } from '../call/call-ended.ts';
import type { EndpointName } from '../call/endpoints.ts';
import { MOST_BODY_BYTES, type PathParts } from '../call/request.ts';
import { MOST_REQUESTS, type Session } from '../call/session.ts';
import { isReplyTo, refusal, type Verdict, verdictsOf } from './object-verdict.ts';

/** A record as REST takes it, by field name. Without a prototype: a field may be called anything. */
export type RestObject = Readonly<Record<string, unknown>>;

/** One write of objects of one type. `rest` is the body but for its input: action and key. */
export interface ObjectWrite {
  readonly endpoint: EndpointName;
  readonly path?: PathParts;
  readonly rest: Readonly<Record<string, string>>;
  readonly records: readonly KeyedObject[];
}

export interface KeyedObject {
  /** Where it stands among the records of the job. */
  readonly index: number;
  /** Two records with one key never go in one request. */
  readonly key: string;
  readonly object: RestObject;
}

/**
 * Carries out writes that converge when they are repeated, one request after the other, and puts what became of each record
 * into `verdicts`. A refusal that proves nothing ran is the verdict on the records of its request alone where there are others.
 */
export async function writeObjects(
  session: Session,
  writes: readonly ObjectWrite[],
  verdicts: Map<number, Verdict>,
  /** Whether the call makes other requests beside these. */
  more: boolean,
): Promise<void> {
  const batches = writes.flatMap((write) => wavesOf(write.records).map((records) => ({ ...write, records })));
  if (batches.length > MOST_REQUESTS)
    throw refused(
      1003,
      `${batches.length} records have one key, each for a request of its own: split the job`,
    );
  const alone = batches.length === 1 && !more;
  for (const batch of batches) await writeBatch(session, batch, verdicts, alone);
}

async function writeBatch(
  session: Session,
  write: ObjectWrite,
  verdicts: Map<number, Verdict>,
  alone: boolean,
): Promise<void> {
  const { endpoint, path = {}, rest, records } = write;
  const json = { ...rest, input: records.map(({ object }) => object) };
  if (records.length > 1 && Buffer.byteLength(JSON.stringify(json)) > MOST_BODY_BYTES)
    return writeHalves(session, write, verdicts);
  const tried = await session.try({ endpoint, path, json, isReply: isReplyTo(records.length) });
  if (tried.kind === 'answered') {
    const said = verdictsOf(tried.reply);
    records.forEach(({ index }, at) => {
      verdicts.set(index, said[at] ?? refusal(null, 'the answer has no row for it'));
    });
    return;
  }
  if (tried.kind === 'refused') throw tried.error;
  const failure = classify(tried.error.fault, true);
  if (failure.class === 'too-large' && records.length > 1) return writeHalves(session, write, verdicts);
  if (alone || !isVerdict(tried.error)) throw tried.error;
  for (const { index } of records)
    verdicts.set(index, { ...refusal(failure.code, failure.message), ofRequest: true });
}

async function writeHalves(
  session: Session,
  write: ObjectWrite,
  verdicts: Map<number, Verdict>,
): Promise<void> {
  const middle = Math.ceil(write.records.length / 2);
  await writeBatch(session, { ...write, records: write.records.slice(0, middle) }, verdicts, false);
  await writeBatch(session, { ...write, records: write.records.slice(middle) }, verdicts, false);
}

const VERDICTS: ReadonlySet<string> = new Set(['invalid-request', 'not-found', 'too-large']);

/** Whether it is about the records themselves, and proves that nothing was done to them: another request may fare better. */
export function isVerdict({ fault }: CallEnded): boolean {
  const failure = classify(fault, true);
  return failure.ran === 'no' && VERDICTS.has(failure.class);
}

/** The second record of a key follows in a request of its own: two writes of one key must not be in flight at once. */
export function wavesOf<R extends { readonly key: string }>(
  records: readonly R[],
): readonly (readonly R[])[] {
  const seen = new Map<string, number>();
  const numbered = records.map((record) => {
    const wave = seen.get(record.key) ?? 0;
    seen.set(record.key, wave + 1);
    return { record, wave };
  });
  const waves = Math.max(0, ...seen.values());
  return Array.from({ length: waves }, (_, wave) =>
    numbered.filter((one) => one.wave === wave).map(({ record }) => record),
  );
}

/** How often the most frequent text is among them. */
export function mostRepeated(keys: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
