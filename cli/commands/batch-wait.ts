import { ageMs } from '../../shared/deadletter/filter.ts';
import { systemRandom } from '../../shared/kernel/random.ts';
import type { BatchJson } from '../../shared/operate/batch.ts';
import type { BatchWait } from '../../shared/operate/batch-answers.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure, UsageError } from '../exit.ts';
import { note, print } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, plural } from '../render/text.ts';
import { examples, mktq } from '../render/typed.ts';
import { signalOf } from '../stop.ts';
import { batchText } from './batch-show.ts';

export const defineBatchWait: DefineCommand = (parent, cli) => {
  parent
    .command('wait')
    .summary('until every job of a batch has ended')
    .description(
      'Waits until every job of the batch has ended that was sent so far, then shows it as batch show does. Exit 0 if all have ' +
        'completed, 1 if some died or were cancelled, or the time was up.',
    )
    .argument('<batch>', 'the name given to enqueue --batch')
    .option('--timeout <t>', 'give up after so long: 90s, 30m, 2h')
    .addHelpText('after', examples('mktq batch wait import-2026-11-22 --timeout 2h'))
    .action((batch: string, options: { readonly timeout?: string }) => wait(cli, batch, options.timeout));
};

async function wait(cli: Cli, name: string, timeout: string | undefined): Promise<void> {
  const timeoutMs = timeout === undefined ? undefined : ageMs(timeout);
  if (Number.isNaN(timeoutMs)) throw new UsageError('--timeout wants a time such as 90s, 30m or 2h');
  const { findBatch } = await import('../../shared/operate/batch.ts');
  const { obstaclesNow } = await import('../../shared/operate/hold.ts');
  const { waitForBatch } = await import('../../shared/operate/batch-answers.ts');
  const stack = await cli.connect();
  if ((await findBatch(stack, name)) === null)
    throw new Failure(
      `there is no batch ${name}; jobs of a bare SQS client are known to belong to one when a worker has ended the first`,
    );
  const stop = cli.stop();
  const shown = progress(cli.stderr, cli.clock);
  const ports = { ...stack, random: systemRandom, obstacles: () => obstaclesNow(stack) };
  const onLook = ({ total, waiting, deadLettered }: BatchJson): void =>
    shown.show(`${count(total - waiting)} of ${count(total)} ended, ${count(deadLettered)} dead-lettered`);
  try {
    const limits = { timeoutMs, signal: signalOf(stop) };
    const outcome = await waitForBatch(ports, name, limits, onLook);
    shown.done();
    await report(cli, outcome);
  } catch (error) {
    shown.done();
    if (!stop.asked) throw error;
    cli.exitWith(1);
    note(cli, `stopped waiting; the jobs go on in the queue: ${mktq(cli, 'batch show', [name])}`);
  }
}

async function report(cli: Cli, outcome: BatchWait): Promise<void> {
  const { batch, total, completed, deadLettered, cancelled, waiting } = outcome;
  const json: BatchJson = { batch, total, completed, deadLettered, cancelled, waiting };
  if (completed < total) cli.exitWith(1);
  if (outcome.kind === 'pending') {
    const why = outcome.reason === null ? '' : ` (${outcome.reason}${untilWords(outcome.until)})`;
    note(cli, `the time is up: ${plural(waiting, 'job')} not ended${why}; they go on in the queue`);
  }
  await print(cli, json, () => batchText(cli, json, null));
}

const untilWords = (until: string | null): string => (until === null ? '' : ` until ${until}`);
