import { saidOf } from '../../shared/deadletter/acknowledgements.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure, UsageError } from '../exit.ts';
import { noSuchLetter } from '../filter-options.ts';
import { print, printJson, printLine } from '../render/print.ts';
import { harmless } from '../render/text.ts';
import { examples, mktq } from '../render/typed.ts';

export const defineDlqShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .argument('<id>', 'of the letter: <job id>, <job id>#<epoch> or msg-<SQS message id>')
    .option(
      '--job',
      'the message that a redrive sends alone, ready to be corrected and given to dlq redrive --edit',
    )
    .option('--call', 'the whole of the last call instead, where it shared one with other jobs')
    .description('everything about one dead letter: what happened, what it means, what to do')
    .addHelpText(
      'after',
      examples(
        'mktq dlq show import-7',
        'mktq dlq show import-7 --job >job.json',
        'mktq dlq show import-7 --json | jq -r .response',
      ),
    )
    .action(async (letterId: string, words: { readonly call?: boolean; readonly job?: boolean }) => {
      const { call = false, job = false } = words;
      if (call && job) throw new UsageError('--job and --call are two screens: give one of them');
      if (call) return showCall(cli, letterId);
      const [{ findLetter }, { letterJson }, { saidAboutJson }, { letterText }] = await Promise.all([
        import('../../shared/operate/letters.ts'),
        import('../../shared/operate/letter-json.ts'),
        import('../../shared/operate/acknowledge.ts'),
        import('../render/letter.ts'),
      ]);
      const connection = await cli.connect();
      const letter = await findLetter(connection, letterId);
      if (letter === null) throw noSuchLetter({ letterId });
      const { head, texts } = letter;
      if (job) return showJob(cli, texts.retryBody ?? texts.job);
      const said = saidOf(await connection.acknowledgements.get(), head.cause);
      const json = { ...letterJson(head, texts), ...saidAboutJson(said) };
      await print(cli, json, () => letterText(cli, head, texts, said));
    });
};

/** As it would be sent: indented for an editor, on one line with --json. */
async function showJob(cli: Cli, text: string | null): Promise<void> {
  if (text === null) throw new Failure('the text of its job is gone');
  const { jobText } = await import('../render/job-text.ts');
  if (!cli.json) return printLine(cli, [{ verbatim: jobText(text).trimEnd() }]);
  try {
    return printJson(cli, JSON.parse(text));
  } catch {
    throw new Failure('the text of its job is no JSON; without --json it is printed as it is');
  }
}

/** What went over the wire for this job and for others: `{callId, operation, jobs, at, httpStatus, request, response}`. */
async function showCall(cli: Cli, letterId: string): Promise<void> {
  const { findSharedCall } = await import('../../shared/operate/shared-call.ts');
  const found = await findSharedCall(await cli.connect(), letterId);
  switch (found.kind) {
    case 'no-letter':
      throw noSuchLetter({ letterId });
    case 'alone':
      throw new Failure(`${letterId} shared no call; the whole of it: ${mktq(cli, 'dlq show', [letterId])}`);
    case 'not-kept':
      throw new Failure(
        `the call ${found.callId} is not kept: it was forgotten, its time is over, or it failed as a whole and was asked again in parts`,
      );
    case 'call':
      return print(cli, found.json, () => [{ verbatim: harmless(JSON.stringify(found.json, null, 2)) }]);
  }
}
