import { withAction } from '../deadletter/letter.ts';
import { FORGOTTEN } from '../deadletter/person.ts';
import { keepLetter, keepRow, releaseTexts } from './expire-letter.ts';
import type { LetterPorts } from './redrive/letter.ts';

export type Reopened =
  | { readonly kind: 'reopened' }
  | { readonly kind: 'open' }
  | { readonly kind: 'redriven' }
  | { readonly kind: 'gone' }
  /** Its texts have been deleted, or were erased with a person: there is nothing that could be sent. */
  | { readonly kind: 'empty' };

/**
 * Takes a discard back: the letter is open again, as if nobody had closed it. First what was to expire with it is kept, its texts and
 * the row of its job, then it is opened: an open letter never waits on what may go. Interrupted, a repeat goes on from there.
 */
export async function reopen(ports: LetterPorts, letterId: string): Promise<Reopened> {
  const copy = await ports.archive.read(letterId);
  const head = copy.value;
  if (head === null) return { kind: 'gone' };
  if (head.status === 'redriven') return { kind: 'redriven' };
  if (head.status !== 'discarded') return { kind: 'open' };
  await releaseTexts(ports, head, null);
  const text = await ports.bodies.load(head.retryBody ?? head.job);
  if (text === null || text === FORGOTTEN) {
    await releaseTexts(ports, head, head.closing?.at ?? ports.clock());
    return { kind: 'empty' };
  }
  await keepRow(ports, head);
  const actions = withAction(head, { action: 'reopen', at: ports.clock(), by: await ports.operator() });
  const changed = await ports.archive.change(copy, (stored) =>
    stored?.status === 'discarded' ? { ...stored, status: 'open', closing: null, actions } : null,
  );
  // Reopened by somebody else meanwhile: a look says what it is now.
  if (changed.kind === 'left') return reopen(ports, letterId);
  // A discard that was still on its way may have let go of it since.
  await keepLetter(ports, head);
  return { kind: 'reopened' };
}
