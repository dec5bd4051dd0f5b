import { Option } from 'commander';
import type { FilterWords } from '../../shared/deadletter/filter.ts';
import { errorText } from '../../shared/kernel/error-text.ts';
import type { JobFilter } from '../../shared/operate/job-filter.ts';
import { JOB_STATES, type JobJson, type JobStateName } from '../../shared/operate/job-json.ts';
import type { JobPlace } from '../../shared/operate/job-sources.ts';
import type { FoundJob } from '../../shared/operate/jobs.ts';
import type { ListEnd } from '../../shared/operate/list-jobs.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { Failure, UsageError } from '../exit.ts';
import { conditionsOf, filterFrom, limitFrom, withConditions } from '../filter-options.ts';
import { stateText } from '../render/job.ts';
import { note, printArray, printLine } from '../render/print.ts';
import { cleared, progress } from '../render/progress.ts';
import { inScreens } from '../render/screens.ts';
import { type Column, table } from '../render/table.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { bothClocks, since } from '../render/time.ts';
import { examples, mktq, typedOptions } from '../render/typed.ts';

interface ListOptions extends FilterWords {
  readonly state?: JobStateName;
  readonly limit: string;
  readonly after?: string;
}

const DEFAULT_LIMIT = '50';

export const defineJobsList: DefineCommand = (parent, cli) => {
  withConditions(parent.command('list'))
    .summary('jobs, newest first, with why they wait')
    .description(
      'Jobs, newest first, with why they wait and until when. --code, --class and --cause say how a job failed: as its dead letter ' +
        'says, or the latest attempt of one that lives; without --lead, --batch or --state they list the dead. --text looks through what is kept of a ' +
        'job: of one that has completed the answer, of a dead one the message of its letter and the job itself.',
    )
    .addOption(
      new Option(
        '--state <state>',
        'jobs in this state; without --lead or --batch waiting (put off for more than a minute) and dead-lettered alone',
      ).choices(JOB_STATES),
    )
    .option('--limit <n>', 'at most so many', DEFAULT_LIMIT)
    .option('--after <id>', 'go on after this job: those that are older')
    .addHelpText(
      'after',
      examples(
        'mktq jobs list --lead ann@example.com',
        'mktq jobs list --batch import-2026-11-22 --state waiting',
        'mktq jobs list --batch import-2026-11-22 --class transient --since 2h',
      ),
    )
    .action((options: ListOptions) => list(cli, options));
};

async function list(cli: Cli, options: ListOptions): Promise<void> {
  const limit = limitFrom(options.limit) ?? Number(DEFAULT_LIMIT);
  const { filter: conditions } = filterFrom(options, cli);
  const { isListedAlone, isScan } = await import('../../shared/operate/job-sources.ts');
  const { status: _status, ...parts } = conditions;
  const filter = { ...parts, state: options.state ?? null };
  const { lead, batch, state } = filter;
  if (state !== null && lead === null && batch === null && !isListedAlone(state)) {
    throw new UsageError(
      `--state ${state} needs --lead or --batch: of jobs that are ${state} nothing lists all there are`,
    );
  }
  if (options.after !== undefined && isScan(filter)) {
    throw new UsageError(
      '--after needs --lead, --batch, --state, --cause, --class or --code: nothing orders other jobs',
    );
  }
  const connection = await cli.connect();
  const after = await placeAfter(connection, filter, options.after);
  if (state === 'waiting' && lead === null && batch === null)
    note(
      cli,
      'only what is parked, or was put off for more than a minute at once; --lead or --batch lists every wait',
    );
  const { listJobs } = await import('../../shared/operate/list-jobs.ts');
  const line = progress(cli.stderr, cli.clock);
  const unreadable = new Set<string>();
  let end: ListEnd = { last: null, isCut: false, cutShortAt: null };
  async function* found(): AsyncGenerator<FoundJob> {
    end = yield* listJobs(connection, filter, {
      limit,
      after,
      onUnreadable: (jobId, error) => {
        line.done();
        if (!unreadable.has(jobId)) note(cli, `job ${jobId} cannot be read: ${oneLine(errorText(error))}`);
        unreadable.add(jobId);
      },
      onLooked: (jobs) => line.show(`${plural(jobs, 'job')} looked through`),
    });
  }
  if (cli.json) await printArray(cli, cleared(jsonsOf(found()), line));
  else await showJobs(cli, cleared(inScreens(found()), line), () => moreWords(cli, options, end));
  if (unreadable.size > 0) cli.exitWith(1);
  if (end.cutShortAt !== null) note(cli, cutShortWords(cli, options, end.last, end.cutShortAt));
}

async function placeAfter(
  connection: Connection,
  filter: JobFilter,
  jobId: string | undefined,
): Promise<JobPlace | undefined> {
  if (jobId === undefined) return undefined;
  const [{ placeOfJob }, { isByDeath }] = await Promise.all([
    import('../../shared/operate/list-jobs.ts'),
    import('../../shared/operate/job-sources.ts'),
  ]);
  const place = await placeOfJob(connection, filter, jobId);
  if (place === null) throw new Failure(`there is no job ${JSON.stringify(jobId)} to go on after`);
  if (isByDeath(filter) && place.letter === null)
    throw new Failure(`job ${jobId} is not dead: this list cannot go on after it`);
  return place;
}

const goOn = (cli: Cli, { state, limit, after: _after, ...words }: ListOptions, last: string): string =>
  mktq(
    cli,
    'jobs list',
    [],
    typedOptions({
      ...conditionsOf(words),
      state,
      ...(limit === DEFAULT_LIMIT ? {} : { limit }),
      after: last,
    }),
  );

function moreWords(cli: Cli, options: ListOptions, { last, isCut, cutShortAt }: ListEnd): string | null {
  if (cutShortAt !== null) return null;
  if (last !== null) return `the older ones: ${goOn(cli, options, last)}`;
  return isCut
    ? 'there are more: --limit shows more of them; with --lead, --batch or --state a list goes on'
    : null;
}

const cutShortWords = (cli: Cli, options: ListOptions, last: string | null, most: number): string =>
  last === null
    ? `only ${count(most)} jobs were looked at, whichever came first: --lead, --batch or --state finds the others`
    : `only the newest ${count(most)} jobs were looked at; the older ones: ${goOn(cli, options, last)}`;

async function* jsonsOf(jobs: AsyncIterable<FoundJob>): AsyncGenerator<JobJson> {
  for await (const { json } of jobs) yield json;
}

async function showJobs(
  cli: Cli,
  screens: AsyncIterable<readonly FoundJob[]>,
  more: () => string | null,
): Promise<void> {
  let shown = 0;
  for await (const jobs of screens) {
    await printLine(cli, table(jobs, columnsFor(cli), { width: cli.width, header: cli.style.dim }));
    shown += jobs.length;
  }
  if (shown === 0) return printLine(cli, 'no jobs');
  const words = more();
  if (words !== null) await printLine(cli, `\n${plural(shown, 'job')} shown; ${words}`);
}

function columnsFor({ style, clock }: Cli): readonly Column<FoundJob>[] {
  const now = clock();
  return [
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
  ];
}

function waitCell({ waiting }: JobJson, now: number): string {
  if (waiting === null) return '';
  return waiting.until === null
    ? waiting.reason
    : `${waiting.reason} until ${bothClocks(Date.parse(waiting.until), now)}`;
}
