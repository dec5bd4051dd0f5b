import { Option } from 'commander';
import { JOB_STATES, type JobJson } from '../../shared/operate/job-json.ts';
import type { FoundJob, JobFilter } from '../../shared/operate/jobs.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { stateText } from '../render/job.ts';
import { note, print } from '../render/print.ts';
import { table } from '../render/table.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { bothClocks, since } from '../render/time.ts';
import { examples } from '../render/typed.ts';

interface ListOptions extends JobFilter {
  readonly limit: string;
}

const DEFAULT_LIMIT = '50';

export const defineJobsList: DefineCommand = (parent, cli) => {
  parent
    .command('list')
    .summary('jobs, newest first, with why they wait')
    .description('Jobs, newest first, with why they wait and until when.')
    .option('--lead <email>', 'what happened to this lead, by address')
    .option('--batch <name>', 'jobs of this batch')
    .addOption(
      new Option(
        '--state <state>',
        'jobs in this state; without --lead or --batch waiting (past a minute) and dead-lettered alone',
      ).choices(JOB_STATES),
    )
    .option('--limit <n>', 'at most so many', DEFAULT_LIMIT)
    .addHelpText(
      'after',
      examples(
        'mktq jobs list --lead ann@example.com',
        'mktq jobs list --batch import-2026-11-22 --state waiting',
      ),
    )
    .action((options: ListOptions) => list(cli, options));
};

async function list(cli: Cli, options: ListOptions): Promise<void> {
  const limit = limitOf(options.limit);
  const { isListedAlone, listJobs, MOST_READ } = await import('../../shared/operate/jobs.ts');
  const { lead, batch, state } = options;
  if (state !== undefined && lead === undefined && batch === undefined && !isListedAlone(state)) {
    throw new UsageError(
      `--state ${state} needs --lead or --batch: of jobs that are ${state} nothing lists all there are`,
    );
  }
  const { jobs, cutShort, unreadable } = await listJobs(await cli.connect(), options, limit);
  for (let n = 0; n < cutShort; n += 1) note(cli, cutShortWords(options, MOST_READ));
  if (state === 'waiting' && lead === undefined && batch === undefined)
    note(cli, 'only what is parked or waits for more than a minute; --lead or --batch lists every wait');
  for (const { jobId, message } of unreadable) note(cli, `job ${jobId} cannot be read: ${oneLine(message)}`);
  if (unreadable.length > 0) cli.exitWith(1);
  await print(
    cli,
    jobs.map(({ json }) => json),
    () => text(cli, jobs, limit),
  );
}

const cutShortWords = ({ lead, batch, state }: ListOptions, most: number): string =>
  lead === undefined && batch === undefined && state === undefined
    ? `only ${count(most)} jobs were looked at, whichever came first: --lead, --batch or --state finds the others`
    : `only the newest ${count(most)} jobs were looked at`;

function limitOf(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new UsageError('--limit must be a whole number from 1');
  return n;
}

function text(cli: Cli, jobs: readonly FoundJob[], limit: number): string {
  const { style, width } = cli;
  const now = cli.clock();
  if (jobs.length === 0) return 'no jobs';
  const lines = table(
    jobs,
    [
      { title: 'id', shrink: true, min: 12, value: ({ json }) => json.id },
      { title: 'operation', value: ({ json }) => json.operation },
      {
        title: 'state',
        value: ({ json }) => json.state,
        paint: (cell, { json }) => cell.replace(json.state, stateText(style, json)),
      },
      {
        title: 'attempts',
        align: 'right',
        value: ({ row }) => `${row.attempts.length + row.attemptsDropped}`,
      },
      { title: 'enqueued', value: ({ row }) => since(row.enqueuedAt, now) },
      { title: 'waits for', shrink: true, min: 10, value: ({ json }) => waitCell(json, now) },
    ],
    { width, header: style.dim },
  );
  return jobs.length === limit
    ? `${lines}\n${style.dim(`the newest ${plural(limit, 'job')}; --limit shows more`)}`
    : lines;
}

function waitCell({ waiting }: JobJson, now: number): string {
  if (waiting === null) return '';
  return waiting.until === null
    ? waiting.reason
    : `${waiting.reason} until ${bothClocks(Date.parse(waiting.until), now)}`;
}
