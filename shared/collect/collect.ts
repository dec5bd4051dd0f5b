import type { FilingPorts } from '../deadletter/file-letter.ts';
import { letterIdOf } from '../deadletter/letter-id.ts';
import { fileNoticed, readNotice } from '../deadletter/notice.ts';
import type { Delivery, Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { parseJob } from '../job/parse-job.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { changeRow, type RowContent } from '../ledger/change-row.ts';
import { judgeClaim } from '../ledger/claim-rules.ts';
import { firstRow } from '../ledger/first-row.ts';
import type { JobRow } from '../ledger/row.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import {
  ACKNOWLEDGE,
  finishDeadLetter,
  finishMalformed,
  LEAVE,
  type Settlement,
} from '../run/dead-letter.ts';
import type { WorkPorts } from '../run/ports.ts';
import { finishReusedId } from '../run/reused-id.ts';

export type CollectPorts = Omit<WorkPorts, 'transport' | 'wire' | 'budget' | 'jobsQueue'>;

/**
 * One message of the dead-letter queue. A notice of ours: the letter is there, or is filed now. Anything else was
 * moved here by SQS itself, and the ledger says what it was. No content makes it fail.
 */
export async function collect(delivery: Delivery, ports: CollectPorts): Promise<Settlement> {
  const notice = readNotice(delivery.body);
  switch (notice.kind) {
    case 'letter':
      await fileNoticed(filingPorts(ports), notice.letter);
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

const filingPorts = (ports: CollectPorts): FilingPorts => ({
  archive: ports.archive,
  bodies: ports.bodies,
  makeToken: ports.makeId,
});

/** The message stands in the dead-letter queue already; a notice about it would only come round again. */
const alreadyThere = { send: async (): Promise<void> => {} };

async function collectMoved(delivery: Delivery, ports: CollectPorts): Promise<Settlement> {
  const parsed = parseJob(delivery.body);
  if (parsed.kind === 'malformed') return finishMalformed(delivery, parsed, ports);
  const { job } = parsed;
  const judgement = judgeClaim(await ports.ledger.get(job.id), requestFor(job, ports));
  switch (judgement.kind) {
    case 'acknowledge':
      return ACKNOWLEDGE;
    case 'conflict':
      return finishReusedId(job, delivery, ports);
    case 'hide':
      // A run that lives will record and settle; whoever only waits has lost its message and never comes back.
      return judgement.why === 'busy'
        ? LEAVE
        : judgement.why === 'quiet'
          ? ACKNOWLEDGE
          : bury(job, delivery, POISON, ports);
    case 'decided':
      return finishDecided(job, delivery, ports);
    case 'take':
      return bury(job, delivery, judgement.as === 'in-doubt' ? IN_DOUBT : POISON, ports);
    default:
      return assertNever(judgement);
  }
}

const requestFor = (job: Job, ports: CollectPorts) => ({
  jobId: job.id,
  epoch: job.epoch ?? 0,
  digest: digestOf(job),
  now: ports.clock(),
  soleInstance: ports.settings.soleInstance,
});

interface Grave {
  readonly class: FaultClass;
  readonly message: string;
}

const POISON: Grave = {
  class: 'poison',
  message: 'SQS delivered the message a thousand times and moved it to the dead-letter queue',
};
const IN_DOUBT: Grave = {
  class: 'in-doubt',
  message:
    'SQS moved the message away after the worker had announced a call and before it had recorded an answer',
};

/** Decides for the run that never did, then settles as it would have. A row that moved on meanwhile is judged again. */
async function bury(job: Job, delivery: Delivery, grave: Grave, ports: CollectPorts): Promise<Settlement> {
  const { changed } = await changeRow(ports, job.id, (row) => {
    const judgement = judgeClaim(row, requestFor(job, ports));
    const dead = judgement.kind === 'take' || (judgement.kind === 'hide' && judgement.why === 'waiting');
    return dead ? decided(row ?? null, job, delivery, grave, ports) : null;
  });
  return changed ? finishDecided(job, delivery, ports) : LEAVE;
}

function decided(
  row: JobRow | null,
  job: Job,
  delivery: Delivery,
  grave: Grave,
  ports: CollectPorts,
): RowContent {
  const seen = { sequenceNumber: delivery.sequenceNumber, enqueuedAt: delivery.sentAt };
  return {
    ...(row ?? firstRow(job, seen)),
    state: {
      kind: 'decided',
      verdict: {
        ...grave,
        letterId: letterIdOf(job.id, job.epoch ?? 0),
        code: null,
        retryBody: null,
        request: null,
        response: null,
        httpStatus: null,
        decidedAt: ports.clock(),
        quietUntil: null,
      },
    },
  };
}

async function finishDecided(job: Job, delivery: Delivery, ports: CollectPorts): Promise<Settlement> {
  const row = await ports.ledger.get(job.id);
  if (row?.state.kind !== 'decided') return ACKNOWLEDGE;
  await finishDeadLetter(row, row.state.verdict, delivery.body, ports);
  return ACKNOWLEDGE;
}
