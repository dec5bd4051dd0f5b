import type { JobRow } from '../../shared/ledger/row.ts';
import type { JobJson } from '../../shared/operate/job-json.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import type { Screen, Verbatim } from '../render/fit.ts';
import { attemptTable, stateText } from '../render/job.ts';
import { print } from '../render/print.ts';
import { oneLine } from '../render/text.ts';
import { since } from '../render/time.ts';
import { examples, mktq } from '../render/typed.ts';
import { waitText } from '../render/waiting.ts';

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
  const { findJob } = await import('../../shared/operate/jobs.ts');
  const job = await findJob(await cli.connect(), id);
  if (job === null) {
    throw new Failure(
      `job ${id}: not taken up yet, or unknown; a job appears when a worker takes it, one sent in bulk under a batch at once (${mktq(cli, 'jobs list --batch NAME')})`,
    );
  }
  await print(cli, job.json, () => text(cli, job.row, job.json));
}

function text(cli: Cli, row: JobRow, json: JobJson): Screen {
  const { style } = cli;
  const now = cli.clock();
  const lines: (string | Verbatim)[] = [
    `${style.bold(json.id)}  ${json.operation}  ${stateText(style, json)}`,
    `enqueued ${since(row.enqueuedAt, now)}${row.batch === null ? '' : `, batch ${oneLine(row.batch)}`}${row.epoch === 0 ? '' : `, redriven ${row.epoch}x`}`,
  ];
  if (json.waiting !== null) lines.push(`waits    ${waitText(json.waiting, now)}`);
  if (row.lateOutcome !== null) lines.push(`late     ${oneLine(row.lateOutcome.message)}`);
  if (row.attemptsDropped > 0) lines.push(`${row.attemptsDropped} earlier attempts are not kept`);
  if (json.attempts.length > 0) lines.push('', attemptTable(json.attempts, cli));
  lines.push(...ending(cli, row, json));
  return lines;
}

function ending(cli: Cli, { state }: JobRow, json: JobJson): readonly (string | Verbatim)[] {
  if (state.kind === 'dead-lettered')
    return ['', `why and what to do: ${mktq(cli, 'dlq show', [state.letterId])}`];
  if (state.kind === 'decided')
    return ['', `its dead letter is being filed: ${mktq(cli, 'dlq show', [state.decision.letterId])}`];
  if (state.kind === 'cancelled') return ['', 'its batch was cancelled before it was run'];
  if (state.kind !== 'completed') return [];
  if (state.resultDropped) return ['', 'the answer was too large to be kept'];
  return json.result === null ? [] : ['', { verbatim: JSON.stringify(json.result, null, 2) }];
}
