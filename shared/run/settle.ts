import type { WaitReason } from '../budget/port.ts';
import { STARTS_POISON } from '../config/limits.ts';
import { METRICS } from '../config/names.ts';
import { fileLetter, type LetterDraft } from '../deadletter/archive.ts';
import { letterIdOf, malformedLetterId } from '../deadletter/letter.ts';
import { letterNotice } from '../deadletter/notice.ts';
import type { BodyRef } from '../job/bodies.ts';
import type { Delivery, Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { type Malformed, parseJob } from '../job/parse-job.ts';
import { assertNever } from '../kernel/assert-never.ts';
import type { Copy } from '../kernel/document.ts';
import type { DeadLetterDecision, JobRow } from '../ledger/row.ts';
import type { Claim } from './claim.ts';
import type { Disposition } from './decide.ts';
import type { RunPorts } from './ports.ts';
import { ACKNOWLEDGE, hideUntil, type Settlement } from './settlement.ts';

/** Carries out a recorded disposition. Only a dead letter has effects left; for the rest the message says it all. */
export async function settle(
  recorded: Copy<JobRow>,
  disposition: Disposition,
  delivery: Delivery,
  ports: RunPorts,
): Promise<Settlement> {
  const settlement = await carryOut(recorded, disposition, delivery, ports);
  await ports.trace('settled', recorded.id);
  return settlement;
}

async function carryOut(
  recorded: Copy<JobRow>,
  disposition: Disposition,
  delivery: Delivery,
  ports: RunPorts,
): Promise<Settlement> {
  const { state } = recorded.value;
  switch (disposition.kind) {
    case 'complete':
      return ACKNOWLEDGE;
    case 'retry':
      return hideUntil(disposition.until);
    case 'defer':
      if (state.kind === 'parked') return ACKNOWLEDGE;
      return hideHeld(disposition.until, state.kind === 'queued', disposition.reason);
    case 'dead-letter':
      return state.kind === 'decided'
        ? settleDeadLetter(recorded, state.decision, delivery.body, ports)
        : ACKNOWLEDGE;
    default:
      return assertNever(disposition);
  }
}

/** What to do with the message of a job that this run could not take, or of none. */
export async function settleUnclaimed(
  claim: Exclude<Claim, { kind: 'claimed' }>,
  delivery: Delivery,
  ports: RunPorts,
): Promise<Settlement> {
  switch (claim.kind) {
    case 'acknowledge':
      return ACKNOWLEDGE;
    case 'ended':
      ports.jobEvents.ended(claim, claim.at);
      return ACKNOWLEDGE;
    case 'hide':
      return hideUntil(claim.until);
    case 'held':
      return hideHeld(claim.until, true, claim.reason);
    case 'decided':
      return settleDecided(claim.job.id, delivery.body, ports);
    case 'malformed':
      return settleMalformed(delivery, claim, ports);
    case 'conflict':
      return settleReusedId(claim.job, delivery, ports);
    default:
      return assertNever(claim);
  }
}

const hideHeld = (until: number | null, held: boolean, reason: WaitReason): Settlement => ({
  kind: 'hide',
  until,
  held,
  ...(reason === 'quota' ? { quota: true } : {}),
});

type LetterPorts = Pick<
  RunPorts,
  'archive' | 'bodies' | 'ledger' | 'deadLetters' | 'clock' | 'trace' | 'log' | 'metrics' | 'jobEvents'
>;

/**
 * Files the letter, tells the dead-letter queue, closes the row; each step can be repeated. The message stays hidden
 * while Marketo may still be working on the job's last call: a write behind it must not overtake that.
 */
export async function settleDeadLetter(
  copy: Copy<JobRow>,
  decision: DeadLetterDecision,
  body: string,
  ports: LetterPorts,
): Promise<Settlement> {
  await announce(draftFor(copy.value, decision, body), copy.id, ports);
  const { letterId, quietUntil } = decision;
  const at = ports.clock();
  await ports.ledger.change(copy, (stored) =>
    stored?.state.kind === 'decided' && stored.state.decision.letterId === letterId
      ? { ...stored, state: { kind: 'dead-lettered', at, letterId, quietUntil } }
      : null,
  );
  ports.jobEvents.ended(copy.value, at);
  return quietUntil !== null && quietUntil > ports.clock() ? hideUntil(quietUntil) : ACKNOWLEDGE;
}

/**
 * Settles a job that an earlier run decided and never settled, and counts that it tries: a letter that kills the worker would
 * come round for ever. At the end it is filed without the texts of its exchange, and says so.
 */
export async function settleDecided(jobId: string, body: string, ports: LetterPorts): Promise<Settlement> {
  const changed = await ports.ledger.change(jobId, (row) =>
    row?.state.kind === 'decided'
      ? { ...row, state: { ...row.state, tries: (row.state.tries ?? 0) + 1 } }
      : null,
  );
  // Whoever settled it meanwhile has filed its letter.
  if (changed.kind === 'left' || changed.copy.value.state.kind !== 'decided') return ACKNOWLEDGE;
  const { decision, tries = 0 } = changed.copy.value.state;
  const filed = tries + 1 >= STARTS_POISON ? withoutTexts(decision, tries) : decision;
  return settleDeadLetter(changed.copy, filed, body, ports);
}

function withoutTexts(decision: DeadLetterDecision, tries: number): DeadLetterDecision {
  const text = `left out: the worker stopped ${tries} times while it filed this letter`;
  const leftOut = (ref: BodyRef | null): BodyRef | null => (ref === null ? null : { kind: 'inline', text });
  return { ...decision, request: leftOut(decision.request), response: leftOut(decision.response) };
}

/** What never was a job gets a letter of its own, with the raw body; it touches no job's row. */
export async function settleMalformed(
  delivery: Delivery,
  malformed: Omit<Malformed, 'kind'>,
  ports: LetterPorts,
): Promise<Settlement> {
  const letterId = malformedLetterId(delivery.messageId);
  await announce(
    {
      letterId,
      jobId: malformed.jobId,
      epoch: 0,
      operation: malformed.operation,
      class: 'malformed',
      code: null,
      message: malformed.message,
      attempts: [],
      deadLetteredAt: ports.clock(),
      jobBody: delivery.body,
      retryBody: null,
      orderingKey: null,
      batch: null,
      sequenceNumber: delivery.sequenceNumber,
      firstSentAt: delivery.sentAt,
      request: null,
      response: null,
      httpStatus: null,
      lateOutcome: null,
    },
    malformed.jobId ?? letterId,
    ports,
  );
  return ACKNOWLEDGE;
}

/**
 * The row of the job's id has other contents. That is another job, filed as malformed, unless it is the first message of a job
 * whose redrive was edited or sends the failed records alone: then the letter of its own epoch holds this very job.
 */
export async function settleReusedId(job: Job, delivery: Delivery, ports: LetterPorts): Promise<Settlement> {
  if (await isInItsLetter(job, ports)) return ACKNOWLEDGE;
  const message = `the id ${job.id} was used before for a job with other contents: send this one under an id of its own`;
  return settleMalformed(delivery, { message, jobId: job.id, operation: job.operation }, ports);
}

async function isInItsLetter(job: Job, { archive, bodies }: LetterPorts): Promise<boolean> {
  const letter = await archive.get(letterIdOf(job.id, job.epoch ?? 0));
  const text = letter === null ? null : await bodies.load(letter.job);
  const filed = text === null ? null : parseJob(text);
  return filed?.kind === 'job' && digestOf(filed.job) === digestOf(job);
}

async function announce(draft: LetterDraft, jobId: string, ports: LetterPorts): Promise<void> {
  const head = await fileLetter(ports, draft);
  await ports.trace('filed', jobId);
  await ports.deadLetters.send(head.letterId, await letterNotice(ports.bodies, head, draft.jobBody));
  await ports.trace('notified', jobId);
  ports.metrics.count(METRICS.jobsDeadLettered, { class: head.class });
  ports.log.warn('dead-lettered', {
    letterId: head.letterId,
    class: head.class,
    code: head.code,
    operation: head.operation,
    cause: head.cause,
  });
}

const draftFor = (row: JobRow, decision: DeadLetterDecision, body: string): LetterDraft => ({
  letterId: decision.letterId,
  jobId: row.jobId,
  epoch: row.epoch,
  operation: row.operation,
  class: decision.class,
  code: decision.code,
  message: decision.message,
  attempts: row.attempts,
  deadLetteredAt: decision.decidedAt,
  jobBody: body,
  retryBody: decision.retryBody,
  orderingKey: row.orderingKey,
  batch: row.batch,
  sequenceNumber: row.sequenceNumber,
  firstSentAt: row.enqueuedAt,
  request: decision.request,
  response: decision.response,
  httpStatus: decision.httpStatus,
  lateOutcome: row.lateOutcome,
});
