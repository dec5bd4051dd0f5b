import { METRICS } from '../config/names.ts';
import { letterIdOf } from '../deadletter/letter.ts';
import type { LateOutcome } from '../job/attempt.ts';
import type { BodyRef } from '../job/bodies.ts';
import { ownGroupOf } from '../job/ordering-key.ts';
import { assertNever } from '../kernel/assert-never.ts';
import type { Copy } from '../kernel/document.ts';
import { errorText } from '../kernel/error-text.ts';
import { asciiJson } from '../kernel/hash.ts';
import { type DeadLetterDecision, type JobRow, type JobState, waitingState } from '../ledger/row.ts';
import { failedPositions } from '../marketo/faults/classify.ts';
import { paramsWithOnly } from '../marketo/operations/registry.ts';
import type { Claimed } from './claim.ts';
import type { Disposition } from './decide.ts';
import type { Found } from './outcome.ts';
import type { RunPorts } from './ports.ts';

/** What a run has found out about its job, and what is to be done about it. */
export interface Decided {
  readonly found: Pick<Found, 'attempts' | 'exchange' | 'outcomes' | 'remaining' | 'company'>;
  readonly disposition: Disposition;
}

type RecordPorts = Pick<
  RunPorts,
  'ledger' | 'bodies' | 'archive' | 'clock' | 'sleep' | 'log' | 'metrics' | 'jobEvents' | 'settings' | 'trace'
>;

/** The most attempts a row keeps: 200 of some 300 bytes are 60 KB of the 400 KB an item holds. */
const MOST_ATTEMPTS_KEPT = 200;

/** Between two tries to record an answer. */
const AGAIN_MS = 1_000;
/** What is left of the reserve after a call for its settling, when no more tries are made to record it. */
const SETTLE_MS = 5_000;

/**
 * Records what a run found out; null: another run has the job, and this one settles nothing. An answer of Marketo is tried for as long as the reserve after its call allows: given up, it
 * would put an unsafe job in doubt, and a safe one would be sent again.
 */
export async function record(
  claimed: Claimed,
  decided: Decided,
  ports: RecordPorts,
): Promise<Copy<JobRow> | null> {
  const giveUpAt = ports.clock() + ports.settings.timings.settleReserveMs - SETTLE_MS;
  for (;;) {
    try {
      return await recordOnce(claimed, decided, ports);
    } catch (error) {
      const answered = (decided.found.exchange?.sentAt ?? null) !== null;
      if (!answered) throw error;
      // What cannot be stored must not undo the answer: without its texts a letter is still better than another call.
      if (ports.clock() + AGAIN_MS >= giveUpAt) return recordOnce(claimed, decided, withoutTexts(ports));
      ports.log.warn('an answer could not be recorded yet', {
        jobId: claimed.job.id,
        error: errorText(error),
      });
      await ports.sleep(AGAIN_MS);
    }
  }
}

/** The same ports where a text that cannot be saved is a sentence that says so. */
function withoutTexts(ports: RecordPorts): RecordPorts {
  const { bodies, log } = ports;
  const save: typeof bodies.save = (key, text, expiresAt) =>
    bodies.save(key, text, expiresAt).catch((error: unknown) => {
      log.error('a text of a letter could not be stored', { key, error: errorText(error) });
      return { kind: 'inline', text: NOT_STORED };
    });
  return { ...ports, bodies: { ...bodies, save } };
}

const NOT_STORED = '[this text could not be stored]';

/** Attempt, result and disposition in one write, conditional on still owning the claim. Long texts are saved before it. */
async function recordOnce(
  claimed: Claimed,
  decided: Decided,
  ports: RecordPorts,
): Promise<Copy<JobRow> | null> {
  const state = await stateAfter(claimed, decided, ports);
  const copy = await claimed.row.change((own) => rowAfter(own, decided, state, ports));
  if (copy !== null) {
    if (state.kind === 'completed') {
      ports.metrics.count(METRICS.jobsCompleted);
      ports.jobEvents.completed(copy.value);
    }
    await ports.trace('recorded', copy.id);
    return copy;
  }
  await keepLate(claimed, decided, ports);
  return null;
}

async function stateAfter(claimed: Claimed, decided: Decided, ports: RecordPorts): Promise<JobState> {
  const { disposition } = decided;
  switch (disposition.kind) {
    case 'complete':
      return completed(claimed, disposition.result, ports);
    case 'retry':
      return waitingState('backoff', disposition.until, ports.clock());
    case 'defer':
      return deferred(claimed, disposition, ports);
    case 'dead-letter':
      return { kind: 'decided', decision: await decisionFor(claimed, decided, disposition, ports) };
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
    ports.log.warn('a result could not be stored', { jobId: job.id, error: errorText(error) });
    return { kind: 'completed', at, result: null, resultDropped: true };
  }
}

/**
 * A wait that a hold causes stands in the hold, so that lifting it frees every job at once. In a group that is not its own a job
 * would hold others than its lead's: it is parked however short its wait, and sent in its own when its time comes.
 */
