import { batchIsCancelled, enqueueJobs } from '../../client/enqueue-jobs.ts';
import { sharedLimits } from '../../shared/budget/limits.ts';
import { ulidMaker } from '../../shared/kernel/ulid.ts';
import { watchCancellations } from '../../shared/ledger/cancellations.ts';
import { BACKLOG_DAYS } from '../../shared/operate/status.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { Failure } from '../exit.ts';
import { note } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, plural } from '../render/text.ts';
import { untilStopped } from '../stop.ts';
import { Canary, lookingAhead, sizeAsked, USUAL_SIZE, whyNoCanary } from './canary.ts';
import { type Asked, candidatesOf, onlyOne } from './candidates.ts';
import { Corrections } from './corrections.ts';
import { inputOf } from './input.ts';
import { checkIds, completer, type EnqueueOptions } from './options.ts';
import { closeRejects, rejectsOf } from './rejects.ts';
import { type PlacedRow, Report, type RowResult } from './report.ts';
import { Throughput } from './throughput.ts';
import { waitForEnds } from './wait-for-ends.ts';
import { watchFirst } from './watch-first.ts';

const NOT_ASKED: Asked = { line: 0, cells: [], batch: null, endsSoon: false };

/** Sends what the options name, reports each row as it is answered for, and sums up. */
export async function enqueue(cli: Cli, options: EnqueueOptions): Promise<void> {
  checkIds(options);
  const complete = completer(options);
  const canarySize = sizeAsked(options);
  const input = await inputOf(cli, options);
  const rejects = rejectsOf(options, input);
  const source = options.id === undefined ? input.rows : onlyOne(input.rows);
  if (options.dryRun === true) {
    const { dryRun } = await import('./dry-run.ts');
    return dryRun(cli, options, { ...input, rows: source }, rejects);
  }
  const stack = await cli.connect();
  const isCancelled = watchCancellations(stack.cancellations, cli.clock);
  if (options.batch !== undefined && (await isCancelled(options.batch)))
    throw new Failure(batchIsCancelled(options.batch));
  const stop = cli.stop();
  const shown = progress(cli.stderr, cli.clock);
  const ports = { ...stack, makeId: ulidMaker(cli.clock), isCancelled };
  const corrections = new Corrections(ports, { ...options, complete, onAside: () => showProgress() });
  const isKnownAgain = (): boolean => options.batch !== undefined || corrections.knowAll();
  const comesBack = (): boolean => corrections.areUsed();
  const report = new Report(cli, {
    ...options,
    isKnownAgain,
    comesBack,
    toRedrive: () => corrections.left(),
  });
  // Of a file that comes back there is much to do when it is read.
  const size = (): number | null => (comesBack() ? null : input.size);
  const throughput = new Throughput(cli.clock, { size, bytesRead: input.bytesRead });
  const showProgress = (): void => shown.show(report.progress() + throughput.text(report.rows()));
  const canary = new Canary(async (jobIds) => {
    const mayFollow = await watchFirst({ cli, stack, stop, shown, report }, jobIds);
    throughput.restart(report.rows());
    return mayFollow;
  });
  const sendFirst = async (size: number): Promise<void> => {
    const why = await whyNoCanary(stack, options);
    if (why === null) canary.begin(size);
    else note(cli, `--canary skipped: ${why}`);
  };
  if (canarySize !== null && canarySize > 0) await sendFirst(canarySize);
  const isUnasked = canarySize === null && input.size !== null;
  const rows = isUnasked ? lookingAhead(source, input.bytesRead, () => sendFirst(USUAL_SIZE)) : source;
  const ids: string[] = [];
  const asked: Asked[] = [];
  const candidates = candidatesOf(corrections.of(untilStopped(rows, stop), input.csvHeader), {
    complete,
    clock: cli.clock,
    asked,
    mayFollow: ({ endsSoon }) => canary.mayFollow(endsSoon),
  });
  const onUnrecorded = (jobs: number): void => report.unrecorded(jobs);
  const answer = async (row: PlacedRow, result: RowResult, batch: string | null): Promise<void> => {
    if ('error' in result || cli.json) shown.done();
    if ('error' in result) {
      rejects?.add({ ...row, reason: result.error, idIsTaken: result.idIsTaken });
    }
    await report.answer(row.line, result, batch);
    if ('id' in result && options.wait === true) ids.push(result.id);
    showProgress();
  };
  let isThrough = false;
  try {
    for await (const result of enqueueJobs({ ...ports, onUnrecorded }, candidates)) {
      const { endsSoon, batch, ...row } = asked.shift() ?? NOT_ASKED;
      await answer(row, result, batch);
      if (endsSoon) canary.answered(result);
    }
    const redriving = {
      isStopAsked: () => stop.asked,
      first: canary.room(),
      mayRestFollow: () => canary.mayRestFollow(),
    };
    throughput.restart(report.rows());
    if (!canary.hasStopped())
      for await (const { row, result, batch } of corrections.redrive(redriving)) {
        await answer(row, result, batch);
        if ('id' in result) canary.redriven(result.id);
      }
    isThrough = !stop.asked && !canary.hasStopped();
  } finally {
    shown.done();
    corrections.close();
    if (rejects !== null) closeRejects(cli, rejects, isThrough);
  }
  if (report.refused() > 0) cli.exitWith(1);
  if (stop.asked) return report.stopped();
  // Why, and how to go on, has been said.
  if (canary.hasStopped()) return;
  report.sumUp();
  await warnOfBacklog(cli, stack);
  if (options.wait === true) await waitForEnds(cli, stack, ids, stop);
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
