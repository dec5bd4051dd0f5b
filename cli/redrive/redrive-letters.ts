import { parseJob } from '../../shared/job/parse-job.ts';
import { findLetter, type LetterSelection, selectIds } from '../../shared/operate/letters.ts';
import type { EditedPlan } from '../../shared/operate/redrive/edits.ts';
import { planRedrive, type RedrivePlan } from '../../shared/operate/redrive/plan-redrive.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import type { Connection } from '../connection.ts';
import { Failure } from '../exit.ts';
import { noSuchLetter, noteUnreadable } from '../filter-options.ts';
import { differenceText } from '../render/difference.ts';
import { jobText } from '../render/job-text.ts';
import { note, print } from '../render/print.ts';
import { estimateText, skippedLines, unfitLines } from '../render/redrive.ts';
import { plural } from '../render/text.ts';
import { mktq, typedOptions } from '../render/typed.ts';
import { wholeText } from '../source/pieces.ts';
import type { EditChoice } from './edit-choice.ts';
import { editedPlan } from './edited-plan.ts';
import { discardTyped, editorOf, type Typed, typedIn } from './editor.ts';
import { sendPlan } from './send.ts';
import { SpooledTexts } from './spooled-texts.ts';

interface RedriveWishes {
  readonly dryRun: boolean;
  readonly includeInDoubt: boolean;
  readonly superseded: boolean;
  readonly noTrial: boolean;
  readonly wait: boolean;
  readonly yes: boolean;
}

/** Plans, edits, shows or asks, and sends. Nothing is sent before every edit has been checked. */
export async function redriveLetters(
  cli: Cli,
  selection: LetterSelection,
  edit: EditChoice,
  wishes: RedriveWishes,
): Promise<void> {
  // What is wrong with the words is said before anything is looked for.
  const editor = edit.kind === 'editor' ? editorOf(cli) : null;
  const given = edit.kind === 'file' ? await wholeText(edit.file, cli.stdin) : null;
  const connection = await cli.connect();
  const selected = await selectIds(connection, selection);
  if (selected.kind === 'no-such-letter') throw noSuchLetter(selected);
  const plan = (text: string | null): Promise<RedrivePlan> =>
    planRedrive(connection, selected.ids, {
      by: selection.by,
      includeInDoubt: wishes.includeInDoubt,
      superseded: wishes.superseded,
      edited: edit.kind === 'file' || edit.kind === 'editor',
      editedBatch: text === null ? null : batchIn(text),
    });
  const [letterId = ''] = selected.ids;
  const typed = editor === null ? null : await typedFor(connection, await plan(null), letterId, editor);
  if (typed === 'unchanged') return note(cli, 'it was left as it is: nothing was sent');
  const text = typed?.text ?? given;
  const edits = new SpooledTexts();
  let redriven = 0;
  try {
    const { by } = selection;
    const { superseded } = wishes;
    const edited = await editedPlan(cli, connection, await plan(text), edit, { by, superseded, edits, text });
    noteTroubles(cli, edited.plan);
    redriven = wishes.dryRun
      ? await showDryRun(cli, connection, edited)
      : await askAndSend(cli, connection, selection, edited, wishes);
  } finally {
    edits.close();
    // Also where it failed: nobody should have to type it twice.
    if (typed !== null && redriven === 0) {
      note(
        cli,
        `what you typed is kept: ${mktq(cli, 'dlq redrive', [letterId], typedOptions({ edit: typed.file }))}`,
      );
    }
  }
  if (typed !== null && redriven > 0) await discardTyped(typed);
}

/** The batch that an edit names; what is no job is refused later. */
function batchIn(edit: string): string | null {
  const parsed = parseJob(edit);
  return parsed.kind === 'job' ? (parsed.job.batch ?? null) : null;
}

/** What somebody makes of the letter's message in an editor; null where it would not be sent anyway. */
async function typedFor(
  connection: Connection,
  { candidates }: RedrivePlan,
  letterId: string,
  editor: string,
): Promise<Typed | 'unchanged' | null> {
  if (candidates.length === 0) return null;
  const letter = await findLetter(connection, letterId);
  const kept = letter?.texts.retryBody ?? letter?.texts.job ?? null;
  if (kept === null) throw new Failure('the text of its job is gone; give a whole message with --edit FILE');
  return (await typedIn(editor, letterId, jobText(kept))) ?? 'unchanged';
}

function noteTroubles(cli: Cli, plan: RedrivePlan): void {
  for (const { letterId, reason, message } of plan.skipped) {
    if (reason === 'unreadable') noteUnreadable(cli, { letterId, message: message ?? 'no reason is known' });
  }
  for (const line of unfitLines(plan)) {
    cli.exitWith(1);
    note(cli, line);
  }
}

async function askAndSend(
  cli: Cli,
  connection: Connection,
  selection: LetterSelection,
  edited: EditedPlan,
  { noTrial, wait, yes }: RedriveWishes,
): Promise<number> {
  const letters = edited.plan.candidates.length;
  await confirm(cli, { letters, question: `Redrive ${plural(letters, 'dead letter')}?`, yes });
  const { redriven, isGood } = await sendPlan(cli, connection, edited, { noTrial, wait });
  // A letter named by its id was asked for: leaving it out is not what was wanted.
  const isShort = selection.by === 'id' && edited.plan.skipped.length > 0;
  if (isShort || !isGood) cli.exitWith(1);
  return redriven;
}

async function showDryRun(cli: Cli, connection: Connection, edited: EditedPlan): Promise<0> {
  const { plan, samples } = edited;
  const [{ callsOfPlan }, { readEstimate }, { dryRunJson }] = await Promise.all([
    import('../../shared/operate/redrive/calls-of-plan.ts'),
    import('../../shared/operate/redrive/estimate.ts'),
    import('../../shared/operate/redrive-json.ts'),
  ]);
  const calls = await callsOfPlan(connection, edited, connection.stack.transport);
  const estimate = await readEstimate(connection, calls);
  const json = dryRunJson(plan, estimate, samples);
  await print(cli, json, () => [
    ...(samples.length === 0 ? [] : [{ verbatim: differenceText(cli, samples) }, '']),
    estimateText(cli, json, estimate),
  ]);
  for (const line of skippedLines(cli, plan)) note(cli, line);
  return 0;
}
