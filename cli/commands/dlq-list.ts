import { firstStep } from '../../shared/deadletter/advice/advice.ts';
import { type FilterWords, type LetterFilter, selectLetters } from '../../shared/deadletter/filter.ts';
import { type LetterSummary, UNREADABLE_CAUSE } from '../../shared/deadletter/letter.ts';
import { type CauseGroup, groupByCause, lettersOf, redrivable } from '../../shared/operate/causes.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { UsageError } from '../exit.ts';
import { filterFrom, noteUnreadable, withFilter } from '../filter-options.ts';
import { print, printJson, printLine } from '../render/print.ts';
import { type Column, table } from '../render/table.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { stamp } from '../render/time.ts';
import { examples, mktq } from '../render/typed.ts';

interface ListWords extends FilterWords {
  readonly byCause?: boolean;
  readonly limit?: string;
}

/** On a screen; with --json everything, unless a limit is given. */
const SHOWN_TO_PEOPLE = 50;

export const defineDlqList: DefineCommand = (parent, cli) => {
  withFilter(parent.command('list'))
    .description('dead letters, newest first, or their causes')
    .option('--by-cause', 'one line per cause, the most frequent first, with what to do about it')
    .option('--limit <n>', `at most so many lines (default ${SHOWN_TO_PEOPLE}; with --json all)`)
    .addHelpText(
      'after',
      examples(
        'mktq dlq list --by-cause',
        'mktq dlq list --code 20105 --since 2h',
        'mktq dlq list --all --json',
      ),
    )
    .action(async (words: ListWords) => {
      const { filter } = filterFrom(words, cli);
      const limit = limitFrom(words.limit) ?? (cli.json ? Number.POSITIVE_INFINITY : SHOWN_TO_PEOPLE);
      const connection = await cli.connect();
      if (words.byCause === true) await listCauses(cli, connection, filter, limit);
      else if (cli.json) await listJson(cli, connection, filter, limit);
      else await listPeople(cli, connection, filter, limit);
    });
};

function limitFrom(word: string | undefined): number | null {
  if (word === undefined) return null;
  if (/^[1-9]\d{0,8}$/.test(word)) return Number(word);
  throw new UsageError(`--limit wants a number above 0, not ${JSON.stringify(word)}`);
}

async function listCauses(
  cli: Cli,
  { archive }: Connection,
  filter: LetterFilter,
  limit: number,
): Promise<void> {
  const groups = await groupByCause(selectLetters(archive, filter));
  if (groups.some(({ cause }) => cause === UNREADABLE_CAUSE)) cli.exitWith(1);
  await print(cli, groups.slice(0, limit), () => causesText(cli, groups, limit, filter));
}

function causesText(cli: Cli, groups: readonly CauseGroup[], limit: number, filter: LetterFilter): string {
  const [largest] = groups;
  if (largest === undefined) return nothing(filter);
  const shown = groups.slice(0, limit);
  const again = redrivable(groups);
  const more = groups.length > shown.length ? ` (${shown.length} shown; --limit for more)` : '';
  return [
    table(shown, CAUSE_COLUMNS, { width: cli.width, header: cli.style.bold }),
    ...fieldLines(shown),
    '',
    `${plural(lettersOf(groups), 'letter')} of ${plural(groups.length, 'cause')}${more}.`,
    `Look at one:      ${mktq(cli, 'dlq show', [largest.sampleId])}`,
    ...(again === undefined
      ? []
      : [`Redrive a cause:  ${mktq(cli, `dlq redrive --cause ${again.cause} --dry-run`)}`]),
  ].join('\n');
}

const FIELDS_NAMED = 10;

