import type { Cli, DefineCommand } from '../cli.ts';
import { Failure } from '../exit.ts';
import { noSuchLetter } from '../filter-options.ts';
import { print } from '../render/print.ts';
import { harmless } from '../render/text.ts';
import { examples, mktq } from '../render/typed.ts';

export const defineDlqShow: DefineCommand = (parent, cli) => {
  parent
    .command('show')
    .argument('<id>', 'of the letter: <job id>, <job id>#<epoch> or msg-<SQS message id>')
    .option('--call', 'the whole of the last call instead, where it shared one with other jobs')
    .description('everything about one dead letter: what happened, what it means, what to do')
    .addHelpText(
      'after',
      examples('mktq dlq show import-7', 'mktq dlq show import-7 --json | jq -r .response'),
    )
    .action(async (letterId: string, { call = false }: { readonly call?: boolean }) => {
      if (call) return showCall(cli, letterId);
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

/** What went over the wire for this job and for others: `{callId, operation, jobs, at, httpStatus, request, response}`. */
async function showCall(cli: Cli, letterId: string): Promise<void> {
  const { findSharedCall } = await import('../../shared/operate/shared-call.ts');
  const found = await findSharedCall(await cli.connect(), letterId);
  switch (found.kind) {
    case 'no-letter':
      throw noSuchLetter({ letterId });
    case 'alone':
      throw new Failure(`${letterId} shared no call: ${mktq(cli, 'dlq show', [letterId])} shows the whole`);
    case 'not-kept':
      throw new Failure(
        `the call ${found.callId} is not kept: it was forgotten, its time is over, or it failed as a whole and was asked again in parts`,
      );
    case 'call':
      return print(cli, found.json, () => [{ verbatim: harmless(JSON.stringify(found.json, null, 2)) }]);
  }
}
