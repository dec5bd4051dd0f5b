import { type FilterWords, selectLetters } from '../../shared/deadletter/filter.ts';
import type { DefineCommand } from '../cli.ts';
import { pointed, withFilter } from '../dlq/filter-options.ts';
import { headsOf, readAhead } from '../dlq/letters.ts';
import { examples } from '../render/example.ts';
import { printLine } from '../render/print.ts';

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
      const target = pointed(ids, words, cli);
      const { archive, bodies } = await cli.connect();
      const [{ textsOf }, { letterJson }] = await Promise.all([
        import('../../shared/deadletter/notice.ts'),
        import('../../shared/operate/letter-json.ts'),
      ]);
      const heads =
        target.by === 'id'
          ? headsOf({ archive }, target.ids)
          : readAhead(selectLetters(archive, target.filter), ({ letterId }) => archive.get(letterId));
      const lines = readAhead(heads, async (head) =>
        head === null ? null : JSON.stringify(letterJson(head, await textsOf(bodies, head))),
      );
      for await (const line of lines) if (line !== null) await printLine(cli, line);
    });
};
