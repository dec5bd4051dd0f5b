import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import { bar } from '../render/bar.ts';
import { examples } from '../render/example.ts';
import { print } from '../render/print.ts';
import { count } from '../render/text.ts';
import { mktq } from '../render/typed.ts';

export const defineBatchShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .description('How far a batch is: total, completed, dead-lettered, waiting.')
    .argument('<batch>', 'the name given to enqueue --batch')
    .addHelpText('after', examples('mktq batch show import-2026-11-22'))
    .action((batch: string) => show(cli, batch));
};

async function show(cli: Cli, batch: string): Promise<void> {
  const stack = await cli.connect();
  const { total, completed, deadLettered } = await stack.ledger.countBatch(batch);
  if (total === 0) throw new Failure(`there is no batch ${batch}`);
  const waiting = total - completed - deadLettered;
  await print(cli, { batch, total, completed, deadLettered, waiting }, () =>
    [
      `${cli.style.bold(batch)}  ${bar(completed + deadLettered, total, 30)}  ${count(completed + deadLettered)} of ${count(total)} ended`,
      `completed ${count(completed)}, dead-lettered ${count(deadLettered)}, waiting ${count(waiting)}`,
      ...(waiting > 0 ? [`why they wait: ${mktq(cli, `jobs list --batch ${batch} --state waiting`)}`] : []),
      ...(deadLettered > 0 ? [`why some are dead: ${mktq(cli, 'dlq list --by-cause')}`] : []),
    ].join('\n'),
  );
}
