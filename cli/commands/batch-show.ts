import type { BatchJson } from '../../shared/operate/batch.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import { print } from '../render/print.ts';
import { bar, count, oneLine, plural } from '../render/text.ts';
import { since } from '../render/time.ts';
import { examples, mktq, typedOptions } from '../render/typed.ts';

export const defineBatchShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .description('How far a batch is: total, completed, dead-lettered, cancelled, waiting.')
    .argument('<batch>', 'the name given to enqueue --batch')
    .addHelpText('after', examples('mktq batch show import-2026-11-22'))
    .action((batch: string) => show(cli, batch));
};

async function show(cli: Cli, name: string): Promise<void> {
  const { findBatch } = await import('../../shared/operate/batch.ts');
  const stack = await cli.connect();
  const batch = await findBatch(stack, name);
  if (batch === null) throw new Failure(`there is no batch ${name}`);
  const cancellation = await stack.cancellations.get(name);
  await print(cli, batch, () => batchText(cli, batch, cancellation?.at ?? null));
}

export function batchText(cli: Cli, batch: BatchJson, cancelledAt: number | null): string {
  const { total, completed, deadLettered, cancelled, waiting } = batch;
  const ended = total - waiting;
  const counts = [
    `completed ${count(completed)}`,
    `dead-lettered ${count(deadLettered)}`,
    ...(cancelled > 0 || cancelledAt !== null ? [`cancelled ${count(cancelled)}`] : []),
    `waiting ${count(waiting)}`,
  ];
  const lines = [
    `${cli.style.bold(oneLine(batch.batch))}  ${bar(ended, total, 30)}  ${count(ended)} of ${count(total)} ended`,
    counts.join(', '),
  ];
  if (cancelledAt !== null) lines.push(`cancelled ${since(cancelledAt, cli.clock())}: ${whatWaits(waiting)}`);
  else if (waiting > 0)
    lines.push(
      `why they wait: ${mktq(cli, 'jobs list', [], typedOptions({ batch: batch.batch, state: 'waiting' }))}`,
    );
  if (deadLettered > 0) lines.push(`which are dead: ${mktq(cli, 'batch failures', [batch.batch])}`);
  return lines.join('\n');
}

/** Of a cancelled batch. */
export const whatWaits = (waiting: number): string =>
  waiting === 0
    ? 'none of it waits any more'
    : `${plural(waiting, 'job')} not ended yet; each ends as cancelled when its message comes up, what is under way as it ends`;
