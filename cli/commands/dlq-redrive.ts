import { readFile } from 'node:fs/promises';
import type { HoldInForce } from '../../shared/budget/holds.ts';
import type { FilterWords } from '../../shared/deadletter/filter.ts';
import type { LetterSelection } from '../../shared/operate/letters.ts';
import type { RedrivePlan } from '../../shared/operate/redrive/plan-redrive.ts';
import type { RedriveOutcome } from '../../shared/operate/redrive/sending.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { Failure, UsageError } from '../exit.ts';
import { noSuchLetter, noteUnreadable, selectionFrom, withFilter } from '../filter-options.ts';
import { note, print, sayDone } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { estimateText, skippedLines, troubleLines } from '../render/redrive.ts';
import { count, plural } from '../render/text.ts';
import { examples } from '../render/typed.ts';
import { holdLine } from '../render/waiting.ts';
import { fileTrouble } from '../trouble.ts';

interface RedriveWords extends FilterWords {
  readonly dryRun?: boolean;
  readonly edit?: string;
  readonly includeInDoubt?: boolean;
  readonly superseded?: boolean;
  /** commander's reading of --no-trial. */
  readonly trial: boolean;
}

export const defineDlqRedrive: DefineCommand = (parent, cli) => {
  withFilter(parent.command('redrive').argument('[ids...]', 'of letters; or give a filter'))
    .summary('send dead letters back to the queue')
    .description(
      'Sends dead letters back to the queue: five first, and the rest only if the same cause does not come back. Exit 1 ' +
        'if one of the five dies again. While the account is held nothing is sent. A filter leaves out what may have run already, what a later write has overtaken, and what succeeded late, and ' +
        'says how many; ids are taken at their word.',
    )
    .option('--dry-run', 'only say what it would send, cost, and when it would be done')
    .option(
      '--edit <file>',
      'one id: send this whole job message in its place (- is stdin); the original is kept',
    )
    .option('--include-in-doubt', 'with a filter: also what may have run already')
    .option('--superseded', 'with a filter: also what a later write of the same lead has overtaken')
    .option('--no-trial', 'send all at once, and wait for the end of none')
    .addHelpText(
      'after',
      examples(
        'mktq dlq redrive import-7',
        'mktq dlq redrive --cause 3f2a9c0d11ee --dry-run',
        'mktq dlq redrive --code 20103 --since 3d',
        'mktq dlq redrive import-7 --edit corrected.json',
      ),
    )
    .action(async (ids: readonly string[], words: RedriveWords) => {
      const selection = selectionFrom(ids, words, cli);
      if (selection.by === 'filter' && selection.filter.status !== 'open') {
        throw new UsageError('only open letters can be redriven; leave out --status');
      }
      if (words.edit !== undefined && (selection.by !== 'id' || selection.ids.length !== 1)) {
        throw new UsageError('--edit takes exactly one id');
      }
      await redriveAll(cli, selection, words);
    });
};

/** The batch that an edit names; what is no job is refused later. */
async function batchIn(edit: string): Promise<string | null> {
  const { parseJob } = await import('../../shared/job/parse-job.ts');
  const parsed = parseJob(edit);
  return parsed.kind === 'job' ? (parsed.job.batch ?? null) : null;
}

