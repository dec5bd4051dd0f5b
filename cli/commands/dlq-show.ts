import type { DefineCommand } from '../cli.ts';
import { noSuchLetter } from '../filter-options.ts';
import { print } from '../render/print.ts';
import { examples } from '../render/typed.ts';

export const defineDlqShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .argument('<id>', 'of the letter: <job id>, <job id>#<epoch> or msg-<SQS message id>')
    .description('everything about one dead letter: what happened, what it means, what to do')
    .addHelpText(
      'after',
      examples('mktq dlq show import-7', 'mktq dlq show import-7 --json | jq -r .response'),
    )
    .action(async (letterId: string) => {
      const [{ findLetter }, { letterJson }, { letterText }] = await Promise.all([
        import('../../shared/operate/letters.ts'),
        import('../../shared/operate/letter-json.ts'),
        import('../render/letter.ts'),
      ]);
      const letter = await findLetter(await cli.connect(), letterId);
      if (letter === null) throw noSuchLetter({ letterId });
      const { head, texts } = letter;
      await print(cli, letterJson(head, texts), () => letterText(cli, head, texts));
    });
};
