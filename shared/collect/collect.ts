import { letterIdOf } from '../deadletter/letter.ts';
import { fileNoticed, readNotice } from '../deadletter/notice.ts';
import type { Delivery, Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { parseJob } from '../job/parse-job.ts';
import { assertNever } from '../kernel/assert-never.ts';
import type { Copy } from '../kernel/document.ts';
import { errorText } from '../kernel/error-text.ts';
import { checkClaim } from '../ledger/claim-rules.ts';
import { type DeadLetterDecision, firstRow, type JobRow } from '../ledger/row.ts';
import type { RunPorts } from '../run/ports.ts';
import { settleDecided, settleMalformed, settleReusedId } from '../run/settle.ts';
import { ACKNOWLEDGE, LEAVE, type Settlement } from '../run/settlement.ts';

type CollectPorts = Omit<RunPorts, 'transport' | 'wire' | 'bounds' | 'calls' | 'budget' | 'jobsQueue'>;

/** Collects a batch, group by group in order; what fails stays behind with the rest of its group, and comes back. */
export async function collectBatch(
  deliveries: readonly Delivery[],
  ports: CollectPorts,
): Promise<{ readonly failed: readonly string[] }> {
  const groups = [...Map.groupBy(deliveries, (delivery) => delivery.groupId).values()];
  const failed = await Promise.all(groups.map((group) => collectGroup(group, ports)));
  await ports.jobEvents.flush();
  return { failed: failed.flat() };
}

async function collectGroup(group: readonly Delivery[], ports: CollectPorts): Promise<readonly string[]> {
  for (const [index, delivery] of group.entries()) {
    if (await isCollected(delivery, ports)) continue;
    return group.slice(index).map(({ messageId }) => messageId);
  }
  return [];
}

async function isCollected(delivery: Delivery, ports: CollectPorts): Promise<boolean> {
  try {
    return (await collect(delivery, ports)).kind === 'acknowledge';
  } catch (error) {
    ports.log.error('a letter could not be collected', {
      messageId: delivery.messageId,
      error: errorText(error),
    });
    return false;
  }
}

/**
 * One message of the dead-letter queue. A notice of ours: the letter is there, or is filed now. Anything else was
 * moved here by SQS itself, and the ledger says what it was. No content makes it fail.
 */
async function collect(delivery: Delivery, ports: CollectPorts): Promise<Settlement> {
  const notice = readNotice(delivery.body);
  switch (notice.kind) {
    case 'letter':
      await fileNoticed(ports, notice.letter);
      return ACKNOWLEDGE;
    case 'reference':
      // Its texts did not fit the message, so it was filed before; if it is gone, somebody had it forgotten.
      return ACKNOWLEDGE;
    case 'foreign':
      return collectMoved(delivery, { ...ports, deadLetters: alreadyThere });
    default:
      return assertNever(notice);
  }
}

/** The message stands in the dead-letter queue already; a notice about it would only come round again. */
const alreadyThere = { send: async (): Promise<void> => {} };

async function collectMoved(delivery: Delivery, ports: CollectPorts): Promise<Settlement> {
  const parsed = parseJob(delivery.body);
  if (parsed.kind === 'malformed') return settleMalformed(delivery, parsed, ports);
  const { job } = parsed;
  const copy = await ports.ledger.read(job.id);
  const check = checkClaim(copy.value, requestFor(job, ports));
  switch (check.kind) {
    case 'acknowledge':
      return ACKNOWLEDGE;
    case 'ended':
      ports.jobEvents.ended(check, check.at);
      return ACKNOWLEDGE;
    case 'malformed':
      return settleMalformed(
        delivery,
        { message: check.message, jobId: job.id, operation: job.operation },
        ports,
      );
    case 'conflict':
      return settleReusedId(job, delivery, ports);
    case 'hide':
      if (check.why === 'busy') return LEAVE;
      // Whoever only waits has lost its message and never comes back.
      return check.why === 'quiet' ? ACKNOWLEDGE : decideForRun(copy, job, delivery, POISON, ports);
    case 'decided':
      return settleDecided(job.id, delivery.body, ports).then(() => ACKNOWLEDGE);
    case 'take':
      return decideForRun(copy, job, delivery, check.as === 'in-doubt' ? IN_DOUBT : POISON, ports);
    default:
      return assertNever(check);
  }
}

const requestFor = (job: Job, ports: CollectPorts) => ({
  jobId: job.id,
  epoch: job.epoch ?? 0,
  digest: digestOf(job),
  now: ports.clock(),
  soleInstance: ports.settings.soleInstance,
});

type Ending = Pick<DeadLetterDecision, 'class' | 'message'>;

const POISON: Ending = {
  class: 'poison',
  message: 'SQS delivered the message a thousand times and moved it to the dead-letter queue',
};
const IN_DOUBT: Ending = {
  class: 'in-doubt',
  message:
    'SQS moved the message away after the worker had announced a call and before it had recorded an answer',
};

/** Decides for the run that never did, then settles as it would have. A row that moved on meanwhile is checked again. */
async function decideForRun(
  copy: Copy<JobRow | null>,
  job: Job,
  delivery: Delivery,
  ending: Ending,
  ports: CollectPorts,
): Promise<Settlement> {
  const request = requestFor(job, ports);
  const seen = { sequenceNumber: delivery.sequenceNumber, enqueuedAt: delivery.sentAt };
  const changed = await ports.ledger.change(copy, (row) => {
    const check = checkClaim(row, request);
    const isDead = check.kind === 'take' || (check.kind === 'hide' && check.why === 'waiting');
    const state = { kind: 'decided', decision: decisionOf(job, ending, request.now) } as const;
    return isDead ? { ...(row ?? firstRow(job, seen)), state } : null;
  });
  if (changed.kind === 'left') return LEAVE;
  await settleDecided(job.id, delivery.body, ports);
  return ACKNOWLEDGE;
}

const decisionOf = (job: Job, ending: Ending, now: number): DeadLetterDecision => ({
  ...ending,
  letterId: letterIdOf(job.id, job.epoch ?? 0),
  code: null,
  retryBody: null,
  request: null,
  response: null,
  httpStatus: null,
  decidedAt: now,
  quietUntil: null,
});
