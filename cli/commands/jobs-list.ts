import { Option } from 'commander';
import type { JobQuery } from '../../shared/ledger/ledger.ts';
import type { JobRow } from '../../shared/ledger/row.ts';
import type { JobView } from '../../shared/operate/job-json.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { examples } from '../render/example.ts';
import { stateText } from '../render/job.ts';
import { note, print } from '../render/print.ts';
import { table } from '../render/table.ts';
import { count, plural } from '../render/text.ts';
import { bothClocks, since } from '../render/time.ts';

interface ListOptions {
  readonly lead?: string;
  readonly batch?: string;
  readonly state?: JobView['state'];
  readonly limit: string;
}

const STATES = ['queued', 'waiting', 'running', 'completed', 'dead-lettered'] as const;
const DEFAULT_LIMIT = '50';

export const defineJobsList: DefineCommand = (parent, cli) => {
  parent
    .command('list')
    .summary('jobs, newest first, with why they wait')
    .description('Jobs, newest first, with why they wait and until when.')
    .option('--lead <email>', 'what happened to this lead, by address')
    .option('--batch <name>', 'jobs of this batch')
    .addOption(new Option('--state <state>', 'jobs in this state').choices(STATES))
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

interface Listed {
  readonly row: JobRow;
  readonly view: JobView;
}

async function list(cli: Cli, options: ListOptions): Promise<void> {
  const limit = limitOf(options.limit);
  const { holdsNow, viewOf } = await import('../look-up-jobs.ts');
  const stack = await cli.connect();
  const holds = await holdsNow(stack);
  const found: Listed[] = [];
  for (const query of queriesFor(options, limit)) {
    let left = limit;
    let read = 0;
    for await (const row of stack.ledger.list(query)) {
      read += 1;
      if (left === 0 || read > MOST_READ) break;
      if (!matches(row, options)) continue;
      const view = await viewOf(row, stack, holds, false);
      if (options.state !== undefined && view.state !== options.state) continue;
      found.push({ row, view });
      left -= 1;
    }
    if (read > MOST_READ) note(cli, `only the newest ${count(MOST_READ)} jobs were looked at`);
  }
  const newest = found.sort((a, b) => b.row.enqueuedAt - a.row.enqueuedAt).slice(0, limit);
  await print(
    cli,
    newest.map(({ view }) => view),
    () => text(cli, newest, limit),
  );
}

function limitOf(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new UsageError('--limit must be a whole number from 1');
  return n;
}

/** What is filtered out afterwards is read too; past this many a listing would take minutes, and says so. */
const MOST_READ = 5_000;

/** What a word of the contract may stand for in the ledger: a queued row waits while the account is closed. */
const KINDS: Readonly<Record<JobView['state'], readonly JobRow['state']['kind'][]>> = {
  queued: ['queued', 'waiting'],
  waiting: ['waiting', 'parked', 'queued'],
  running: ['running', 'decided'],
  completed: ['completed'],
  'dead-lettered': ['dead-lettered'],
};

function queriesFor({ lead, batch, state }: ListOptions, limit: number): readonly JobQuery[] {
  const filtered = state !== undefined || (lead !== undefined && batch !== undefined);
  const most = filtered ? MOST_READ + 1 : limit;
  if (lead !== undefined) return [{ by: { kind: 'key', orderingKey: keyOf(lead) }, limit: most }];
  if (batch !== undefined) return [{ by: { kind: 'batch', batch }, limit: most }];
  if (state === undefined) return [{ by: { kind: 'all' }, limit: most }];
  const limited = KINDS[state].length === 1 ? limit : most;
  return KINDS[state].map((kind) => ({ by: { kind: 'state', state: kind }, limit: limited }));
}

const keyOf = (email: string): string => `lead:EMAIL:${email.trim().toLowerCase()}`;

const matches = (row: JobRow, { batch }: ListOptions): boolean => batch === undefined || row.batch === batch;

function text(cli: Cli, jobs: readonly Listed[], limit: number): string {
  const { style, width } = cli;
  const now = cli.clock();
  if (jobs.length === 0) return 'no jobs';
  const lines = table(
    jobs,
    [
      { title: 'id', shrink: true, min: 12, value: ({ view }) => view.id },
      { title: 'operation', value: ({ view }) => view.operation },
      {
        title: 'state',
        value: ({ view }) => view.state,
        paint: (cell, { view }) => cell.replace(view.state, stateText(style, view)),
      },
      {
        title: 'attempts',
        align: 'right',
        value: ({ row }) => `${row.attempts.length + row.attemptsDropped}`,
      },
      { title: 'enqueued', value: ({ row }) => since(row.enqueuedAt, now) },
      { title: 'waits for', shrink: true, min: 10, value: ({ view }) => waitCell(view, now) },
    ],
    { width, header: style.dim },
  );
  return jobs.length === limit
    ? `${lines}\n${style.dim(`the newest ${plural(limit, 'job')}; --limit shows more`)}`
    : lines;
}

function waitCell({ waiting }: JobView, now: number): string {
  if (waiting === null) return '';
  return waiting.until === null
    ? waiting.reason
    : `${waiting.reason} until ${bothClocks(Date.parse(waiting.until), now)}`;
}
