import { METRICS } from '../config/names.ts';
import { type FilingPorts, fileLetter, type LetterDraft } from '../deadletter/file-letter.ts';
import { malformedLetterId } from '../deadletter/letter-id.ts';
import { letterNotice } from '../deadletter/notice.ts';
import type { BodyRef } from '../job/bodies.ts';
import type { Delivery } from '../job/job.ts';
import { changeRow } from '../ledger/change-row.ts';
import type { DeadLetterVerdict, JobRow } from '../ledger/row.ts';
import type { WorkPorts } from './ports.ts';

/** What is left to do with the SQS message. `until` in epoch ms; null: until a hold is lifted. */
export type Settlement =
  | { readonly kind: 'acknowledge' }
  /** Another run has the job: neither acknowledge the message nor touch its visibility. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'hide'; readonly until: number | null; readonly held: boolean };

export const ACKNOWLEDGE: Settlement = { kind: 'acknowledge' };
export const LEAVE: Settlement = { kind: 'leave' };

export const hideUntil = (until: number): Settlement => ({ kind: 'hide', until, held: false });

type LetterPorts = Pick<
  WorkPorts,
  'archive' | 'bodies' | 'ledger' | 'deadLetters' | 'clock' | 'makeId' | 'trace' | 'log' | 'metrics'
>;

/**
 * Files the letter, tells the dead-letter queue, closes the row; each step can be repeated. The message stays hidden
 * while Marketo may still be working on the job's last call: a write behind it must not overtake that.
 */
export async function finishDeadLetter(
  row: JobRow,
  verdict: DeadLetterVerdict,
  body: string,
  ports: LetterPorts,
): Promise<Settlement> {
  await announce(draftFor(row, verdict, body), row.jobId, ports);
  const { letterId, quietUntil } = verdict;
  await changeRow(ports, row.jobId, (stored) =>
    stored?.state.kind === 'decided' && stored.state.verdict.letterId === letterId
      ? { ...stored, state: { kind: 'dead-lettered', at: ports.clock(), letterId, quietUntil } }
      : null,
  );
  return quietUntil !== null && quietUntil > ports.clock() ? hideUntil(quietUntil) : ACKNOWLEDGE;
}

/** What never was a job gets a letter of its own, with the raw body; it touches no job's row. */
export async function finishMalformed(
  delivery: Delivery,
  malformed: { readonly message: string; readonly jobId: string | null; readonly operation: string | null },
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

async function announce(draft: LetterDraft, jobId: string, ports: LetterPorts): Promise<void> {
  const filing: FilingPorts = { archive: ports.archive, bodies: ports.bodies, makeToken: ports.makeId };
  const head = await fileLetter(filing, draft);
  await ports.trace('filed', jobId);
  const load = async (ref: BodyRef | null) => (ref === null ? null : ports.bodies.load(ref));
  const texts = {
    job: draft.jobBody,
    retryBody: await load(head.retryBody),
    request: await load(head.request),
    response: await load(head.response),
  };
  await ports.deadLetters.send(head.letterId, letterNotice(head, texts));
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

const draftFor = (row: JobRow, verdict: DeadLetterVerdict, body: string): LetterDraft => ({
  letterId: verdict.letterId,
  jobId: row.jobId,
  epoch: row.epoch,
  operation: row.operation,
  class: verdict.class,
  code: verdict.code,
  message: verdict.message,
  attempts: row.attempts,
  deadLetteredAt: verdict.decidedAt,
  jobBody: body,
  retryBody: verdict.retryBody,
  orderingKey: row.orderingKey,
  batch: row.batch,
  sequenceNumber: row.sequenceNumber,
  request: verdict.request,
  response: verdict.response,
  httpStatus: verdict.httpStatus,
  lateOutcome: row.lateOutcome,
});
