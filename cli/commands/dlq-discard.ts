import type { FilterWords } from '../../shared/deadletter/filter.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { type Pointed, pointed, withFilter } from '../dlq/filter-options.ts';
import { idsOf, readAhead } from '../dlq/letters.ts';
import { UsageError } from '../exit.ts';
import { examples } from '../render/example.ts';
import { note, print } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, plural } from '../render/text.ts';

interface DiscardWords extends FilterWords {
  readonly reason: string;
}

export const defineDlqDiscard: DefineCommand = (parent, cli) => {
  withFilter(parent.command('discard').argument('[ids...]', 'of letters; or give a filter'))
    .summary('close dead letters that nobody will redrive')
    .description(
      'Closes dead letters for good, with a reason. They stay readable (dlq list --status discarded).',
    )
    .requiredOption('--reason <r>', 'why, for whoever looks at it later')
    .addHelpText(
      'after',
      examples(
        'mktq dlq discard import-7 --reason "lead left the company"',
        'mktq dlq discard --code 20103 --since 2h --reason "test import"',
      ),
    )
    .action(async (ids: readonly string[], words: DiscardWords) => {
      const target = pointed(ids, words, cli);
      if (target.by === 'filter' && target.filter.status !== 'open') {
        throw new UsageError('only open letters can be discarded; leave out --status');
      }
      if (words.reason.trim() === '') throw new UsageError('--reason must say something');
      await discardLetters(cli, target, words.reason.trim());
    });
};

async function discardLetters(cli: Cli, target: Pointed, reason: string): Promise<void> {
  const { discard } = await import('../../shared/operate/discard.ts');
  const connection = await cli.connect();
  const ids = await idsOf(connection, target);
  const line = progress(cli.stderr, cli.clock);
  const tally = { selected: ids.length, discarded: 0, skipped: 0 };
  const skipped: string[] = [];
  for await (const [id, became] of readAhead(
    ids,
    async (id) => [id, await discard(connection, id, reason)] as const,
  )) {
    if (became.kind === 'discarded') tally.discarded += 1;
    else skipped.push(`skipped ${id}: ${SKIPPED[became.kind]}`);
    line.show(`discarded ${count(tally.discarded)} of ${count(ids.length)}`);
  }
  line.done();
  tally.skipped = skipped.length;
  await print(
    cli,
    tally,
    () => `${plural(tally.discarded, 'letter')} of ${count(tally.selected)} discarded.`,
  );
  for (const words of skipped) note(cli, words);
  if (target.by === 'id' && skipped.length > 0) cli.exitWith(1);
}

const SKIPPED = {
  'already-discarded': 'it is discarded already',
  redriven: 'it has been redriven; what came of it is in mktq jobs show',
  gone: 'it was removed meanwhile',
} as const;
