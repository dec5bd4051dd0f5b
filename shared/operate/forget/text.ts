import type { Person } from '../../deadletter/person.ts';
import type { BodyRef } from '../../job/bodies.ts';
import { textsOfLetter } from './letter.ts';
import { type Became, type ForgetPorts, isEnded, textsOfRow } from './row.ts';

type Parts = Extract<BodyRef, { kind: 'parts' }>;

/**
 * Removes a long text that was left behind: by a run that was killed, by the sending of a parked job, or by a `forget` that did
 * not come to its end. What a letter or a row refers to has been seen already, and what cannot be read whole is of no use.
 */
export async function forgetText(ports: ForgetPorts, ref: Parts, person: Person): Promise<Became> {
  const text = await ports.bodies.load(ref).catch(() => null);
  if (text !== null && !person.isNamedIn(text)) return { kind: 'untouched' };
  const owner = ref.key.slice(0, ref.key.indexOf('/'));
  const jobId = owner.replace(/#\d+$/, '');
  const [row, letter] = await Promise.all([ports.ledger.get(jobId), ports.archive.get(owner)]);
  if (row !== null && !isEnded(row)) {
    return text === null ? { kind: 'untouched' } : { kind: 'waiting', id: jobId };
  }
  if (letter?.status === 'redriving' || letter?.status === 'discarding')
    return { kind: 'waiting', id: owner };
  const kept = [...(row === null ? [] : textsOfRow(row)), ...(letter === null ? [] : textsOfLetter(letter))];
  const isReferredTo = kept.some((other) => other.kind === 'parts' && other.key === ref.key);
  if (text === null || !isReferredTo) await ports.bodies.removeText(ref);
  return { kind: 'untouched' };
}
