import type { JobHistory } from '../../shared/operate/history.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import type { Screen, Verbatim } from '../render/fit.ts';
import { stateText } from '../render/job.ts';
import { print } from '../render/print.ts';
import { harmless, oneLine } from '../render/text.ts';
import { timelineLines } from '../render/timeline.ts';
import { examples, mktq, typedOptions } from '../render/typed.ts';

export const defineJobsShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .summary('everything about one job')
    .description(
      'What happened to one job, the first first: when it was sent, each attempt, each dead letter and what was done about it, its ' +
        'end, or why it waits and until when; what it asks for, where that is kept, and what Marketo answered.',
    )
    .argument('<id>', 'the id of the job')
    .addHelpText('after', examples('mktq jobs show import-2026-11-22-17'))
    .action((id: string) => show(cli, id));
};

async function show(cli: Cli, id: string): Promise<void> {
  const { findHistory } = await import('../../shared/operate/history.ts');
  const job = await findHistory(await cli.connect(), id);
  if (job === null) {
    throw new Failure(
      `job ${id}: not taken up yet, or unknown\n` +
        `a message that is no valid job has a letter alone: ${mktq(cli, 'dlq list', [], typedOptions({ class: 'malformed', text: id }))}\n` +
        `a job appears when a worker takes it, one sent in bulk under a batch at once: ${mktq(cli, 'jobs list --batch NAME')}`,
    );
  }
  await print(cli, job.json, () => text(cli, job));
}

function text(cli: Cli, { row, json }: JobHistory): Screen {
  const { style } = cli;
  const about = [
    ...(row.batch === null ? [] : [`batch ${oneLine(row.batch)}`]),
    oneLine(row.orderingKey),
    ...(row.epoch === 0 ? [] : [`redriven ${row.epoch === 1 ? 'once' : `${row.epoch} times`}`]),
  ];
  return [
    `${style.bold(json.id)}  ${json.operation}  ${stateText(style, json)}`,
    style.dim(about.join(', ')),
    '',
    ...(row.attemptsDropped > 0 ? [`${row.attemptsDropped} earlier attempts are not kept`] : []),
    ...timelineLines(json.timeline, { style, now: cli.clock() }),
    ...body(style.bold('Params'), json.params),
    ...ending(cli, { row, json }),
  ];
}

const body = (title: string, value: unknown): readonly (string | Verbatim)[] =>
  value == null ? [] : ['', title, { verbatim: harmless(JSON.stringify(value, null, 2)) }];

function ending(cli: Cli, { row: { state }, json }: JobHistory): readonly (string | Verbatim)[] {
  if (state.kind === 'dead-lettered')
    return ['', `why and what to do: ${mktq(cli, 'dlq show', [state.letterId])}`];
  if (state.kind === 'decided')
    return ['', `its dead letter is being filed: ${mktq(cli, 'dlq show', [state.decision.letterId])}`];
  if (state.kind !== 'completed') return [];
  if (state.resultDropped) return ['', 'the answer was too large to be kept'];
  return body(cli.style.bold('Result'), json.result);
}
