import { quietFrom } from '../budget/state.ts';
import type { Attempt } from '../job/attempt.ts';
import { assertNever } from '../kernel/assert-never.ts';
import type { Failure } from '../marketo/faults/classify.ts';
import type { Claimed } from './claim.ts';
import type { Deferred } from './decide.ts';
import type { Found } from './outcome.ts';
import type { RunPorts } from './ports.ts';

/** What the row and the job alone say, where no call is to be made; null: it is to be called now. */
export function withoutCall(
  claimed: Claimed,
  ports: Pick<RunPorts, 'clock' | 'makeId' | 'settings'>,
): Found | null {
  switch (claimed.as) {
    case 'in-doubt':
      return leftInDoubt(claimed, ports.makeId(), ports.settings.serverDoneMs);
    case 'poison':
      return foundUncalled(poison(claimed.row.copy().value.starts));
    case 'expired':
      return foundUncalled(expired(claimed));
    case 'fresh':
      return notYet(claimed, ports.clock());
    default:
      return assertNever(claimed.as);
  }
}

/** What is known of a job without a call. */
export const foundUncalled = (ended: Failure | Deferred): Found => ({
  kind: 'found',
  ended,
  attempts: [],
  exchange: null,
  outcomes: null,
  openedHold: null,
  company: null,
  calledAt: null,
  quietUntil: null,
});

/** A call that an earlier run had announced is an attempt, though nobody saw its answer. */
function leftInDoubt({ intentAt }: Claimed, callId: string, serverDoneMs: number): Found {
  const base = foundUncalled(LEFT_IN_DOUBT);
  if (intentAt === null) return base;
  const attempt: Attempt = {
    callId,
    at: intentAt,
    durationMs: 0,
    class: LEFT_IN_DOUBT.class,
    code: LEFT_IN_DOUBT.code,
    httpStatus: null,
    message: LEFT_IN_DOUBT.message,
    counted: true,
  };
  return { ...base, attempts: [attempt], calledAt: intentAt, quietUntil: quietFrom(intentAt, serverDoneMs) };
}

function notYet({ job: { notBefore } }: Claimed, now: number): Found | null {
  const until = notBefore === undefined ? now : Date.parse(notBefore);
  return until <= now ? null : foundUncalled({ kind: 'deferred', until, reason: 'notBefore' });
}

const unsent = {
  kind: 'failed',
  code: null,
  httpStatus: null,
  ran: 'no',
  sent: false,
  replied: false,
} as const;

const LEFT_IN_DOUBT: Failure = {
  ...unsent,
  class: 'in-doubt',
  message:
    'the worker stopped after it had announced the call and before it had recorded an answer: Marketo may have run it',
  ran: 'maybe',
  sent: true,
};

const poison = (starts: number): Failure => ({
  ...unsent,
  class: 'poison',
  message: `the worker stopped ${starts - 1} times while it had this job, and never finished it`,
});

const expired = ({ job }: Claimed): Failure => ({
  ...unsent,
  class: 'expired',
  message:
    job.expiresAt === undefined
      ? 'the message waited 13 days; SQS would delete it after 14'
      : `its expiresAt ${job.expiresAt} passed before it could be called`,
});
