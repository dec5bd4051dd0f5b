import type { LetterPlace } from '../../shared/deadletter/archive.ts';
import type { FilterWords, LetterFilter } from '../../shared/deadletter/filter.ts';
import { type LetterSummary, UNREADABLE_CAUSE } from '../../shared/deadletter/letter.ts';
import { type OnLooked, selectLetters } from '../../shared/deadletter/select-letters.ts';
import { take } from '../../shared/kernel/pages.ts';
import { withAcknowledgements } from '../../shared/operate/acknowledge.ts';
import { groupByCause } from '../../shared/operate/causes.ts';
import type { ListPart } from '../../shared/operate/letters.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { UsageError } from '../exit.ts';
import {
  conditionsOf,
  filterFrom,
  limitFrom,
  noSuchLetter,
  noteUnreadable,
  withFilter,
} from '../filter-options.ts';
import { causesText, codeOrClass, nothingText } from '../render/causes.ts';
import { print, printArray, printLine } from '../render/print.ts';
import { cleared, type Progress, progress } from '../render/progress.ts';
import { inScreens } from '../render/screens.ts';
import { type Column, table } from '../render/table.ts';
import { plural } from '../render/text.ts';
import { stamp } from '../render/time.ts';
import { examples, mktq, typedOptions } from '../render/typed.ts';

interface ListWords extends FilterWords {
  readonly byCause?: boolean;
  readonly limit?: string;
  readonly after?: string;
}

/** On a screen; with --json everything, unless a limit is given. */
const SHOWN_TO_PEOPLE = 50;

export const defineDlqList: DefineCommand = (parent, cli) => {
  withFilter(parent.command('list'))
    .description('dead letters, newest first, or their causes')
    .option('--by-cause', 'one line per cause, the most frequent first, with what to do about it')
    .option('--limit <n>', `at most so many lines (default ${SHOWN_TO_PEOPLE}; with --json all)`)
    .option('--after <id>', 'go on after this letter: those that are older')
    .addHelpText(
      'after',
      examples(
        'mktq dlq list --by-cause',
        'mktq dlq list --code 20105 --since 2h',
        'mktq dlq list --batch import-2026-11-22 --text pants',
        'mktq dlq list --all --json',
      ),
    )
    .action(async (words: ListWords) => {
      const { filter } = filterFrom(words, cli);
      const limit = limitFrom(words.limit) ?? (cli.json ? Number.POSITIVE_INFINITY : SHOWN_TO_PEOPLE);
      if (words.byCause === true && words.after !== undefined) {
        throw new UsageError('--after goes on in a list of letters; --by-cause has them all in one');
      }
      const connection = await cli.connect();
      if (words.byCause === true) return listCauses(cli, connection, filter, limit);
      const part = { limit, after: await placeAfter(connection, words.after) };
      if (cli.json) await listJson(cli, connection, filter, part);
      else await listPeople(cli, connection, words, filter, part);
    });
};

async function placeAfter(
  connection: Connection,
  letterId: string | undefined,
): Promise<LetterPlace | undefined> {
  if (letterId === undefined) return undefined;
  const { placeOf } = await import('../../shared/operate/letters.ts');
  const place = await placeOf(connection, letterId);
  if (place === null) throw noSuchLetter({ letterId });
  return place;
}

async function listCauses(
  cli: Cli,
  connection: Connection,
  filter: LetterFilter,
  limit: number,
): Promise<void> {
  const [found, seen] = await Promise.all([
    groupByCause(selectLetters(connection, filter)),
    connection.acknowledgements.get(),
  ]);
  const groups = withAcknowledgements(found, seen, cli.clock());
  if (groups.some(({ cause }) => cause === UNREADABLE_CAUSE)) cli.exitWith(1);
  await print(cli, groups.slice(0, limit), () => causesText(cli, groups, limit, filter));
}

