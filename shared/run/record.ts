import { METRICS } from '../config/names.ts';
import { letterIdOf } from '../deadletter/letter-id.ts';
import type { Attempt, LateOutcome } from '../job/attempt.ts';
import type { BodyRef } from '../job/bodies.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { asciiJson } from '../kernel/hash.ts';
import { changeRow, nextRow, type RowContent } from '../ledger/change-row.ts';
import type { DeadLetterVerdict, JobRow, JobState } from '../ledger/row.ts';
import { setsValues } from '../ledger/superseding.ts';
import { failedPositions } from '../marketo/faults/record-fault.ts';
import { paramsWithOnly } from '../marketo/operations/registry.ts';
import type { Exchange, RecordOutcomes } from '../marketo/transport.ts';
import type { Claimed } from './claim.ts';
import type { Disposition } from './disposition.ts';
import type { WorkPorts } from './ports.ts';

/** What a run found out about one job. */
export interface Finding {
  /** The run's row as last written: an announced call has written it again since the claim. */
  readonly own: JobRow;
  readonly disposition: Disposition;
  readonly attempts: readonly Attempt[];
  readonly exchange: Exchange | null;
  /** What the answer said of each record; null if there was none. */
  readonly outcomes: RecordOutcomes | null;
}

export type Recorded =
  | { readonly kind: 'recorded'; readonly row: JobRow }
  /** Another run has the job: this one settles nothing. */
  | { readonly kind: 'lost' };

type RecordPorts = Pick<
  WorkPorts,
  'ledger' | 'bodies' | 'archive' | 'clock' | 'sleep' | 'makeId' | 'log' | 'metrics' | 'settings'
>;

/** The most attempts a row keeps: 200 of some 300 bytes are 60 KB of the 400 KB an item holds. */
const MOST_ATTEMPTS_KEPT = 200;

/** Between two tries to record an answer. */
const AGAIN_MS = 1_000;
/** What is left of the reserve after a call for its settling, when no more tries are made to record it. */
const SETTLE_MS = 5_000;

/**
 * Records what a run found out. An answer of Marketo is tried for as long as the reserve after its call allows: given up, it
 * would put an unsafe job in doubt, and a safe one would be sent again.
 */
export async function record(claimed: Claimed, finding: Finding, ports: RecordPorts): Promise<Recorded> {
  const giveUpAt = ports.clock() + ports.settings.timings.settleReserveMs - SETTLE_MS;
  for (;;) {
    try {
      return await recordOnce(claimed, finding, ports);
    } catch (error) {
      const answered = (finding.exchange?.sentAt ?? null) !== null;
      if (!answered || ports.clock() + AGAIN_MS >= giveUpAt) throw error;
      ports.log.warn('an answer could not be recorded yet', {
        jobId: claimed.job.id,
        error: String(error),
      });
      await ports.sleep(AGAIN_MS);
    }
  }
}

/** Attempt, result and disposition in one write, conditional on still owning the claim. Long texts are saved before it. */
async function recordOnce(claimed: Claimed, finding: Finding, ports: RecordPorts): Promise<Recorded> {
  const state = await stateAfter(claimed, finding, ports);
  if (state.kind === 'completed') await markOrder(claimed, ports);
  const row = await writeOwn(
    { ...claimed, row: finding.own },
    (own) => contentAfter(own, finding, state, ports),
    ports,
  );
  if (row !== null) {
    if (state.kind === 'completed') ports.metrics.count(METRICS.jobsCompleted);
    return { kind: 'recorded', row };
  }
  await keepLate(claimed, finding, ports);
  return { kind: 'lost' };
}

async function stateAfter(claimed: Claimed, finding: Finding, ports: RecordPorts): Promise<JobState> {
  const { disposition } = finding;
  switch (disposition.kind) {
    case 'complete':
      return completed(claimed, disposition.result, ports);
    case 'retry':
      return { kind: 'waiting', reason: 'backoff', until: disposition.until };
    case 'defer':
      return deferred(claimed, disposition, ports);
    case 'dead-letter':
      return { kind: 'decided', verdict: await verdictFor(claimed, finding, disposition, ports) };
    default:
      return assertNever(disposition);
  }
}

/** The result is kept for `jobs show`; one that cannot be stored does not undo what Marketo has done. */
async function completed(claimed: Claimed, result: unknown, ports: RecordPorts): Promise<JobState> {
  const at = ports.clock();
  const { job } = claimed;
  try {
    const key = `${letterIdOf(job.id, job.epoch ?? 0)}/result`;
    const text = JSON.stringify(result ?? null);
    const saved = await ports.bodies.save(key, text, at + ports.settings.retentionMs);
    return { kind: 'completed', at, result: saved, resultDropped: false };
  } catch (error) {
    ports.log.warn('a result could not be stored', { jobId: job.id, error: String(error) });
    return { kind: 'completed', at, result: null, resultDropped: true };
  }
}

