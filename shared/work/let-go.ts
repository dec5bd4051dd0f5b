import { changeRow } from './change-row.ts';
import type { Claimed } from './claim.ts';
import type { WorkPorts } from './ports.ts';

/**
 * Runs the rest of a claimed job's life; if one of our stores fails on the way, gives the claim back, so that the next
 * delivery need not wait for its end. An open intent keeps the claim: whether the call was made is then in doubt.
 * `starts` stays as it is: a job over which this happens again and again ends as poison instead of for ever.
 */
export async function letGo<T>(
  claimed: Claimed,
  ports: Pick<WorkPorts, 'ledger' | 'makeId' | 'log'>,
  rest: () => Promise<T>,
): Promise<T> {
  try {
    return await rest();
  } catch (error) {
    await giveBack(claimed, ports).catch((trouble: unknown) => {
      ports.log.warn('a claim could not be given back', { jobId: claimed.job.id, error: String(trouble) });
    });
    throw error;
  }
}

const giveBack = (claimed: Claimed, ports: Pick<WorkPorts, 'ledger' | 'makeId'>): Promise<unknown> =>
  changeRow(ports, claimed.job.id, (row) => {
    if (row?.state.kind !== 'running' || row.state.owner !== claimed.owner) return null;
    return row.state.intentAt === null ? { ...row, state: { kind: 'queued' } } : null;
  });
