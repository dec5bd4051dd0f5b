import type { FilterWords } from '../../shared/deadletter/filter.ts';
import type { DefineCommand } from '../cli.ts';
import { pointed, withFilter } from '../dlq/filter-options.ts';
import { UsageError } from '../exit.ts';
import { examples } from '../render/example.ts';

export interface RedriveWords extends FilterWords {
  readonly dryRun?: boolean;
  readonly edit?: string;
  readonly includeInDoubt?: boolean;
  readonly superseded?: boolean;
}

export const defineDlqRedrive: DefineCommand = (parent, cli) => {
  withFilter(parent.command('redrive').argument('[ids...]', 'of letters; or give a filter'))
    .summary('send dead letters back to the queue')
    .description(
      'Sends dead letters back to the queue: five first, and the rest only if the same cause does not come back. A ' +
        'filter leaves out what may have run already, what a later write has overtaken, and what succeeded late, and ' +
        'says how many; ids are taken at their word.',
    )
    .option('--dry-run', 'only say what it would send, cost, and when it would be done')
    .option(
      '--edit <file>',
      'one id: send this whole job message in its place (- is stdin); the original is kept',
    )
    .option('--include-in-doubt', 'with a filter: also what may have run already')
    .option('--superseded', 'with a filter: also what a later write of the same lead has overtaken')
    .addHelpText(
      'after',
      examples(
        'mktq dlq redrive import-7',
        'mktq dlq redrive --cause 3f2a9c0d11ee --dry-run',
        'mktq dlq redrive --code 20103 --since 3d',
        'mktq dlq redrive import-7 --edit corrected.json',
      ),
    )
    .action(async (ids: readonly string[], words: RedriveWords) => {
      const target = pointed(ids, words, cli);
      if (target.by === 'filter' && target.filter.status !== 'open') {
        throw new UsageError('only open letters can be redriven; leave out --status');
      }
      if (words.edit !== undefined && (target.by !== 'id' || target.ids.length !== 1)) {
        throw new UsageError('--edit takes exactly one id');
      }
      const { redriveLetters } = await import('../dlq/redrive-letters.ts');
      await redriveLetters(cli, target, words);
    });
};
