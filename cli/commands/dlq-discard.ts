import type { FilterWords } from '../../shared/deadletter/filter.ts';
import type { DiscardJson, LetterSelection } from '../../shared/operate/letters.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { UsageError } from '../exit.ts';
import { noSuchLetter, noteUnreadable, selectionFrom, withFilter } from '../filter-options.ts';
import { note, print } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, plural } from '../render/text.ts';
import { examples } from '../render/typed.ts';
import { unlessStopped } from '../stop.ts';

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
      const selection = selectionFrom(ids, words, cli);
      if (selection.by === 'filter' && selection.filter.status !== 'open') {
        throw new UsageError('only open letters can be discarded; leave out --status');
      }
      if (words.reason.trim() === '') throw new UsageError('--reason must say something');
      await discardAll(cli, selection, words.reason.trim());
    });
};

async function discardAll(cli: Cli, selection: LetterSelection, reason: string): Promise<void> {
  const { discardLetters, selectIds } = await import('../../shared/operate/letters.ts');
  const connection = await cli.connect();
  const selected = await selectIds(connection, selection);
  if (selected.kind === 'no-such-letter') throw noSuchLetter(selected);
  const { ids } = selected;
  const stop = cli.stop();
  const line = progress(cli.stderr, cli.clock);
  let discarded = 0;
  let unreadable = 0;
  const skipped: string[] = [];
  for await (const { letterId, became } of discardLetters(connection, unlessStopped(ids, stop), reason)) {
    if (became.kind === 'discarded') discarded += 1;
    else if (became.kind === 'unreadable') {
      line.done();
      noteUnreadable(cli, became);
      unreadable += 1;
    } else skipped.push(`skipped ${letterId}: ${SKIPPED[became.kind]}`);
    line.show(`discarded ${count(discarded)} of ${count(ids.length)}`);
  }
  line.done();
  const left = ids.length - discarded - skipped.length - unreadable;
  const json: DiscardJson = {
    selected: ids.length,
    discarded,
    skipped: skipped.length + unreadable,
    ...(left > 0 ? { stopped: true } : {}),
  };
  await print(cli, json, () => `${plural(discarded, 'letter')} of ${count(ids.length)} discarded.`);
  for (const words of skipped) note(cli, words);
  if (left > 0) sayStopped(cli, left, selection);
  if (selection.by === 'id' && skipped.length > 0) cli.exitWith(1);
}

function sayStopped(cli: Cli, left: number, { by }: LetterSelection): void {
  cli.exitWith(1);
  note(
    cli,
    `stopped: ${plural(left, 'letter')} left open; to go on, type the same command again${by === 'id' ? ': it passes over those that are discarded' : ''}`,
  );
}

const SKIPPED = {
  'already-discarded': 'it is discarded already',
  redriven: 'it has been redriven; what came of it is in mktq jobs show',
  gone: 'it was removed meanwhile',
} as const;
