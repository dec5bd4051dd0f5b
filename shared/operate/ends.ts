import { isEndedKind } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import type { OperatePorts } from './ports.ts';
import { growingPauses, type Signal, sleepUnlessAborted, type WaitPorts } from './wait.ts';

/** Keys of one BatchGetItem. All must end, so the first that have not tell enough about when to look on. */
const AT_ONCE = 100;

/**
 * The rows of these jobs as each has ended, roughly in the order of the ids. A signal ends it early; the ids that it has not
 * yielded then have not been seen to end.
 */
export async function* endsOf(
  ports: Pick<OperatePorts, 'ledger'> & WaitPorts,
  jobIds: readonly string[],
  signal: Signal,
): AsyncGenerator<JobRow> {
  const pauses = growingPauses(ports);
  let open = [...new Set(jobIds)];
  while (open.length > 0 && !signal.aborted) {
    const looked = open.slice(0, AT_ONCE);
    const rows = await ports.ledger.getAll(looked);
    const ended = new Map(
      rows.filter(({ state }) => isEndedKind(state.kind)).map((row) => [row.jobId, row] as const),
    );
    open = open.filter((jobId) => !ended.has(jobId));
    for (const jobId of looked) {
      const row = ended.get(jobId);
      if (row !== undefined) yield row;
    }
    if (ended.size > 0) pauses.restart();
    if (ended.size < looked.length) await sleepUnlessAborted(pauses.next(), ports, signal);
  }
}
