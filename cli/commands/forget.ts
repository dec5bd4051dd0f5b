import type { Forgotten } from '../../shared/operate/forget.ts';
import type { DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { print } from '../render/print.ts';
import { plural } from '../render/text.ts';
import { examples } from '../render/typed.ts';

export const defineForget: DefineCommand = (parent, cli) => {
  parent
    .command('forget')
    .summary('erase a person from ledger and letters')
    .description(
      'Erases a person from ledger and dead letters: results of their jobs, letters about nobody else, and the address ' +
        'wherever else it stands. Looks at everything that is kept, so it takes a while. Messages in SQS cannot be ' +
        'searched: jobs that are known to wait are named; run it again when they have ended.',
    )
    .requiredOption('--lead <email>', 'the address of the person')
    .addHelpText('after', examples('mktq forget --lead ann@example.com'))
    .action(async (words: { readonly lead: string }) => {
      const email = words.lead.trim();
      if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new UsageError('--lead wants an e-mail address');
      const { forget } = await import('../../shared/operate/forget.ts');
      const forgotten = await forget(await cli.connect(), email);
      await print(cli, forgotten, () => forgottenText(forgotten));
      if (forgotten.waiting.length > 0) cli.exitWith(1);
    });
};

function forgottenText({ jobs, lettersRemoved, lettersRedacted, waiting }: Forgotten): string {
  const lines = [
    `Erased from   ${plural(jobs, 'ended job')}`,
    `Removed       ${plural(lettersRemoved.length, 'dead letter')}${listed(lettersRemoved)}`,
    `Redacted      ${plural(lettersRedacted.length, 'dead letter')} about others as well${listed(lettersRedacted)}`,
  ];
  if (waiting.length > 0) {
    lines.push(
      `Still there   ${plural(waiting.length, 'job')} that has not ended${listed(waiting)}: run this again when it has`,
    );
  }
  return lines.join('\n');
}

const listed = (ids: readonly string[]): string => (ids.length === 0 ? '' : `: ${ids.join(', ')}`);
