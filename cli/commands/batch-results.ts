import { errorText } from '../../shared/kernel/error-text.ts';
import type { EndedKind } from '../../shared/ledger/ledger.ts';
import type { Answer, CompletedAnswer } from '../../shared/operate/answer.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import { ANSWER_NOT_KEPT } from '../render/job.ts';
import { note, printJson, printLine } from '../render/print.ts';
import { oneLine } from '../render/text.ts';
import { examples } from '../render/typed.ts';

export const defineBatchResults: DefineCommand = (parent, cli) => {
  parent
    .command('results')
    .summary('what Marketo answered to the jobs of a batch')
    .description(
      'The jobs of a batch that have completed, a line each, in the order of the lines they were sent from: the id and what Marketo ' +
        'answered. With --json an object a line. With --csv every row of that file, with its id, the lead id, CREATED or UPDATED, or ' +
        'else how its job stands and why.',
    )
    .argument('<batch>', 'the name given to enqueue --batch')
    .option('--csv <file>', 'the CSV file that was enqueued, as it was; - is stdin')
    .addHelpText(
      'after',
      examples(
        'mktq batch results import-2026-11-22 --json > results.ndjson',
        'mktq batch results import-2026-11-22 --csv leads.csv > results.csv',
      ),
    )
    .action(async (batch: string, { csv }: { readonly csv?: string }) => {
      if (csv === undefined) return printAnswers(cli, batch, ['completed'], lineOf);
      const { printBatchCsv, RESULTS } = await import('../render/batch-csv.ts');
      return printBatchCsv(cli, batch, csv, RESULTS);
    });
};

const lineOf = ({ id, result, resultDropped }: CompletedAnswer): string =>
  `${id}  ${resultDropped ? ANSWER_NOT_KEPT : JSON.stringify(result)}`;

/** The jobs of a batch that ended in one of these ways, a line each, as they are read. */
export async function printAnswers<Kind extends EndedKind>(
  cli: Cli,
  batch: string,
  kinds: readonly Kind[],
  lineOf: (answer: Extract<Answer, { readonly kind: Kind }>) => string,
): Promise<void> {
  const { findBatch } = await import('../../shared/operate/batch.ts');
  const { batchAnswers } = await import('../../shared/operate/batch-answers.ts');
  const stack = await cli.connect();
  if ((await findBatch(stack, batch)) === null) throw new Failure(`there is no batch ${batch}`);
  const onUnreadable = (jobId: string, error: unknown): void => {
    cli.exitWith(1);
    note(cli, `job ${jobId} cannot be read: ${oneLine(errorText(error))}`);
  };
  for await (const answer of batchAnswers(stack, batch, kinds, onUnreadable)) {
    if (cli.json) await printJson(cli, answer);
    else await printLine(cli, lineOf(answer));
  }
}
