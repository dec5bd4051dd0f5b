import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import { print } from '../render/print.ts';
import { bar, count } from '../render/text.ts';
import { examples, mktq } from '../render/typed.ts';

export const defineBatchShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .description('How far a batch is: total, completed, dead-lettered, waiting.')
    .argument('<batch>', 'the name given to enqueue --batch')
    .addHelpText('after', examples('mktq batch show import-2026-11-22'))
    .action((batch: string) => show(cli, batch));
};

async function show(cli: Cli, name: string): Promise<void> {
  const { findBatch } = await import('../../shared/operate/batch.ts');
  const batch = await findBatch(await cli.connect(), name);
  if (batch === null) throw new Failure(`there is no batch ${name}`);
  const { total, completed, deadLettered, waiting } = batch;
  await print(cli, batch, () =>
    [
      `${cli.style.bold(name)}  ${bar(completed + deadLettered, total, 30)}  ${count(completed + deadLettered)} of ${count(total)} ended`,
      `completed ${count(completed)}, dead-lettered ${count(deadLettered)}, waiting ${count(waiting)}`,
      ...(waiting > 0 ? [`why they wait: ${mktq(cli, `jobs list --batch ${name} --state waiting`)}`] : []),
      ...(deadLettered > 0 ? [`why some are dead: ${mktq(cli, 'dlq list --by-cause')}`] : []),
    ].join('\n'),
  );
}
