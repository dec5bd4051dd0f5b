import type { CancelledAnswer, DeadLetteredAnswer } from '../../shared/operate/answer.ts';
import type { DefineCommand } from '../cli.ts';
import { oneLine } from '../render/text.ts';
import { examples } from '../render/typed.ts';
import { printAnswers } from './batch-results.ts';

export const defineBatchFailures: DefineCommand = (parent, cli) => {
  parent
    .command('failures')
    .summary('which jobs of a batch died, and of what')
    .description(
      'The jobs of a batch that died or were cancelled, a line each, in the order of the lines they were sent from: the id, the code ' +
        'or class, what Marketo said. With --json an object a line, with the advice and the id of the letter (dlq show). With --csv the ' +
        'rows of that file whose jobs are dead, each with its id and the reason: corrected, it is enqueued again.',
    )
    .argument('<batch>', 'the name given to enqueue --batch')
    .option('--csv <file>', 'the CSV file that was enqueued, as it was; - is stdin')
    .addHelpText(
      'after',
      examples(
        'mktq batch failures import-2026-11-22',
        'mktq batch failures import-2026-11-22 --csv leads.csv > failed.csv',
      ),
    )
    .action(async (batch: string, { csv }: { readonly csv?: string }) => {
      if (csv !== undefined) {
        const { FAILURES, printBatchCsv } = await import('../render/batch-csv.ts');
        return printBatchCsv(cli, batch, csv, FAILURES);
      }
      const { FAILED_KINDS } = await import('../../shared/operate/batch-answers.ts');
      await printAnswers(cli, batch, FAILED_KINDS, lineOf);
    });
};

function lineOf(answer: DeadLetteredAnswer | CancelledAnswer): string {
  if (answer.kind === 'cancelled') return `${answer.id}  cancelled`;
  return `${answer.id}  ${answer.code ?? answer.class}  ${oneLine(answer.message)}`;
}
