import type { JobRow } from '../../shared/ledger/row.ts';
import type { JobView } from '../../shared/operate/job-json.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import { examples } from '../render/example.ts';
import { attemptTable, stateText, waitText } from '../render/job.ts';
import { print } from '../render/print.ts';
import { oneLine } from '../render/text.ts';
import { since } from '../render/time.ts';
import { mktq } from '../render/typed.ts';

export const defineJobsShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .summary('everything about one job')
    .description(
      'What happened to one job: its attempts, why it waits and until when, what Marketo answered.',
    )
    .argument('<id>', 'the id of the job')
    .addHelpText('after', examples('mktq jobs show import-2026-11-22-17'))
    .action((id: string) => show(cli, id));
};

async function show(cli: Cli, id: string): Promise<void> {
  const { holdsNow, viewOf } = await import('../look-up-jobs.ts');
  const stack = await cli.connect();
  const row = await stack.ledger.get(id);
  if (row === null) {
    throw new Failure(
      `there is no job ${id}; see ${mktq(cli, 'jobs list')} (a job just sent by a bare SQS client appears when a worker takes it)`,
    );
  }
  const view = await viewOf(row, stack, await holdsNow(stack), true);
  await print(cli, view, () => text(cli, row, view));
}

function text(cli: Cli, row: JobRow, view: JobView): string {
  const { style } = cli;
  const now = cli.clock();
  const lines = [
    `${style.bold(view.id)}  ${view.operation}  ${stateText(style, view)}`,
    `enqueued ${since(row.enqueuedAt, now)}${row.batch === null ? '' : `, batch ${oneLine(row.batch)}`}${row.epoch === 0 ? '' : `, redriven ${row.epoch}x`}`,
  ];
  if (view.waiting !== null) lines.push(`waits    ${waitText(view.waiting, now)}`);
  if (row.lateOutcome !== null) lines.push(`late     ${oneLine(row.lateOutcome.message)}`);
  if (row.attemptsDropped > 0) lines.push(`${row.attemptsDropped} earlier attempts are not kept`);
  if (view.attempts.length > 0) lines.push('', attemptTable(view.attempts, cli));
  lines.push(...ending(cli, row, view));
  return lines.join('\n');
}

function ending(cli: Cli, { state }: JobRow, view: JobView): readonly string[] {
  if (state.kind === 'dead-lettered')
    return ['', `why and what to do: ${mktq(cli, `dlq show ${state.letterId}`)}`];
  if (state.kind === 'decided')
    return ['', `its dead letter is being filed: ${mktq(cli, `dlq show ${state.verdict.letterId}`)}`];
  if (state.kind !== 'completed') return [];
  if (state.resultDropped) return ['', 'the answer was too large to be kept'];
  return view.result === null ? [] : ['', JSON.stringify(view.result, null, 2)];
}
