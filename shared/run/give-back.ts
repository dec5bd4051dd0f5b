import { errorText } from '../kernel/error-text.ts';
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
export async function orGiveBack<T>(
  { job, row }: Claimed,
  { log }: Pick<WorkPorts, 'log'>,
  rest: () => Promise<T>,
): Promise<T> {
  try {
    return await rest();
  } catch (error) {
    await row.change(error instanceof PortFailure && !error.sent ? unstarted : stopped).catch((trouble) => {
      log.warn('a claim could not be given back', { jobId: job.id, error: errorText(trouble) });
    });
    throw error;
  }
}

const unstarted = (own: JobRow): JobRow => ({ ...own, starts: own.starts - 1, state: { kind: 'queued' } });

const stopped = (own: JobRow): JobRow | null =>
  own.state.kind === 'running' && own.state.intentAt !== null ? null : { ...own, state: { kind: 'queued' } };
