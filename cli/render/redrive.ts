import type { RedriveEstimate } from '../../shared/operate/redrive/estimate.ts';
import type { SkipReason } from '../../shared/operate/redrive/plan.ts';
import type { RedrivePlan, Skipped } from '../../shared/operate/redrive/plan-redrive.ts';
import type { RedriveOutcome } from '../../shared/operate/redrive/sending.ts';
import type { DryRunJson } from '../../shared/operate/redrive-json.ts';
import type { Cli } from '../cli.ts';
import { count, oneLine, plural } from './text.ts';
import { untilText } from './time.ts';
import { mktq } from './typed.ts';

type Screen = Pick<Cli, 'style' | 'clock' | 'dataDir' | 'stackName' | 'env'>;

const MOST_NAMED = 5;

/** What did not go out, and why. */
export function troubleLines(cli: Screen, plan: RedrivePlan, outcome: RedriveOutcome): readonly string[] {
  const lines = outcome.failed
    .slice(0, MOST_NAMED)
    .map(({ letterId, message }) => `not redriven: ${letterId}: ${oneLine(message)}`);
  const unnamed = outcome.failed.length - lines.length;
  if (unnamed > 0) lines.push(`not redriven: ${count(unnamed)} more`);
  if (outcome.closedMeanwhile > 0)
    lines.push(`${plural(outcome.closedMeanwhile, 'letter')} closed by somebody else meanwhile`);
  lines.push(...trialLines(cli, outcome));
  if (outcome.stopped !== null) {
    const left = plan.candidates.length - outcome.redriven - outcome.failed.length - outcome.closedMeanwhile;
    lines.push(`stopped: ${outcome.stopped}. ${plural(left, 'letter')} left open.`);
  }
  return lines;
}

/** How the first letters ended, where not all of them are done. */
function trialLines(cli: Screen, { trial, stopped }: RedriveOutcome): readonly string[] {
  if (trial === null) return [];
  const lines = trial.died.map(
    ({ jobId, letterId, sameCause }) =>
      `died again${sameCause ? ', of the same cause' : ''}: ${jobId}: ${mktq(cli, 'dlq show', [letterId])}`,
  );
  // Where the rest was held back for it, that says so already.
  return stopped === null && trial.stop !== null && trial.completed + trial.died.length < trial.sent
    ? [...lines, trial.stop]
    : lines;
}

/** Why letters were left out, how many, and how to have them all the same. */
export function skippedLines(cli: Screen, plan: RedrivePlan): readonly string[] {
  const byReason = Map.groupBy(plan.skipped, ({ reason }) => reason);
  return [...byReason].map(([reason, letters]) => {
    const ids = letters.slice(0, MOST_NAMED).map(({ letterId }) => letterId);
    return skippedLine(letters, SKIP_WORDS[reason](cli, ids));
  });
}

/** One line for all that were left out for one reason, the first few of them in front: a command at its end can be pasted. */
export function skippedLine(
  letters: readonly Pick<Skipped, 'letterId'>[],
  why: string,
  title = 'skipped',
): string {
  const named = letters.slice(0, MOST_NAMED).map(({ letterId }) => letterId);
  const more = letters.length > MOST_NAMED ? ' …' : '';
  return `${title} ${count(letters.length)} (${named.join(' ')}${more}): ${why}`;
}

const SKIP_WORDS: Readonly<Record<SkipReason, (cli: Screen, ids: readonly string[]) => string>> = {
  'in-doubt': () =>
    'in doubt, may have run; look in Marketo, then redrive by id, or all with --include-in-doubt',
  superseded: () => 'a later write of the same lead has completed; --superseded sends them all the same',
  'too-old': () =>
    'first sent longer ago than completed jobs are kept: nobody knows whether a later write has overtaken them; --superseded sends them all the same',
  'late-success': (cli, ids) =>
    `succeeded late; close with ${mktq(cli, 'dlq discard', ids, '--reason "succeeded late"')}`,
  completed: (cli, ids) =>
    `the job has completed after all; close with ${mktq(cli, 'dlq discard', ids, '--reason "completed"')}`,
  malformed: () => 'never was a job; redrive it by id with --edit FILE, a whole job message',
  redriven: () => 'redriven already; what came of it is in mktq jobs show',
  discarded: (cli, ids) => `discarded; open them again with ${mktq(cli, 'dlq reopen', ids)}`,
  cancelled: () =>
    'their batch was cancelled; redrive one by id with --edit FILE, a message that names no batch, to run it all the same',
  'not-ended': () => 'the job is still in the queue',
  gone: () => 'the letter was removed meanwhile',
  unreadable: () => 'cannot be read',
  'no-such-field': () =>
    'none of the fields to be changed is in them; a redrive without them sends them as they are',
  unfit: () => 'edited so they would be no valid jobs',
};

/** What is wrong with those whose edit could not be sent. */
export function unfitLines({ skipped }: RedrivePlan): readonly string[] {
  const unfit = skipped.filter(({ reason }) => reason === 'unfit');
  return unfit
    .slice(0, MOST_NAMED)
    .map(({ letterId, message = 'no reason is known' }) => `not redriven: ${letterId}: ${oneLine(message)}`);
}

/** What a redrive would cost, and when it would be through. */
export function estimateText(
  cli: Screen,
  { selected, dryRun }: DryRunJson,
  estimate: RedriveEstimate,
): string {
  return [
    `Would redrive  ${plural(dryRun.jobs, 'job')} of ${count(selected)} selected`,
    ...costLines(estimate, cli.clock()),
    cli.style.dim('Nothing was sent.'),
  ].join('\n');
}

/** The calls, of which quota they are, and when they would be made. How many share one depends on what comes together: a floor. */
export function costLines(
  { calls, left, quota, hold, doneAt }: RedriveEstimate,
  now: number,
): readonly string[] {
  const share = left > 0 ? `${percent(calls, left)} of the ${count(left)} left today` : 'none are left today';
  return [
    `Calls          at least ${count(calls)} (${share}; ${count(quota)} a day)`,
    ...(hold === null ? [] : [`Held           by ${hold.reason}, ends ${untilText(hold.until, now)}`]),
    `Done           ${doneAt === null ? 'not before the hold is lifted' : `${untilText(doneAt, now)}, if nothing else waits`}`,
  ];
}

/** Up to the next whole one, but for what is less than one. */
const percent = (part: number, whole: number): string =>
  part > 0 && part < whole / 100 ? 'less than 1 %' : `${Math.ceil((part / whole) * 100)} %`;
