import type { Command } from 'commander';
import {
  type FilterWords,
  type LetterFilter,
  parseFilter,
  STATUS_FILTERS,
} from '../shared/deadletter/filter.ts';
import { FAULT_CLASSES } from '../shared/marketo/faults/fault.ts';
import type { UnreadableLetter } from '../shared/operate/heads.ts';
import type { LetterSelection, NoSuchLetter } from '../shared/operate/letters.ts';
import type { Cli } from './cli.ts';
import { Failure, UsageError } from './exit.ts';
import { note } from './render/print.ts';
import { oneLine } from './render/text.ts';

/** The options that jobs and letters are chosen by. */
export const withConditions = (command: Command): Command =>
  command
    .option('--batch <name>', 'only jobs of this batch')
    .option('--lead <key>', 'only jobs of this lead: its e-mail address, or another key that names it')
    .option('--code <n>', 'only this code of Marketo, such as 20103')
    .option('--class <c>', `only this class: ${FAULT_CLASSES.join(', ')}`)
    .option('--operation <o>', 'only this operation, such as syncLead')
    .option('--cause <x>', 'only this cause (12 hex digits, see dlq list --by-cause)')
    .option('--text <t>', 'only with this text in the message or in the job, capitals or not')
    .option(
      '--since <t>',
      'only newer than a time (ISO-8601, UTC if it names no zone) or an age (30m, 2h, 3d)',
    );

/** The options of FILTER, the same for every command that takes letters. */
export const withFilter = (command: Command): Command =>
  withConditions(command)
    .option('--status <s>', `${STATUS_FILTERS.join(', ')} (default open)`)
    .option('--all', 'no further condition');

export function filterFrom(
  words: FilterWords,
  cli: Pick<Cli, 'clock'>,
): { filter: LetterFilter; said: boolean } {
  const parsed = parseFilter(words, cli.clock());
  if (parsed.kind === 'invalid') throw new UsageError(`--${parsed.option} ${parsed.message}`);
  return parsed;
}

/** The conditions as they were given, to be typed again in a command that goes on. */
export const conditionsOf = ({
  all,
  ...words
}: FilterWords): Readonly<Record<string, string | true | undefined>> => ({
  batch: words.batch,
  lead: words.lead,
  code: words.code,
  class: words.class,
  operation: words.operation,
  cause: words.cause,
  text: words.text,
  since: words.since,
  status: words.status,
  all: all === true ? all : undefined,
});

/** A number of lines that an option asks for; null where it is not given. */
export function limitFrom(word: string | undefined): number | null {
  if (word === undefined) return null;
  if (/^[1-9]\d{0,8}$/.test(word)) return Number(word);
  throw new UsageError(`--limit wants a number above 0, not ${JSON.stringify(word)}`);
}

/** Ids or a filter, never both and never neither: nothing happens to every letter by leaving out a word. */
export function selectionFrom(
  ids: readonly string[],
  words: FilterWords,
  cli: Pick<Cli, 'clock'>,
): LetterSelection {
  const { filter, said } = filterFrom(words, cli);
  if (ids.length > 0 && said) throw new UsageError('give ids or a filter, not both');
  if (ids.length > 0) return { by: 'id', ids: [...new Set(ids)] };
  if (!said) throw new UsageError('which letters? give ids, a filter such as --cause X, or --all');
  return { by: 'filter', filter };
}

/** A line about a letter that cannot be read. The command goes on, and fails in the end. */
export function noteUnreadable(
  cli: Pick<Cli, 'stderr' | 'exitWith'>,
  { letterId, message }: Pick<UnreadableLetter, 'letterId' | 'message'>,
): void {
  note(cli, `letter ${letterId} cannot be read: ${oneLine(message)}`);
  cli.exitWith(1);
}

export const noSuchLetter = ({ letterId }: Pick<NoSuchLetter, 'letterId'>): Failure =>
  new Failure(`there is no dead letter ${JSON.stringify(letterId)}; mktq dlq list shows the open ones`);