/** Of a cause by which fields are unknown: which, and how often. */
function fieldLines(groups: readonly CauseGroup[]): readonly string[] {
  const lines = groups.flatMap(({ cause, fields = [] }) => {
    if (fields.length === 0) return [];
    const named = fields
      .slice(0, FIELDS_NAMED)
      .map((field) => `${oneLine(field.name)} (${count(field.count)})`);
    const more = fields.length > named.length ? [`${count(fields.length - named.length)} more`] : [];
    return [`Unknown in ${cause}: ${[...named, ...more].join(', ')}`];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

/** In fewer cells neither could be understood: a narrower terminal shows each cause as a block of lines, which have room for them. */
const LEAST_WORDS = 36;

const CAUSE_COLUMNS: readonly Column<CauseGroup>[] = [
  { title: 'CAUSE', value: (group) => group.cause },
  { title: 'COUNT', value: (group) => count(group.count), align: 'right' },
  { title: 'CODE', value: (group) => codeOrClass(group) },
  { title: 'OPERATION', value: (group) => group.operation ?? '-' },
  { title: 'MESSAGE', value: (group) => group.message, shrink: true, min: LEAST_WORDS },
  { title: 'WHAT TO DO', value: (group) => firstStep(group), shrink: true, min: LEAST_WORDS },
];

const codeOrClass = (of: Pick<LetterSummary, 'code' | 'class'>): string =>
  // The code says more, except where the class is what the operator has to decide about.
  of.code === null || of.class === 'in-doubt' ? of.class : String(of.code);

async function listJson(
  cli: Cli,
  connection: Connection,
  filter: LetterFilter,
  limit: number,
): Promise<void> {
  const { listLetters } = await import('../../shared/operate/letters.ts');
  let before = '[';
  for await (const one of listLetters(connection, filter, limit)) {
    if (one.kind === 'unreadable') {
      noteUnreadable(cli, one);
      continue;
    }
    await printJson(cli, one.letter, before);
    before = ',';
  }
  await printLine(cli, before === '[' ? '[]' : ']');
}

async function listPeople(
  cli: Cli,
  connection: Connection,
  filter: LetterFilter,
  limit: number,
): Promise<void> {
  const { newestLetters } = await import('../../shared/operate/letters.ts');
  const { newest: shown, found } = await newestLetters(connection, filter, limit);
  if (shown.some(({ cause }) => cause === UNREADABLE_CAUSE)) cli.exitWith(1);
  const [first] = shown;
  if (first === undefined) return printLine(cli, nothing(filter));
  const more = found > shown.length ? ` (the newest ${shown.length} shown; --limit for more)` : '';
  await printLine(
    cli,
    [
      table(shown, columnsFor(cli, shown), { width: cli.width, header: cli.style.bold }),
      '',
      `${plural(found, 'letter')}${more}.`,
      `Look at one:  ${mktq(cli, 'dlq show', [first.letterId])}`,
      `By cause:     ${mktq(cli, 'dlq list --by-cause')}`,
    ].join('\n'),
  );
}

function columnsFor(cli: Cli, letters: readonly LetterSummary[]): readonly Column<LetterSummary>[] {
  const status: Column<LetterSummary> = { title: 'STATUS', value: (letter) => letter.status };
  return [
    { title: 'ID', value: (letter) => letter.letterId },
    { title: 'SINCE', value: (letter) => stamp(letter.deadLetteredAt), paint: (cell) => cli.style.dim(cell) },
    { title: 'CODE', value: codeOrClass },
    { title: 'OPERATION', value: (letter) => letter.operation ?? '-' },
    ...(letters.some((letter) => letter.status !== 'open') ? [status] : []),
    { title: 'CAUSE', value: (letter) => letter.cause, paint: (cell) => cli.style.dim(cell) },
    { title: 'MESSAGE', value: (letter) => letter.message, shrink: true, min: 20 },
  ];
}

function nothing(filter: LetterFilter): string {
  const { status, ...conditions } = filter;
  const narrowed = Object.values(conditions).some((condition) => condition !== null);
  const which = status === 'all' ? '' : `${status} `;
  return `No ${which}dead letters${narrowed ? ' match' : ''}.`;
}
