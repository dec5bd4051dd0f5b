import { civilDay, nextMidnight } from '../budget/civil-day.ts';
import type { Attempt } from '../job/attempt.ts';
import type { JobRow } from '../ledger/row.ts';
import type { Verdict } from '../marketo/faults/classify.ts';
import { beforeCalling, type Early } from './before-calling.ts';
import { type CallResult, callMarketo } from './call.ts';
import type { Claimed } from './claim.ts';
import { type Circumstances, decide } from './decide.ts';
import type { Invocation, WorkPorts } from './ports.ts';
import { type Finding, writeOwn } from './record.ts';

/** A quota answer to a call of a day that is over by now: the new day's quota is there, the answer only came late. */
const DAY_IS_OVER_DELAY_MS = 60_000;

/** Finds out what is to be done with a claimed job, by a call if it takes one. `lost`: another run has it now. */
export async function investigate(
  claimed: Claimed,
  invocation: Invocation,
  ports: WorkPorts,
): Promise<Finding | 'lost'> {
  const early = beforeCalling(claimed, ports.clock());
  if (early !== null) return withoutCall(claimed, early, ports);
  let own: JobRow = claimed.row;
  const intend = async (): Promise<boolean> => {
    const row = await writeOwn({ ...claimed, row: own }, (stored) => announced(stored, ports.clock()), ports);
    if (row !== null) own = row;
    return row !== null;
  };
  const result = await callMarketo(claimed.job, intend, invocation, ports);
  return result.kind === 'refused' ? refusedFinding(result, own) : judgedFinding(claimed, own, result, ports);
}

const announced = (row: JobRow, intentAt: number): JobRow =>
  row.state.kind === 'running' ? { ...row, state: { ...row.state, intentAt } } : row;

function refusedFinding(result: Extract<CallResult, { kind: 'refused' }>, own: JobRow): Finding | 'lost' {
  if (result.refusal.kind === 'lost-claim') return 'lost';
  const { until, because } = result.refusal.wait;
  return {
    own,
    disposition: { kind: 'defer', until, reason: because },
    attempts: result.attempts,
    exchange: null,
    outcomes: null,
  };
}

function judgedFinding(
  claimed: Claimed,
  own: JobRow,
  result: Extract<CallResult, { kind: 'judged' }>,
  ports: WorkPorts,
): Finding {
  const { verdict, attempts, exchange, openedHold, quietUntil } = result;
  const earlier = attempts.slice(0, -1);
  const circumstances = circumstancesFor(claimed, earlier, ports, {
    openedHold: openedHold === 'credentials',
    quietUntil,
    sentAt: exchange.sentAt,
  });
  return { own, disposition: decide(verdict, circumstances), attempts, exchange, outcomes: result.outcomes };
}

/** Judged from the row alone. A call that an earlier run had announced is an attempt, though nobody saw its answer. */
function withoutCall(claimed: Claimed, early: Early, ports: WorkPorts): Finding {
  if (early.kind === 'not-yet') {
    return {
      own: claimed.row,
      disposition: early.disposition,
      attempts: [],
      exchange: null,
      outcomes: null,
    };
  }
  const { failure, calledAt } = early;
  const quietUntil = calledAt === null ? null : calledAt + ports.settings.serverDoneMs;
  const circumstances = circumstancesFor(claimed, [], ports, {
    openedHold: false,
    quietUntil,
    sentAt: calledAt,
  });
  const attempts = calledAt === null ? [] : [unansweredAttempt(failure, calledAt, ports.makeId())];
  return {
    own: claimed.row,
    disposition: decide(failure, circumstances),
    attempts,
    exchange: null,
    outcomes: null,
  };
}

const unansweredAttempt = (
  failure: Exclude<Verdict, { kind: 'succeeded' }>,
  at: number,
  callId: string,
): Attempt => ({
  callId,
  at,
  durationMs: 0,
  class: failure.class,
  code: failure.code,
  httpStatus: null,
  message: failure.message,
  counted: true,
});

function circumstancesFor(
  claimed: Claimed,
  earlier: readonly Attempt[],
  ports: WorkPorts,
  seen: Pick<Circumstances, 'openedHold' | 'quietUntil'> & { readonly sentAt: number | null },
): Circumstances {
  const now = ports.clock();
  const dayIsOver = seen.sentAt !== null && civilDay(seen.sentAt) !== civilDay(now);
  return {
    job: claimed.job,
    attempts: [...claimed.row.attempts, ...earlier],
    counted: claimed.row.counted,
    now,
    quietUntil: seen.quietUntil,
    openedHold: seen.openedHold,
    quotaResetsAt: dayIsOver ? now + DAY_IS_OVER_DELAY_MS : nextMidnight(now),
    backoff: ports.settings.backoff,
    random: ports.random,
  };
}