async function deferred(
  claimed: Claimed,
  { until, reason }: Extract<Disposition, { kind: 'defer' }>,
  ports: RecordPorts,
): Promise<JobState> {
  const groupId = ownGroupOf(claimed.job);
  const isFar = until - ports.clock() > ports.settings.timings.parkAheadMs;
  if (reason === 'notBefore' && (isFar || claimed.delivery.groupId !== groupId)) {
    const body = await ports.bodies.save(`${claimed.job.id}/parked`, claimed.delivery.body, null);
    return { kind: 'parked', until, body, groupId };
  }
  const ofAccount =
    reason === 'quota' || reason === 'credentials' || reason === 'upstream' || reason === 'operator';
  return ofAccount ? { kind: 'queued' } : waitingState(reason, until, ports.clock());
}

async function decisionFor(
  claimed: Claimed,
  decided: Decided,
  disposition: Extract<Disposition, { kind: 'dead-letter' }>,
  ports: RecordPorts,
): Promise<DeadLetterDecision> {
  const letterId = letterIdOf(claimed.job.id, claimed.job.epoch ?? 0);
  const save = (name: string, text: string | null): Promise<BodyRef | null> =>
    text === null || text === ''
      ? Promise.resolve(null)
      : ports.bodies.save(`${letterId}/${name}`, text, null);
  const { exchange } = decided.found;
  return {
    letterId,
    class: disposition.class,
    code: disposition.code,
    message: disposition.message,
    retryBody: await save('retry', retryBodyOf(claimed, decided, disposition)),
    request: await save('request', exchange?.request ?? null),
    response: await save('response', exchange?.response ?? null),
    httpStatus: disposition.httpStatus,
    decidedAt: ports.clock(),
    quietUntil: disposition.quietUntil,
  };
}

/** Where some of a job is done and the rest is not, a redrive sends the rest alone: what the call itself says is left, or its failed records. */
function retryBodyOf(
  { job }: Claimed,
  decided: Decided,
  disposition: Extract<Disposition, { kind: 'dead-letter' }>,
): string | null {
  const { outcomes, remaining } = decided.found;
  if (remaining !== undefined) return asciiJson({ ...job, params: remaining });
  if (disposition.class !== 'record-failed') return null;
  const failed = outcomes === null ? null : failedPositions(outcomes);
  const params = failed === null ? null : paramsWithOnly(job, failed);
  return params === null ? null : asciiJson({ ...job, params });
}

function rowAfter(own: JobRow, decided: Decided, state: JobState, ports: RecordPorts): JobRow {
  const { disposition } = decided;
  const spends = disposition.kind === 'complete' || (disposition.kind !== 'defer' && disposition.counted);
  const made = decided.found.attempts.map((attempt, index) => ({
    ...attempt,
    counted: spends && index === decided.found.attempts.length - 1,
  }));
  const all = [...own.attempts, ...made];
  const kept = all.slice(-MOST_ATTEMPTS_KEPT);
  const { company: before, ...others } = own;
  const company = companyAfter(before, decided);
  return {
    ...others,
    ...(company === null ? {} : { company }),
    attempts: kept,
    attemptsDropped: own.attemptsDropped + all.length - kept.length,
    counted: own.counted + (spends && made.length > 0 ? 1 : 0),
    ...(isUntried(decided) ? startsWithout(own) : { starts: 0, claims: 0 }),
    state,
    deleteAt: state.kind === 'completed' ? ports.clock() + ports.settings.retentionMs : null,
  };
}

/**
 * Any settled run shows that the job does not kill its worker, but for one that was sent away without a call: that one counts
 * for nothing. Taken as a proof, it would let a killer off again and again, into the company of 300.
 */
const isUntried = ({ disposition, found }: Decided): boolean =>
  disposition.kind === 'defer' && found.attempts.length === 0;

const startsWithout = ({ starts, claims = 0 }: JobRow): Pick<JobRow, 'starts' | 'claims'> => ({
  starts: Math.max(0, starts - 1),
  claims: Math.max(0, claims - 1),
});

/** It only falls while the job goes on; a redrive begins with a job that is known to be well again. */
function companyAfter(before: number | undefined, { disposition, found }: Decided): number | null {
  if (disposition.kind === 'complete' || disposition.kind === 'dead-letter') return null;
  const least = Math.min(before ?? Number.POSITIVE_INFINITY, found.company ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(least) ? least : null;
}

/** An answer that came too late to be recorded is still worth reading: it may show that a letter is needless. */
async function keepLate(claimed: Claimed, decided: Decided, ports: RecordPorts): Promise<void> {
  const last = decided.found.attempts.at(-1);
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
  const { jobId, epoch } = claimed.row.copy().value;
  await ports.ledger.change(jobId, (row) => (row?.epoch === epoch ? { ...row, lateOutcome: late } : null));
  await ports.archive.change(
    letterIdOf(jobId, epoch),
    (letter) => letter && { ...letter, lateOutcome: late },
  );
}
