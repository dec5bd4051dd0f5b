import type { LetterHead } from '../deadletter/letter.ts';
import type { OperatePorts } from './ports.ts';

/**
 * Lets go, the retention after a letter was closed, of what it leaves behind: its long texts, and the row of the job that ended
 * in it. Its head goes by its own closing. To be called once the closing is written: what an open letter needs never expires.
 */
export async function expireLetter(
  ports: Pick<OperatePorts, 'bodies' | 'ledger'>,
  head: LetterHead,
): Promise<void> {
  const { closing, status, letterId, jobId } = head;
  if (closing === null || (status !== 'discarded' && status !== 'redriven')) return;
  await releaseTexts(ports, head, closing.at);
  // A redriven job has gone on: its row is the next epoch's.
  if (jobId === null || status !== 'discarded') return;
  await ports.ledger.change(jobId, (row) =>
    row?.state.kind === 'dead-lettered' && row.state.letterId === letterId && row.state.closedAt === undefined
      ? { ...row, state: { ...row.state, closedAt: closing.at } }
      : null,
  );
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
