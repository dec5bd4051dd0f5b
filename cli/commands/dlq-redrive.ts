import type { FilterWords } from '../../shared/deadletter/filter.ts';
import type { DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { selectionFrom, withFilter } from '../filter-options.ts';
import { again, type EditWords, editChoiceFrom } from '../redrive/edit-choice.ts';
import { examples } from '../render/typed.ts';

interface RedriveWords extends FilterWords, EditWords {
  readonly dryRun?: boolean;
  readonly includeInDoubt?: boolean;
  readonly superseded?: boolean;
  /** commander's reading of --no-trial. */
  readonly trial: boolean;
  readonly wait?: boolean;
  readonly yes?: boolean;
}

export const defineDlqRedrive: DefineCommand = (parent, cli) => {
  withFilter(parent.command('redrive').argument('[ids...]', 'of letters; or give a filter'))
    .summary('send dead letters back to the queue')
    .description(
      'Sends dead letters back to the queue: five first, and the rest only if the same cause does not come back. Exit 1 ' +
        'if one of the five dies again. While the account is held nothing is sent. A filter leaves out what may have run already, what a later write has overtaken, and what succeeded late, and ' +
        'says how many; ids are taken at their word. Every edit is checked before anything is sent. On a terminal it asks before it sends more than a hundred.',
    )
    .option(
      '--dry-run',
      'only say what it would send, cost, and when it would be done; of an edit, what it changes',
    )
    .option('--rename <old=new>', 'attributes of this name get another; again for more', again)
    .option('--unset <field>', 'attributes of this name are left out; again for more', again)
    .option(
      '--set <field=value>',
      'every record gets this attribute, over what it has; again for more',
      again,
    )
    .option(
      '--edit-with <command>',
      'all messages through this command: one job a line in and out, in any order; all or none are sent',
    )
    .option(
      '--edit [file]',
      'one id: send this whole job message in its place (- is stdin; without a file $VISUAL or $EDITOR opens); the original is kept',
    )
    .option('--include-in-doubt', 'with a filter: also what may have run already')
    .option('--superseded', 'with a filter: also what a later write of the same lead has overtaken')
    .option('--no-trial', 'send all at once, and wait for the end of none')
    .option('--wait', 'until all that were sent have ended; exit 1 if one died again')
    .option('--yes', 'ask nothing')
    .addHelpText(
      'after',
      examples(
        'mktq dlq redrive import-7',
        'mktq dlq redrive --cause 3f2a9c0d11ee --dry-run',
        'mktq dlq redrive --cause 3f2a9c0d11ee --rename Colour=favouriteColour --wait',
        'mktq dlq redrive --code 20103 --since 3d',
        'mktq dlq redrive --code 1006 --edit-with ./mend.py --dry-run',
        'mktq dlq redrive import-7 --edit corrected.json',
      ),
    )
    .action(async (ids: readonly string[], words: RedriveWords) => {
      const selection = selectionFrom(ids, words, cli);
      if (selection.by === 'filter' && selection.filter.status !== 'open') {
        throw new UsageError('only open letters can be redriven; leave out --status');
      }
      const edit = editChoiceFrom(words, selection);
      if (words.dryRun === true && words.wait === true) {
        throw new UsageError('--dry-run sends nothing that --wait could wait for');
      }
      const { redriveLetters } = await import('../redrive/redrive-letters.ts');
      await redriveLetters(cli, selection, edit, {
        dryRun: words.dryRun === true,
        includeInDoubt: words.includeInDoubt === true,
        superseded: words.superseded === true,
        noTrial: !words.trial,
        wait: words.wait === true,
        yes: words.yes === true,
      });
    });
};
