import { readFile } from 'node:fs/promises';
import { initialState } from '../../shared/budget/state.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { estimateRedrive, type RedriveEstimate } from '../../shared/operate/redrive/estimate.ts';
import type { SkipReason } from '../../shared/operate/redrive/plan.ts';
import {
  planRedrive,
  type RedriveOutcome,
  type RedrivePlan,
  redrive,
} from '../../shared/operate/redrive/redrive.ts';
import type { Cli } from '../cli.ts';
import type { RedriveWords } from '../commands/dlq-redrive.ts';
import type { Connection } from '../connection.ts';
import { Failure } from '../exit.ts';
import { note, print } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, plural } from '../render/text.ts';
import { untilText } from '../render/time.ts';
import { mktq } from '../render/typed.ts';
import { fileTrouble } from '../source/file-trouble.ts';
import type { Pointed } from './filter-options.ts';
import { idsOf } from './letters.ts';

/** How long the first five may take before the rest is left for another time. */
const PATIENCE_MS = 120_000;

export async function redriveLetters(cli: Cli, target: Pointed, words: RedriveWords): Promise<void> {
  const edit = words.edit === undefined ? null : await textOf(cli, words.edit);
  const connection = await cli.connect();
  const plan = await planRedrive(connection, await idsOf(connection, target), {
    by: target.by,
    includeInDoubt: words.includeInDoubt === true,
    superseded: words.superseded === true,
    edited: edit !== null,
  });
  if (words.dryRun === true) return showEstimate(cli, connection, plan);
  const outcome = await run(cli, connection, plan, edit);
  await report(cli, plan, outcome);
  // A letter named by its id was asked for: leaving it out is not what was wanted.
  const short = target.by === 'id' && plan.skipped.length > 0;
  if (short || outcome.stopped !== null || outcome.failed.length > 0) cli.exitWith(1);
}

