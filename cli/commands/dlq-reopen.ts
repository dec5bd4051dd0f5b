import type { FilterWords } from '../../shared/deadletter/filter.ts';
import { changeLetters } from '../change-letters.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { noSuchLetter, selectionFrom, withFilter } from '../filter-options.ts';
import { examples } from '../render/typed.ts';

export const defineDlqReopen: DefineCommand = (parent, cli) => {
  withFilter(parent.command('reopen').argument('[ids...]', 'of letters; or give a filter'))
    .summary('open discarded dead letters again')
    .description(
      'Takes a discard back: the letters are open again, and no longer expire. A filter means discarded letters alone. What has expired is gone.',
    )
    .addHelpText('after', examples('mktq dlq reopen import-7', 'mktq dlq reopen --cause 3f2a9c0d11ee'))
    .action(async (ids: readonly string[], words: FilterWords) => {
      if ((words.status ?? 'discarded') !== 'discarded') {
        throw new UsageError('only discarded letters can be reopened; leave out --status');
      }
      await reopenAll(cli, ids, words);
    });
};

async function reopenAll(cli: Cli, ids: readonly string[], words: FilterWords): Promise<void> {
  const said = selectionFrom(ids, words, cli);
  const selection =
    said.by === 'id' ? said : { ...said, filter: { ...said.filter, status: 'discarded' as const } };
  const { reopenLetters, selectIds } = await import('../../shared/operate/letters.ts');
  const connection = await cli.connect();
  const selected = await selectIds(connection, selection);
  if (selected.kind === 'no-such-letter') throw noSuchLetter(selected);
  await changeLetters(cli, connection, selection, selected.ids, {
    done: 'reopened',
    change: reopenLetters,
    whyNot: ({ kind }) => (kind === 'reopened' ? null : WHY[kind]),
    left: 'left discarded',
  });
}

const WHY = {
  open: 'it is open',
  redriven: 'it has been redriven; what came of it is in mktq jobs show',
  gone: 'it was removed meanwhile',
  empty: 'what it would send has expired or was erased; enqueue the job again',
} as const;
