import type { DefineCommand } from '../cli.ts';
import { noSuchLetter } from '../dlq/letters.ts';
import { examples } from '../render/example.ts';
import { print } from '../render/print.ts';

export const defineDlqShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .argument('<id>', 'of the letter: <job id>, <job id>#<epoch> or msg-<SQS message id>')
    .description('everything about one dead letter: what happened, what it means, what to do')
    .addHelpText(
      'after',
      examples('mktq dlq show import-7', 'mktq dlq show import-7 --json | jq -r .response'),
    )
    .action(async (id: string) => {
      const { archive, bodies } = await cli.connect();
      const head = await archive.get(id);
      if (head === null) throw noSuchLetter(id);
      const [{ textsOf }, { letterJson }, { letterText }] = await Promise.all([
        import('../../shared/deadletter/notice.ts'),
        import('../../shared/operate/letter-json.ts'),
        import('../dlq/letter-text.ts'),
      ]);
      const texts = await textsOf(bodies, head);
      await print(cli, letterJson(head, texts), () => letterText(cli, head, texts));
    });
};
