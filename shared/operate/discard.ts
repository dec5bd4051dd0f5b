import { closeLetter, type LetterPorts, withdrawRow } from './redrive/letter.ts';
import { isTaken } from './redrive/row.ts';

export type Discarded =
  | { readonly kind: 'discarded' }
  | { readonly kind: 'already-discarded' }
  | { readonly kind: 'gone' }
  /** Its redrive is done, or a run has picked it up: what comes of it will be another letter, or none. */
  | { readonly kind: 'redriven' };

/**
 * Closes a letter for good, with the reason. A redrive that began and that no run has picked up is taken back: the row
 * ends in the letter again, so that its message, should it be in the queue, is acknowledged without a call.
 */
export async function discard(ports: LetterPorts, letterId: string, reason: string): Promise<Discarded> {
  const copy = await ports.archive.read(letterId);
  const head = copy.value;
  if (head === null) return { kind: 'gone' };
  if (head.status === 'redriven') return { kind: 'redriven' };
  if (head.jobId !== null) {
    await withdrawRow(ports, head, head.jobId);
    const row = await ports.ledger.get(head.jobId);
    if (head.status === 'redriving' && isTaken(head, row)) {
      await closeLetter(ports, letterId, row?.epoch ?? head.epoch + 1);
      return { kind: 'redriven' };
    }
  }
  if (head.status === 'discarded') return { kind: 'already-discarded' };
  const closing = { at: ports.clock(), note: reason, edited: false };
  const changed = await ports.archive.change(copy, (stored) =>
    stored?.status === head.status ? { ...stored, status: 'discarded', closing } : null,
  );
  // A redrive moved it on meanwhile. A status only moves on, so looking again comes to an end.
  if (changed.kind === 'left') return discard(ports, letterId, reason);
  // A redrive may have moved the row between the look above and the write.
  if (head.jobId !== null) await withdrawRow(ports, changed.copy.value, head.jobId);
  return { kind: 'discarded' };
}
