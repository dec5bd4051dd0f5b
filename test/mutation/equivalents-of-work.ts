import { type Equivalent, NARROWS, NULL_IS_NO_TIME, of } from './equivalent.ts';

const inLedger: readonly Equivalent[] = [
  of(
    'shared/ledger/claim-rules.ts',
    "case 'queued':",
    ["case 'queued':"],
    'taken as one that waits for no time',
  ),
  of('shared/ledger/claim-rules.ts', 'state.quietUntil !== null', ['true'], NULL_IS_NO_TIME),
  of('shared/ledger/claim-rules.ts', "if (check.kind !== 'take' || check.as", ['false'], NARROWS),
  of('shared/ledger/order.ts', 'operation !== null && SETS_VALUES', ['true'], 'the set has no null'),
  of('shared/ledger/order.ts', 'left === right ? 0', ['left <= right'], 'equal ones have been answered'),
];

const inRun: readonly Equivalent[] = [
  ...["case 'in-doubt':", "case 'malformed':", "case 'expired':", "case 'poison':"].map((line) =>
    of('shared/run/account-signal.ts', line, ['""'], 'no answer to a safe call has this class'),
  ),
  of('shared/run/account-signal.ts', "fault.kind === 'unreadable'", ['true'], 'no other fault has a `what`'),
  of('shared/run/account-signal.ts', "fault.kind === 'gateway'", ['true'], 'no other fault has a `waitMs`'),
  of(
    'shared/run/claim.ts',
    "if (check.kind !== 'take' || changed.kind === 'left')",
    ["check.kind !== 'take' && changed.kind === 'left'", 'false', '""'],
    'the row is left exactly where the check is not to take it',
  ),
  of(
    'shared/run/claim.ts',
    "return unclaimed(check.kind === 'take'",
    ['false', '""', '{}'],
    'a row that is to be taken is not left',
  ),
  of(
    'shared/run/claim.ts',
    'delivery.sentAt + MAX_AGE_MS <= now',
    ['true'],
    'the time of none is no number, and before nothing',
  ),
  of('shared/run/earlier-run.ts', 'if (row === null || !(isTakenOver', ['false'], 'no row is neither'),
  of(
    'shared/run/earlier-run.ts',
    ".filter(([id]) => known === 'all'",
    ['true', '""'],
    'the word holds no id',
  ),
  of('shared/run/earlier-run.ts', "return state.quietOf ?? 'none'", ['""'], NARROWS),
  of(
    'shared/run/earlier-run.ts',
    "return state.kind === 'running' && state.intentAt",
    ['true', '""'],
    NARROWS,
  ),
  of('shared/run/own-row.ts', "own.state.kind === 'running' && own.state.intentAt", ['true'], NARROWS),
  of('shared/run/record.ts', "await save('retry'", ['""'], 'any name will do that no other text has'),
  of(
    'shared/run/settle.ts',
    "case 'retry':",
    ["case 'retry':"],
    'a deferral by no hold hides the message alike',
  ),
  of('shared/run/settle.ts', "return state.kind === 'decided'", ['true'], NARROWS),
  of('shared/run/settle.ts', 'return quietUntil !== null', ['true'], NULL_IS_NO_TIME),
  of(
    'shared/run/settle.ts',
    "if (changed.kind === 'left' || changed.copy.value",
    ["changed.kind === 'left' && changed.copy.value.state.kind !== 'decided'", 'false', '""'],
    'the row is left exactly where it is not decided',
  ),
];

const inBudget: readonly Equivalent[] = [
  of('shared/budget/admit.ts', 'const own = [...', ['["Stryker was here"]'], 'no time is in it'),
  of(
    'shared/budget/holds.ts',
    '(state.failedCalls ?? []).length',
    ['["Stryker was here"]'],
    'one is not three',
  ),
  of('shared/budget/probe.ts', 'if (hold.until !== null && now', ['true'], NULL_IS_NO_TIME),
  of(
    'shared/budget/batch.ts',
    'const stamps = state.calls[worker]',
    ['["Stryker was here"]'],
    'no time is in it',
  ),
  of('shared/budget/call-log.ts', 'const stampsOf =', ['["Stryker was here"]'], 'no time is in it'),
  of('shared/budget/clamp.ts', 'upstreamOpenedAt: state.upstreamOpenedAt', ['false'], NULL_IS_NO_TIME),
  of('shared/budget/clamp.ts', '...(credentials === undefined', ['false'], 'undefined is not stored'),
  of('shared/budget/clamp.ts', '...(upstream === undefined', ['false'], 'undefined is not stored'),
  of(
    'shared/budget/day.ts',
    'if (recent !== null && at >= recent.start',
    ['false', 'at > recent.start'],
    'the answer is the same with or without what is remembered',
  ),
  of(
    'shared/budget/holds.ts',
    'length: call.length / DIGEST_LENGTH',
    ['call.length * DIGEST_LENGTH'],
    'more empty texts',
  ),
  of(
    'shared/budget/holds.ts',
    "hold.probeAt !== null && !isInForce('credentials'",
    ['true'],
    'such a hold has no end',
  ),
  of('shared/budget/holds.ts', 'const again = state.upstreamOpenedAt', ['true'], NULL_IS_NO_TIME),
  of(
    'shared/budget/narrowing.ts',
    'state.holds[reason]?.probeAt',
    ['state.holds[reason].probeAt'],
    'the hold is there',
  ),
  of('shared/budget/narrowing.ts', 'const until = probeAt !== null', ['true'], NULL_IS_NO_TIME),
  of('shared/budget/report.ts', 'if (stamp === undefined || sentAt === null', ['false'], NULL_IS_NO_TIME),
  of(
    'shared/budget/report.ts',
    'const once = report.signal.kind',
    ['true'],
    'no other signal has `oncePerJob`',
  ),
];

/** Of the run, the ledger and the budget. */
export const equivalentsOfWork: readonly Equivalent[] = [...inLedger, ...inRun, ...inBudget];
