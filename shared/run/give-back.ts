import { changeRow, type RowContent } from '../ledger/change-row.ts';
import type { JobRow } from '../ledger/row.ts';
import type { Claimed } from './claim.ts';
import { PortFailure } from './port-failure.ts';
import type { WorkPorts } from './ports.ts';

/**
 * Runs the rest of a claimed job's life; if one of our stores fails on the way, gives the claim back, so that the next
 * delivery need not wait for its end. An open intent keeps the claim, because whether the call was made is then in doubt,
 * unless it is known that nothing was sent. `starts` stays as it is: a job over which this happens again and again ends as
 * poison instead of for ever. A store that could not be asked before the call says nothing about the job: no start.
 */
export async function letGo<T>(
  claimed: Claimed,
  ports: Pick<WorkPorts, 'ledger' | 'makeId' | 'log'>,
  rest: () => Promise<T>,
): Promise<T> {
  try {
    return await rest();
  } catch (error) {
    const given = error instanceof PortFailure && !error.sent ? unstarted : stopped;
    await giveBack(claimed, given, ports).catch((trouble: unknown) => {
      ports.log.warn('a claim could not be given back', { jobId: claimed.job.id, error: String(trouble) });
    });
    throw error;
  }
}

type Given = (own: JobRow, intentAt: number | null) => RowContent | null;

const unstarted: Given = (own) => ({ ...own, starts: own.starts - 1, state: { kind: 'queued' } });

const stopped: Given = (own, intentAt) => (intentAt === null ? { ...own, state: { kind: 'queued' } } : null);

const giveBack = (
  claimed: Claimed,
  given: Given,
  ports: Pick<WorkPorts, 'ledger' | 'makeId'>,
): Promise<unknown> =>
  changeRow(ports, claimed.job.id, (row) =>
    row?.state.kind === 'running' && row.state.owner === claimed.owner
      ? given(row, row.state.intentAt)
      : null,
  );
