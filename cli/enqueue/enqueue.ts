import { batchIsCancelled, type Candidate, enqueueJobs } from '../../client/enqueue-jobs.ts';
import type { EnqueueResult } from '../../client/types.ts';
import { sharedLimits } from '../../shared/budget/limits.ts';
import { ulidMaker } from '../../shared/kernel/ulid.ts';
import { watchCancellations } from '../../shared/ledger/cancellations.ts';
import { BACKLOG_DAYS } from '../../shared/operate/status.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { Failure, UsageError } from '../exit.ts';
import { note, printJson, sayDone } from '../render/print.ts';
import { type Progress, progress } from '../render/progress.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { mktq } from '../render/typed.ts';
import type { SourceRow } from '../source/row.ts';
import { untilStopped } from '../stop.ts';
import { checkIds, completer, type EnqueueOptions } from './options.ts';
import { sourceOf } from './source.ts';
import { waitForEnds } from './wait-for-ends.ts';

/** What one run of `mktq enqueue` did. `ids` are kept only if somebody waits for their ends. */
interface Tally {
  accepted: number;
  known: number;
  unrecorded: number;
  refused: number;
  lastId: string | null;
  /** Of the last row that was answered for; 0 if none was. */
  lastLine: number;
  readonly ids: string[];
}

/** Sends what the options name, reports each row as it is answered for, and sums up. */
export async function enqueue(cli: Cli, options: EnqueueOptions): Promise<void> {
  checkIds(options);
  const complete = completer(options);
  const source = sourceOf(options, cli.stdin);
  const rows = options.id === undefined ? source : onlyOne(source);
  const stack = await cli.connect();
  const tally: Tally = {
    accepted: 0,
    known: 0,
    unrecorded: 0,
    refused: 0,
    lastId: null,
    lastLine: 0,
    ids: [],
  };
  const shown = progress(cli.stderr, cli.clock);
  const stop = cli.stop();
  const lines: number[] = [];
  const onUnrecorded = (jobs: number): void => {
    tally.unrecorded += jobs;
  };
  const isCancelled = watchCancellations(stack.cancellations, cli.clock);
  if (options.batch !== undefined && (await isCancelled(options.batch)))
    throw new Failure(batchIsCancelled(options.batch));
  const ports = { ...stack, makeId: ulidMaker(cli.clock), onUnrecorded, isCancelled };
  try {
    for await (const result of enqueueJobs(ports, candidates(untilStopped(rows, stop), complete, lines))) {
      tally.lastLine = lines.shift() ?? 0;
      await report(cli, result, tally, shown, options);
      if ('id' in result && options.wait === true) tally.ids.push(result.id);
    }
  } finally {
    shown.done();
  }
  if (tally.refused > 0) cli.exitWith(1);
  if (stop.asked) return sayStopped(cli, tally, options);
  sumUp(cli, tally, options);
  await warnOfBacklog(cli, stack);
  if (options.wait === true) await waitForEnds(cli, stack, tally.ids, stop);
}

/** `lines` gets the line of each candidate; results come in the same order, so it is a queue. */
async function* candidates(
  rows: AsyncIterable<SourceRow>,
  complete: ReturnType<typeof completer>,
  lines: number[],
): AsyncGenerator<Candidate> {
  for await (const row of rows) {
    lines.push(row.line);
    if (row.kind === 'bad') yield { kind: 'unreadable', error: row.error };
    else yield { kind: 'job', value: complete(row.value, row.line), line: row.line };
  }
}

/** Two jobs cannot have one id: the second row is found before the first is sent. */
async function* onlyOne(rows: AsyncIterable<SourceRow>): AsyncGenerator<SourceRow> {
  const all: SourceRow[] = [];
  for await (const row of rows) {
    if (all.length === 1)
      throw new UsageError('--id is for one job; for many use --batch, or ids of their own');
    all.push(row);
  }
  yield* all;
}

async function report(
  cli: Cli,
  result: EnqueueResult,
  tally: Tally,
  shown: Progress,
  { wait }: EnqueueOptions,
): Promise<void> {
  const line = tally.lastLine;
  if ('error' in result) {
    tally.refused += 1;
    shown.done();
    note(cli, `line ${line}: ${oneLine(result.error)}`);
    if (cli.json) await printJson(cli, { line, error: result.error });
  } else {
    tally.accepted += 1;
    if (!result.sent) tally.known += 1;
    tally.lastId = result.id;
    // Whoever waits gets a line of each job when it has ended.
    if (cli.json && wait !== true) await printJson(cli, { id: result.id });
  }
  shown.show(`${count(tally.accepted)} enqueued, ${count(tally.refused)} refused`);
}

function sumUp(cli: Cli, tally: Tally, options: EnqueueOptions): void {
  if (tally.unrecorded > 0) {
    note(cli, `${plural(tally.unrecorded, 'job')} sent, but not in the ledger until a worker takes them`);
  }
  const sent = tally.accepted - tally.known;
  const parts = [
    tally.accepted === 1 && sent === 1 ? `enqueued ${tally.lastId}` : `${plural(sent, 'job')} enqueued`,
    ...(tally.known > 0 ? [`${count(tally.known)} had been before and were not sent again`] : []),
    ...(tally.refused > 0 ? [`${count(tally.refused)} refused`] : []),
  ];
  sayDone(cli, parts.join(', '));
  const next = options.batch === undefined ? null : mktq(cli, 'batch show', [options.batch]);
  const show = tally.accepted === 1 && tally.lastId !== null ? mktq(cli, 'jobs show', [tally.lastId]) : next;
  if (show !== null) sayDone(cli, `follow: ${show}`);
}

/** Every row that was read has been sent or refused: the rest begins after the last of them. */
function sayStopped(cli: Cli, tally: Tally, { batch, wait }: EnqueueOptions): void {
  cli.exitWith(1);
  const sent = plural(tally.accepted - tally.known, 'job');
  const known = tally.known === 0 ? '' : `, ${count(tally.known)} had been before`;
  note(
    cli,
    `stopped after line ${tally.lastLine}: ${sent} sent${known}, ${count(tally.refused)} refused${wait === true ? '; none is waited for' : ''}`,
  );
  note(
    cli,
    batch === undefined
      ? `to go on, send only what follows line ${tally.lastLine}: without --batch a row sent again is another job`
      : `to go on, type the same command again: it knows what was sent, and sends only the rest; so far: ${mktq(cli, 'batch show', [batch])}`,
  );
}

async function warnOfBacklog(cli: Cli, stack: Connection): Promise<void> {
  const stats = await stack.jobsQueue.stats().catch(() => null);
  if (stats === null) return;
  const backlog = stats.visible + stats.inFlight + stats.delayed;
  const { quota } = sharedLimits(stack.limits);
  if (backlog > BACKLOG_DAYS * quota) {
    const days = Math.ceil(backlog / quota);
    note(
      cli,
      `warning: ${plural(backlog, 'job')} are ${count(days)} days of quota (${count(quota)} calls a day); jobs expire after 13 days`,
    );
  }
}
