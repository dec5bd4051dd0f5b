import type { FilterWords } from '../../shared/deadletter/filter.ts';
import type { CauseGroup } from '../../shared/operate/causes.ts';
import type { LetterSelection } from '../../shared/operate/letters.ts';
import { changeLetters } from '../change-letters.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { UsageError } from '../exit.ts';
import { noSuchLetter, selectionFrom, withFilter } from '../filter-options.ts';
import { noteFrom } from '../note-from.ts';
import { print } from '../render/print.ts';
import { type Column, table } from '../render/table.ts';
import { count, plural } from '../render/text.ts';
import { examples } from '../render/typed.ts';

interface DiscardWords extends FilterWords {
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const defineDlqDiscard: DefineCommand = (parent, cli) => {
  withFilter(parent.command('discard').argument('[ids...]', 'of letters; or give a filter'))
    .summary('close dead letters that nobody will redrive')
    .description(
      'Closes dead letters for good, with a reason. They stay readable (dlq list --status discarded), and dlq reopen takes it back, until the retention is over. On a terminal it asks before it closes more than a hundred.',
    )
    .requiredOption('--reason <r>', 'why, for whoever looks at it later')
    .option('--dry-run', 'only say which it would close, by cause')
    .option('--yes', 'ask nothing')
    .addHelpText(
      'after',
      examples(
        'mktq dlq discard import-7 --reason "lead left the company"',
        'mktq dlq discard --code 20103 --since 2h --reason "test import" --dry-run',
      ),
    )
    .action(async (ids: readonly string[], words: DiscardWords) => {
      const selection = selectionFrom(ids, words, cli);
      if (selection.by === 'filter' && selection.filter.status !== 'open') {
        throw new UsageError('only open letters can be discarded; leave out --status');
      }
      await discardAll(cli, selection, { ...words, reason: noteFrom('--reason', words.reason) });
    });
};

async function discardAll(cli: Cli, selection: LetterSelection, words: DiscardWords): Promise<void> {
  const { discardLetters, selectIds } = await import('../../shared/operate/letters.ts');
  const connection = await cli.connect();
  const selected = await selectIds(connection, selection);
  if (selected.kind === 'no-such-letter') throw noSuchLetter(selected);
  const { ids } = selected;
  if (words.dryRun === true) {
    const { planDiscard } = await import('../../shared/operate/discard-plan.ts');
    const json = await planDiscard(connection, selection, ids);
    return print(cli, json, () => dryRunText(cli, json.dryRun.causes, json.dryRun.letters, ids.length));
  }
  const question = `Discard ${plural(ids.length, 'dead letter')}?`;
  await confirm(cli, { letters: ids.length, question, yes: words.yes });
  await changeLetters(cli, connection, selection, ids, {
    done: 'discarded',
    change: (at, some) => discardLetters(at, some, words.reason),
    whyNot: ({ kind }) => (kind === 'discarded' ? null : WHY[kind]),
    left: 'left open',
  });
}

const WHY = {
  'already-discarded': 'it is discarded already',
  redriven: 'it has been redriven; what came of it is in mktq jobs show',
  gone: 'it was removed meanwhile',
} as const;

function dryRunText(cli: Cli, causes: readonly CauseGroup[], letters: number, selected: number): string {
  return [
    `Would discard ${plural(letters, 'letter')} of ${count(selected)} selected.`,
    ...(causes.length === 0 ? [] : [table(causes, COLUMNS, { width: cli.width, header: cli.style.bold })]),
    cli.style.dim('Nothing was changed.'),
  ].join('\n');
}

const COLUMNS: readonly Column<CauseGroup>[] = [
  { title: 'CAUSE', value: ({ cause }) => cause },
  { title: 'COUNT', value: (group) => count(group.count), align: 'right' },
  { title: 'OPERATION', value: ({ operation }) => operation ?? '-' },
  { title: 'MESSAGE', value: ({ message }) => message, shrink: true, min: 20 },
];