async function redriveAll(cli: Cli, selection: LetterSelection, words: RedriveWords): Promise<void> {
  const edit = words.edit === undefined ? null : await textOf(cli, words.edit);
  const [{ selectIds }, { planRedrive }] = await Promise.all([
    import('../../shared/operate/letters.ts'),
    import('../../shared/operate/redrive/plan-redrive.ts'),
  ]);
  const connection = await cli.connect();
  const selected = await selectIds(connection, selection);
  if (selected.kind === 'no-such-letter') throw noSuchLetter(selected);
  const plan = await planRedrive(connection, selected.ids, {
    by: selection.by,
    includeInDoubt: words.includeInDoubt === true,
    superseded: words.superseded === true,
    edited: edit !== null,
    editedBatch: edit === null ? null : await batchIn(edit),
  });
  for (const { letterId, reason, message } of plan.skipped) {
    if (reason === 'unreadable') noteUnreadable(cli, { letterId, message: message ?? 'no reason is known' });
  }
  if (words.dryRun === true) return showEstimate(cli, connection, plan);
  const outcome = await run(cli, connection, plan, { edit, noTrial: !words.trial });
  await report(cli, plan, outcome);
  // A letter named by its id was asked for: leaving it out is not what was wanted.
  const short = selection.by === 'id' && plan.skipped.length > 0;
  const again = outcome.trial !== null && outcome.trial.died.length > 0;
  if (short || again || outcome.stopped !== null || outcome.failed.length > 0) cli.exitWith(1);
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

/** How long the first five may take before the rest is left for another time. */
const PATIENCE_MS = 120_000;

async function run(
  cli: Cli,
  connection: Connection,
  plan: RedrivePlan,
  choice: { readonly edit: string | null; readonly noTrial: boolean },
): Promise<RedriveOutcome> {
  const [{ redrive }, { obstaclesNow }] = await Promise.all([
    import('../../shared/operate/redrive/redrive.ts'),
    import('../../shared/operate/hold.ts'),
  ]);
  const stop = cli.stop();
  const line = progress(cli.stderr, cli.clock);
  try {
    return await redrive(connection, plan, {
      ...choice,
      patienceMs: PATIENCE_MS,
      heldBy: async () => heldWords((await obstaclesNow(connection)).holds, cli.clock()),
      isStopAsked: () => stop.asked,
      onProgress: (at) =>
        line.show(
          at.kind === 'sending'
            ? `redriven ${count(at.sent)} of ${count(at.total)}`
            : `waiting for ${at.isAll ? 'all' : 'the first'} ${at.sent} to end (${at.ended} have)${at.isAll ? '' : ' before the rest follows'}`,
        ),
    });
  } finally {
    line.done();
  }
}

/** A full rate window is over in seconds: that is no reason to send nothing. */
function heldWords(holds: readonly HoldInForce[], now: number): string | null {
  const hold = holds.find(({ reason }) => reason !== 'rate');
  return hold === undefined ? null : `the account is held by ${holdLine(hold, now)}`;
}

async function report(cli: Cli, plan: RedrivePlan, outcome: RedriveOutcome): Promise<void> {
  const { redriveJson } = await import('../../shared/operate/redrive-json.ts');
  const json = redriveJson(plan, outcome);
  const done = `${plural(json.redriven, 'letter')} of ${count(json.selected)} redriven.`;
  if (cli.stdout.lost === true) sayDone(cli, done);
  else await print(cli, json, () => [done, ...fate(outcome)].join('\n'));
  for (const line of [...skippedLines(cli, plan), ...troubleLines(cli, plan, outcome)]) note(cli, line);
}

/** Being back in the queue is no end: what is known of the ends is said beside it. */
function fate({ trial }: RedriveOutcome): readonly string[] {
  if (trial === null) return [];
  const open = trial.sent - trial.completed - trial.died.length;
  const parts = [
    `${count(trial.completed)} completed`,
    ...(trial.died.length > 0 ? [`${count(trial.died.length)} died again`] : []),
    ...(open > 0 ? [`${count(open)} not ended`] : []),
  ];
  return [`Of the ${count(trial.sent)} that were waited for: ${parts.join(', ')}.`];
}

async function showEstimate(cli: Cli, connection: Connection, plan: RedrivePlan): Promise<void> {
  const [{ readEstimate }, { dryRunJson }] = await Promise.all([
    import('../../shared/operate/redrive/estimate.ts'),
    import('../../shared/operate/redrive-json.ts'),
  ]);
  const estimate = await readEstimate(connection, plan.candidates.length);
  const json = dryRunJson(plan, estimate);
  await print(cli, json, () => estimateText(cli, json, estimate));
  for (const line of skippedLines(cli, plan)) note(cli, line);
}