async function textOf(cli: Cli, file: string): Promise<string> {
  try {
    if (file !== '-') return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${fileTrouble(error)}`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of cli.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function run(
  cli: Cli,
  connection: Connection,
  plan: RedrivePlan,
  edit: string | null,
): Promise<RedriveOutcome> {
  const line = progress(cli.stderr, cli.clock);
  try {
    return await redrive({ ...connection, sleep: cli.sleep }, plan, {
      edit,
      patienceMs: PATIENCE_MS,
      onProgress: (at) =>
        line.show(
          at.kind === 'sending'
            ? `redriven ${count(at.sent)} of ${count(at.total)}`
            : `waiting for the first ${at.sent} to end (${at.ended} have) before the rest follows`,
        ),
    });
  } finally {
    line.done();
  }
}

const selectedOf = (plan: RedrivePlan): number => plan.candidates.length + plan.skipped.length;

async function report(cli: Cli, plan: RedrivePlan, outcome: RedriveOutcome): Promise<void> {
  const answer = {
    selected: selectedOf(plan),
    redriven: outcome.redriven,
    skipped: plan.skipped.length + outcome.closedMeanwhile,
    stopped: outcome.stopped !== null,
  };
  await print(
    cli,
    answer,
    () => `${plural(answer.redriven, 'letter')} of ${count(answer.selected)} redriven.`,
  );
  for (const line of [...skippedLines(cli, plan), ...troubleLines(plan, outcome)]) note(cli, line);
}

function troubleLines(plan: RedrivePlan, outcome: RedriveOutcome): readonly string[] {
  const lines = outcome.failed
    .slice(0, MOST_NAMED)
    .map(({ letterId, message }) => `not redriven: ${letterId}: ${message}`);
  const unnamed = outcome.failed.length - lines.length;
  if (unnamed > 0) lines.push(`not redriven: ${count(unnamed)} more`);
  if (outcome.closedMeanwhile > 0)
    lines.push(`${plural(outcome.closedMeanwhile, 'letter')} closed by somebody else meanwhile`);
  if (outcome.stopped !== null) {
    const left = plan.candidates.length - outcome.redriven - outcome.failed.length - outcome.closedMeanwhile;
    lines.push(`stopped: ${outcome.stopped}. ${plural(left, 'letter')} left open.`);
  }
  return lines;
}

const MOST_NAMED = 5;

/** Why letters were left out, how many, and how to have them all the same. */
function skippedLines(cli: Cli, plan: RedrivePlan): readonly string[] {
  const byReason = Map.groupBy(plan.skipped, ({ reason }) => reason);
  return [...byReason].map(([reason, letters]) => {
    const ids = letters.map(({ letterId }) => letterId);
    const named = ids.slice(0, MOST_NAMED).join(' ') + (ids.length > MOST_NAMED ? ' …' : '');
    return `skipped ${count(ids.length)}: ${SKIP_WORDS[reason](cli, ids.slice(0, MOST_NAMED).join(' '))} (${named})`;
  });
}

const SKIP_WORDS: Readonly<Record<SkipReason, (cli: Cli, ids: string) => string>> = {
  'in-doubt': () =>
    'in doubt, may have run; look in Marketo, then redrive by id, or all with --include-in-doubt',
  superseded: () => 'a later write of the same lead has completed; --superseded sends them all the same',
  'late-success': (cli, ids) =>
    `succeeded late; close with ${mktq(cli, `dlq discard ${ids} --reason "succeeded late"`)}`,
  completed: (cli, ids) =>
    `the job has completed after all; close with ${mktq(cli, `dlq discard ${ids} --reason "completed"`)}`,
  malformed: () => 'never was a job; redrive it by id with --edit FILE, a whole job message',
  redriven: () => 'redriven already; what came of it is in mktq jobs show',
  discarded: () => 'discarded; enqueue the job again if it is wanted after all',
  'not-ended': () => 'the job is still in the queue',
  gone: () => 'the letter was removed meanwhile',
};

/** Up to the next whole one, but for what is less than one. */
const percent = (part: number, whole: number): string =>
  part > 0 && part < whole / 100 ? 'less than 1 %' : `${Math.ceil((part / whole) * 100)} %`;

async function showEstimate(cli: Cli, connection: Connection, plan: RedrivePlan): Promise<void> {
  const now = cli.clock();
  const state = (await connection.budgetStore.get()) ?? initialState(now);
  const estimate = estimateRedrive(plan.candidates.length, state, connection.limits, now);
  const { calls, left, quota, hold, doneAt } = estimate;
  const answer = {
    selected: selectedOf(plan),
    redriven: 0,
    skipped: plan.skipped.length,
    stopped: false,
    dryRun: {
      jobs: plan.candidates.length,
      calls,
      left,
      quota,
      hold:
        hold === null
          ? null
          : { reason: hold.reason, until: hold.until === null ? null : isoTime(hold.until) },
      doneAt: doneAt === null ? null : isoTime(doneAt),
    },
  };
  await print(cli, answer, () => estimateText(cli, plan, estimate, now));
  for (const line of skippedLines(cli, plan)) note(cli, line);
}

function estimateText(cli: Cli, plan: RedrivePlan, estimate: RedriveEstimate, now: number): string {
  const { calls, left, quota, hold, doneAt } = estimate;
  const share = left > 0 ? `${percent(calls, left)} of the ${count(left)} left today` : 'none are left today';
  return [
    `Would redrive  ${plural(plan.candidates.length, 'job')} of ${count(selectedOf(plan))} selected`,
    `Calls          ${count(calls)} (${share}; ${count(quota)} a day)`,
    ...(hold === null ? [] : [`Held           by ${hold.reason}, ends ${untilText(hold.until, now)}`]),
    `Done           ${doneAt === null ? 'not before the hold is lifted' : `${untilText(doneAt, now)}, if nothing else waits`}`,
    cli.style.dim('Nothing was sent.'),
  ].join('\n');
}
