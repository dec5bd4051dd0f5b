import type { LetterHead } from '../deadletter/letter.ts';
import type { OperatePorts } from './ports.ts';

type ExpiryPorts = Pick<OperatePorts, 'archive' | 'bodies' | 'ledger'>;

/**
 * Lets go, the retention after a letter was closed, of what it leaves behind: its long texts, and the row of the job that ended
 * in it. Its head goes by its own closing. To be called once the closing is written: what an open letter needs never expires.
 */
export async function expireLetter(ports: ExpiryPorts, head: LetterHead): Promise<void> {
  const { closing, status, letterId, jobId } = head;
  if (closing === null || (status !== 'discarded' && status !== 'redriven')) return;
  await releaseTexts(ports, head, closing.at);
  // A redriven job has gone on: its row is the next epoch's.
  if (jobId !== null && status === 'discarded') {
    await ports.ledger.change(jobId, (row) =>
      row?.state.kind === 'dead-lettered' &&
      row.state.letterId === letterId &&
      row.state.closedAt === undefined
        ? { ...row, state: { ...row.state, closedAt: closing.at } }
        : null,
    );
  }
  await keepIfReopened(ports, head);
}

/**
 * Takes back what was let go of a letter that somebody has opened meanwhile. A reopen keeps it all once more after its last step:
 * whichever of the two comes last, nothing of an open letter expires.
 */
export async function keepIfReopened(ports: ExpiryPorts, head: LetterHead): Promise<void> {
  const isOpen = (await ports.archive.get(head.letterId))?.status === 'open';
  if (isOpen) await keepLetter(ports, head);
}

/** What was to expire with the letter stays: its texts, and the row of its job. */
export async function keepLetter(
  ports: Pick<OperatePorts, 'bodies' | 'ledger'>,
  head: LetterHead,
): Promise<void> {
  await releaseTexts(ports, head, null);
  await keepRow(ports, head);
}

/** The row of the job that ended in this letter, if it is still there: where it has gone, a redrive makes another. */
export async function keepRow(
  ports: Pick<OperatePorts, 'ledger'>,
  { jobId, letterId }: LetterHead,
): Promise<void> {
  if (jobId === null) return;
  await ports.ledger.change(jobId, (row) => {
    if (row?.state.kind !== 'dead-lettered' || row.state.letterId !== letterId) return null;
    const { closedAt, ...state } = row.state;
    return closedAt === undefined ? null : { ...row, state };
  });
}

/**
 * The long texts of a letter that is being closed, or is. What is on its way out may let go of them
 * before its last step: interrupted after it, nobody would come back for them. `closedAt` null: it is to be open again.
 */
export async function releaseTexts(
  { bodies }: Pick<OperatePorts, 'bodies'>,
  head: LetterHead,
  closedAt: number | null,
): Promise<void> {
  for (const ref of [head.job, head.retryBody, head.request, head.response]) {
    if (ref !== null) await bodies.release(ref, closedAt);
  }
}
