import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import { print } from '../render/print.ts';
import { examples, mktq } from '../render/typed.ts';
import { whatWaits } from './batch-show.ts';

export const defineBatchCancel: DefineCommand = (parent, cli) => {
  parent
    .command('cancel')
    .summary('end what of a batch has not been started')
    .description(
      'Stops a batch without pausing anybody else. Jobs that no worker has taken end as cancelled when their messages come up, ' +
        'parked ones at their time; a call under way ends as it ends, and what has ended stays. It cannot be taken back: ' +
        'nothing more is sent under the name, and what is still wanted is enqueued again under another one.',
    )
    .argument('<batch>', 'the name given to enqueue --batch')
    .addHelpText('after', examples('mktq batch cancel import-2026-11-22'))
    .action((batch: string) => cancel(cli, batch));
};

async function cancel(cli: Cli, name: string): Promise<void> {
  const { cancelBatch } = await import('../../shared/operate/batch.ts');
  const batch = await cancelBatch(await cli.connect(), name);
  if (batch === null) {
    throw new Failure(
      `there is no batch ${name}; jobs of a bare SQS client are known to belong to one when a worker has ended the first`,
    );
  }
  await print(cli, batch, () =>
    [`cancelled ${name}: ${whatWaits(batch.waiting)}`, `follow: ${mktq(cli, 'batch show', [name])}`].join(
      '\n',
    ),
  );
}
