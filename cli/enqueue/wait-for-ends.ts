import { systemRandom } from '../../shared/kernel/random.ts';
import type { JobRow } from '../../shared/ledger/row.ts';
import { endsOf } from '../../shared/operate/ends.ts';
import { endedJson } from '../../shared/operate/jobs.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { note, printJson, sayDone } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, plural } from '../render/text.ts';
import { mktq } from '../render/typed.ts';
import { type Stop, signalOf } from '../stop.ts';

/**
 * Waits until every job has ended; names the dead-lettered on stderr and makes the exit code say that some did not complete. With
 * --json each job is a line, with its result, as it ends.
 */
export async function waitForEnds(
  cli: Cli,
  stack: Connection,
  ids: readonly string[],
  stop: Stop,
): Promise<void> {
  const { ended, dead, cancelled } = await watchEnds(cli, stack, ids, stop, async (row) => {
    if (cli.json) await printJson(cli, await endedJson(row, stack));
  });
  const stopped = cancelled === 0 ? '' : `, ${count(cancelled)} cancelled with their batch`;
  sayDone(cli, `${plural(ended - dead - cancelled, 'job')} completed, ${dead} dead-lettered${stopped}`);
}

/** In jobs; those that have not ended go on in the queue. */
interface Ends {
  readonly ended: number;
  readonly dead: number;
  readonly cancelled: number;
}

/** The wait alone, for whoever says otherwise what came of it: the dead-lettered are named, and the exit code is set. */
export async function watchEnds(
  cli: Cli,
  stack: Connection,
  ids: readonly string[],
  stop: Stop,
  onEnd: (row: JobRow) => Promise<void>,
): Promise<Ends> {
  const shown = progress(cli.stderr, cli.clock);
  const all = new Set(ids).size;
  const letters: string[] = [];
  let ended = 0;
  let cancelled = 0;
  for await (const row of endsOf({ ...stack, random: systemRandom }, ids, signalOf(stop))) {
    ended += 1;
    if (row.state.kind === 'dead-lettered') letters.push(row.state.letterId);
    if (row.state.kind === 'cancelled') cancelled += 1;
    if (cli.json) shown.done();
    await onEnd(row);
    shown.show(`${count(ended)} of ${count(all)} ended, ${count(letters.length)} dead-lettered`);
  }
  shown.done();
  if (letters.length > 0 || cancelled > 0) cli.exitWith(1);
  for (const id of letters.slice(0, 10)) {
    note(cli, `dead-lettered: ${id}: ${mktq(cli, 'dlq show', [id])}`);
  }
  if (letters.length > 10) {
    note(cli, `and ${count(letters.length - 10)} more: ${mktq(cli, 'dlq list --by-cause')}`);
  }
  if (ended < all) {
    cli.exitWith(1);
    note(
      cli,
      `stopped waiting: ${count(ended)} of ${count(all)} have ended; the others go on in the queue: ${mktq(cli, 'jobs list')}`,
    );
  }
  return { ended, dead: letters.length, cancelled };
}