async function listJson(
  cli: Cli,
  connection: Connection,
  filter: LetterFilter,
  part: ListPart,
): Promise<void> {
  const { listLetters } = await import('../../shared/operate/letters.ts');
  const line = progress(cli.stderr, cli.clock);
  async function* readable(): AsyncGenerator<unknown> {
    for await (const one of listLetters(connection, filter, { ...part, onLooked: lookedThrough(line) })) {
      if (one.kind === 'letter') yield one.letter;
      else noteUnreadable(cli, one);
    }
  }
  await printArray(cli, cleared(readable(), line));
}

/** A text is sought in each letter by itself: whoever waits for the first one sees that it goes on. */
const lookedThrough =
  (line: Progress): OnLooked =>
  (letters) =>
    line.show(`${plural(letters, 'letter')} looked through`);

async function listPeople(
  cli: Cli,
  connection: Connection,
  words: ListWords,
  filter: LetterFilter,
  { limit, after }: ListPart,
): Promise<void> {
  let shown = 0;
  let first: LetterSummary | undefined;
  let last: LetterSummary | undefined;
  // One more than is shown tells whether there are more.
  const line = progress(cli.stderr, cli.clock);
  const letters = take(
    selectLetters(connection, filter, { after, onLooked: lookedThrough(line) }),
    limit + 1,
  );
  for await (const page of cleared(inScreens(letters), line)) {
    const lines = page.slice(0, limit - shown);
    if (lines.some(({ cause }) => cause === UNREADABLE_CAUSE)) cli.exitWith(1);
    const more = lines.length < page.length;
    first ??= lines[0];
    last = lines.at(-1) ?? last;
    shown += lines.length;
    if (lines.length > 0) {
      await printLine(
        cli,
        table(lines, columnsFor(cli, lines), { width: cli.width, header: cli.style.bold }),
      );
    }
    if (more && last !== undefined) return printLine(cli, nextLines(cli, words, { shown, first, last }));
  }
  if (first === undefined) return printLine(cli, nothingText(filter));
  return printLine(cli, nextLines(cli, words, { shown, first, last: null }));
}

function nextLines(
  cli: Cli,
  words: ListWords,
  of: {
    readonly shown: number;
    readonly first: LetterSummary | undefined;
    readonly last: LetterSummary | null;
  },
): string {
  const same = { ...conditionsOf(words), limit: words.limit };
  return [
    '',
    of.last === null
      ? `${plural(of.shown, 'letter')}.`
      : `${plural(of.shown, 'letter')} shown; there are more.`,
    ...(of.last === null
      ? []
      : [`Go on:        ${mktq(cli, 'dlq list', [], typedOptions({ ...same, after: of.last.letterId }))}`]),
    ...(of.first === undefined ? [] : [`Look at one:  ${mktq(cli, 'dlq show', [of.first.letterId])}`]),
    `By cause:     ${mktq(cli, 'dlq list --by-cause', [], typedOptions(conditionsOf(words)))}`,
  ].join('\n');
}

/** In fewer cells operation and cause, which one letter shows, would leave the message no room. */
const WIDE = 100;

function columnsFor(cli: Cli, letters: readonly LetterSummary[]): readonly Column<LetterSummary>[] {
  const status: Column<LetterSummary> = { title: 'STATUS', value: (letter) => letter.status };
  const operation: Column<LetterSummary> = {
    title: 'OPERATION',
    value: (letter) => letter.operation ?? '-',
  };
  const cause: Column<LetterSummary> = {
    title: 'CAUSE',
    value: (letter) => letter.cause,
    paint: (cell) => cli.style.dim(cell),
  };
  const isWide = cli.width >= WIDE;
  return [
    { title: 'ID', value: (letter) => letter.letterId },
    { title: 'SINCE', value: (letter) => stamp(letter.deadLetteredAt), paint: (cell) => cli.style.dim(cell) },
    { title: 'CODE', value: codeOrClass },
    ...(isWide ? [operation] : []),
    ...(letters.some((letter) => letter.status !== 'open') ? [status] : []),
    ...(isWide ? [cause] : []),
    { title: 'MESSAGE', value: (letter) => letter.message, shrink: true, min: 20 },
  ];
}
