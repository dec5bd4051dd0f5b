import { assertNever } from '../kernel/assert-never.ts';
import type { Failure } from '../marketo/faults/classify.ts';
import type { Claimed } from './claim.ts';
import type { Disposition } from './disposition.ts';

/** What can be said of a claimed job before any call: null means that it is to be called now. */
export type Early =
  /** A verdict without a call of this run; `calledAt` is when an earlier run announced one. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly calledAt: number | null }
  | { readonly kind: 'not-yet'; readonly disposition: Extract<Disposition, { kind: 'defer' }> };

export function beforeCalling(claimed: Claimed, now: number): Early | null {
  switch (claimed.as) {
    case 'in-doubt':
      return { kind: 'failed', failure: LEFT_IN_DOUBT, calledAt: claimed.intentAt };
    case 'poison':
      return { kind: 'failed', failure: poison(claimed.row.starts), calledAt: null };
    case 'expired':
      return { kind: 'failed', failure: expired(claimed), calledAt: null };
    case 'fresh':
      return notYet(claimed, now);
    default:
      return assertNever(claimed.as);
  }
}

function notYet(claimed: Claimed, now: number): Early | null {
  const { notBefore } = claimed.job;
  const until = notBefore === undefined ? now : Date.parse(notBefore);
  return until <= now
    ? null
    : { kind: 'not-yet', disposition: { kind: 'defer', until, reason: 'notBefore' } };
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