/** A wait that a hold causes stands in the hold, so that lifting it frees every job at once. */
async function deferred(
  claimed: Claimed,
  { until, reason }: Extract<Disposition, { kind: 'defer' }>,
  ports: RecordPorts,
): Promise<JobState> {
  if (reason === 'notBefore' && until - ports.clock() > ports.settings.timings.parkAheadMs) {
    const body = await ports.bodies.save(`${claimed.job.id}/parked`, claimed.delivery.body, null);
    return { kind: 'parked', until, body, groupId: claimed.delivery.groupId };
  }
  const ofAccount =
    reason === 'quota' || reason === 'credentials' || reason === 'upstream' || reason === 'operator';
  return ofAccount ? { kind: 'queued' } : { kind: 'waiting', reason, until };
}

async function verdictFor(
  claimed: Claimed,
  finding: Finding,
  disposition: Extract<Disposition, { kind: 'dead-letter' }>,
  ports: RecordPorts,
): Promise<DeadLetterVerdict> {
  const letterId = letterIdOf(claimed.job.id, claimed.job.epoch ?? 0);
  const save = (name: string, text: string | null): Promise<BodyRef | null> =>
    text === null || text === ''
      ? Promise.resolve(null)
      : ports.bodies.save(`${letterId}/${name}`, text, null);
  const { exchange } = finding;
  return {
    letterId,
    class: disposition.class,
    code: disposition.code,
    message: disposition.message,
    retryBody: await save('retry', retryBodyOf(claimed, finding, disposition)),
    request: await save('request', exchange?.request ?? null),
    response: await save('response', exchange?.response ?? null),
    httpStatus: disposition.httpStatus,
    decidedAt: ports.clock(),
    quietUntil: disposition.quietUntil,
  };
}

/** Where some records of a job failed and others did not, a redrive sends the failed ones alone. */
function retryBodyOf(
  { job }: Claimed,
  finding: Finding,
  disposition: Extract<Disposition, { kind: 'dead-letter' }>,
): string | null {
  if (disposition.class !== 'record-failed') return null;
  const failed = finding.outcomes === null ? null : failedPositions(finding.outcomes);
  const params = failed === null ? null : paramsWithOnly(job, failed);
  return params === null ? null : asciiJson({ ...job, params });
}

function contentAfter(own: JobRow, finding: Finding, state: JobState, ports: RecordPorts): RowContent {
  const { disposition } = finding;
  const spends = disposition.kind === 'complete' || (disposition.kind !== 'defer' && disposition.counted);
  const made = finding.attempts.map((attempt, index) => ({
    ...attempt,
    counted: spends && index === finding.attempts.length - 1,
  }));
  const all = [...own.attempts, ...made];
  const kept = all.slice(-MOST_ATTEMPTS_KEPT);
  return {
    ...own,
    attempts: kept,
    attemptsDropped: own.attemptsDropped + all.length - kept.length,
    counted: own.counted + (spends && made.length > 0 ? 1 : 0),
    // Any settled run shows that the job does not kill its worker.
    starts: 0,
    state,
    deleteAt: state.kind === 'completed' ? ports.clock() + ports.settings.retentionMs : null,
  };
}

/** Before the record: a crash in between repeats the job, while a record without its mark would hide that a letter is superseded. */
async function markOrder(claimed: Claimed, ports: RecordPorts): Promise<void> {
  const { orderingKey, sequenceNumber, jobId, operation } = claimed.row;
  // The sender's own keys, too; only under a key of the job's own can nothing come later.
  if (sequenceNumber === null || orderingKey === `job:${jobId}`) return;
  if (!setsValues(operation)) return;
  await ports.ledger.putMark({ orderingKey, sequenceNumber, jobId, at: ports.clock() });
}

/** The one write of the run's own row; null if the claim is lost. Others may add a late outcome in between. */
export async function writeOwn(
  claimed: Claimed,
  change: (own: JobRow) => RowContent,
  ports: Pick<WorkPorts, 'ledger' | 'makeId'>,
): Promise<JobRow | null> {
  const next = nextRow(claimed.row, change(claimed.row), ports.makeId);
  if ((await ports.ledger.replace(next)) === 'written') return next;
  const { changed, row } = await changeRow(ports, claimed.job.id, (stored) =>
    stored !== null && isOwn(stored, claimed) ? change(stored) : null,
  );
  return changed ? row : null;
}

const isOwn = (row: JobRow, claimed: Claimed): boolean =>
  row.state.kind === 'running' && row.state.owner === claimed.owner;

/** An answer that came too late to be recorded is still worth reading: it may show that a letter is needless. */
async function keepLate(claimed: Claimed, finding: Finding, ports: RecordPorts): Promise<void> {
  const last = finding.attempts.at(-1);
  if (last === undefined) return;
  const late: LateOutcome = {
    at: ports.clock(),
    succeeded: last.class === null,
    message: last.class === null ? 'the call succeeded after its run had lost the claim' : last.message,
  };
  ports.log.warn('an answer came after the claim was lost', {
    jobId: claimed.job.id,
    succeeded: late.succeeded,
  });
  await changeRow(ports, claimed.job.id, (row) =>
    row === null || row.epoch !== claimed.row.epoch ? null : { ...row, lateOutcome: late },
  );
  const letter = await ports.archive.get(letterIdOf(claimed.job.id, claimed.row.epoch));
  if (letter === null) return;
  await ports.archive.replace({
    ...letter,
    lateOutcome: late,
    version: letter.version + 1,
    writeToken: ports.makeId(),
  });
}
