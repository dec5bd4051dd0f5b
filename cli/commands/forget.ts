import type { Forgotten } from '../../shared/operate/forget/forget.ts';
import type { DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { note, print } from '../render/print.ts';
import { sayingSo } from '../render/progress.ts';
import { oneLine, plural } from '../render/text.ts';
import { examples } from '../render/typed.ts';

export const defineForget: DefineCommand = (parent, cli) => {
  parent
    .command('forget')
    .summary('erase a person from ledger and letters')
    .description(
      'Erases a person from ledger and dead letters: results of their jobs, letters about nobody else, and the key ' +
        'wherever else it stands. Looks at everything that is kept, so it takes a while. Messages in SQS cannot be ' +
        'searched: jobs that are known to wait are named; run it again when they have ended.',
    )
    .requiredOption(
      '--lead <key>',
      'the address of the person, or any other key of theirs, bare or with its kind (lead:IDNUM:17)',
    )
    .addHelpText('after', examples('mktq forget --lead ann@example.com', 'mktq forget --lead lead:IDNUM:17'))
    .action(async (words: { readonly lead: string }) => {
      const key = words.lead.trim();
      if (key.replace(/^lead:[^:]*:/, '').trim() === '') {
        throw new UsageError('--lead wants a key of the person, such as an e-mail address');
      }
      const { forget } = await import('../../shared/operate/forget/forget.ts');
      const connection = await cli.connect();
      const stop = cli.stop();
      const looking = forget(connection, key, () => stop.asked);
      const forgotten = await sayingSo(cli.stderr, 'looking through everything that is kept', looking);
      await print(cli, forgotten, () => forgottenText(forgotten));
      for (const { id, message } of forgotten.failed) note(cli, `not erased: ${id}: ${oneLine(message)}`);
      if (forgotten.stoppedAfter !== undefined) note(cli, stoppedWords(forgotten.stoppedAfter));
      const isWhole = forgotten.stoppedAfter === undefined && forgotten.waiting.length === 0;
      if (!isWhole || forgotten.failed.length > 0) cli.exitWith(1);
    });
};

const stoppedWords = (looked: number): string =>
  `stopped after ${plural(looked, 'letter, row or text', 'letters, rows and texts')} of all that is kept: the person may still be named in the others; to go on, type the same command again`;

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
  lines.push(
    'Not covered   jobs in the queue that no worker has taken up: run this again when they have ended',
  );
  return lines.join('\n');
}

const listed = (ids: readonly string[]): string => (ids.length === 0 ? '' : `: ${ids.join(', ')}`);
