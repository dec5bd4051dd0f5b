import type { FilterWords } from '../../shared/deadletter/filter.ts';
import type { DefineCommand } from '../cli.ts';
import { noSuchLetter, noteUnreadable, selectionFrom, withFilter } from '../filter-options.ts';
import { printJson } from '../render/print.ts';
import { examples } from '../render/typed.ts';

export const defineDlqExport: DefineCommand = (parent, cli) => {
  withFilter(parent.command('export').argument('[ids...]', 'of letters; or give a filter'))
    .summary('whole letters as JSON, one a line')
    .description(
      'Prints whole letters as JSON, one a line, with request and response: for a support case. Secrets are masked in ' +
        'them, the data of leads is not.',
    )
    .addHelpText(
      'after',
      examples(
        'mktq dlq export import-7 > case.ndjson',
        'mktq dlq export --cause 3f2a9c0d11ee > case.ndjson',
      ),
    )
    .action(async (ids: readonly string[], words: FilterWords) => {
      const selection = selectionFrom(ids, words, cli);
      const { exportLetters } = await import('../../shared/operate/letters.ts');
      const exported = await exportLetters(await cli.connect(), selection);
      if (exported.kind === 'no-such-letter') throw noSuchLetter(exported);
      for await (const one of exported.letters) {
        if (one.kind === 'unreadable') noteUnreadable(cli, one);
        else await printJson(cli, one.letter);
      }
    });
};
