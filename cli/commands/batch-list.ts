import type { ListedBatch } from '../../shared/operate/batches.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { note, print } from '../render/print.ts';
import { type Column, table } from '../render/table.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { since } from '../render/time.ts';
import { examples } from '../render/typed.ts';

export const defineBatchList: DefineCommand = (parent, cli) => {
  parent
    .command('list')
    .summary('batches, newest first, with how far they are')
    .description(
      'Batches, newest first, with how far they are: those that mktq or its library has sent, as long as it is known of them. ' +
        'Those of a bare SQS client are found by their name (batch show).',
    )
    .option('--limit <n>', 'at most so many', '20')
    .addHelpText('after', examples('mktq batch list'))
    .action((options: { readonly limit: string }) => list(cli, options.limit));
};

async function list(cli: Cli, words: string): Promise<void> {
  const limit = Number(words);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit must be a whole number from 1');
  const { listBatches } = await import('../../shared/operate/batches.ts');
  const { batches, unnamed, left } = await listBatches(await cli.connect(), limit);
  if (unnamed > 0)
    note(cli, `${plural(unnamed, 'batch', 'batches')} more, whose name is known when a worker takes a job`);
  if (left > 0) note(cli, `${count(left)} older: --limit shows more`);
  await print(cli, batches, () => text(cli, batches));
}

/** Most batches never are: their names have the room. */
const CANCELLED: Column<ListedBatch> = {
  title: 'cancelled',
  align: 'right',
  value: ({ cancelled }) => count(cancelled),
};

function text(cli: Cli, batches: readonly ListedBatch[]): string {
  if (batches.length === 0) return 'no batches';
  return table(
    batches,
    [
      { title: 'batch', value: ({ batch }) => oneLine(batch) },
      { title: 'sent', value: ({ sentAt }) => since(Date.parse(sentAt), cli.clock()) },
      { title: 'jobs', align: 'right', value: ({ total }) => count(total) },
      { title: 'completed', align: 'right', value: ({ completed }) => count(completed) },
      { title: 'dead-lettered', align: 'right', value: ({ deadLettered }) => count(deadLettered) },
      ...(batches.some(({ cancelled }) => cancelled > 0) ? [CANCELLED] : []),
      { title: 'waiting', align: 'right', value: ({ waiting }) => count(waiting) },
    ],
    { width: cli.width, header: cli.style.dim },
  );
}
