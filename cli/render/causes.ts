import { firstStep } from '../../shared/deadletter/advice/advice.ts';
import type { LetterFilter } from '../../shared/deadletter/filter.ts';
import type { LetterSummary } from '../../shared/deadletter/letter.ts';
import { type CauseGroup, lettersOf, redrivable } from '../../shared/operate/causes.ts';
import type { Cli } from '../cli.ts';
import { acknowledgedLines } from './acknowledged.ts';
import { type Column, table } from './table.ts';
import { count, oneLine, plural } from './text.ts';
import { mktq } from './typed.ts';

/** The causes, the most frequent first, with who has seen them and the commands that come next. */
export function causesText(
  cli: Cli,
  groups: readonly CauseGroup[],
  limit: number,
  filter: LetterFilter,
): string {
  const [largest] = groups;
  if (largest === undefined) return nothingText(filter);
  const shown = groups.slice(0, limit);
  const again = redrivable(groups);
  const seen = acknowledgedLines(shown, cli.clock());
  const more = groups.length > shown.length ? ` (${shown.length} shown; --limit for more)` : '';
  return [
    table(shown, CAUSE_COLUMNS, { width: cli.width, header: cli.style.bold }),
    ...fieldLines(shown),
    ...(seen.length === 0 ? [] : ['', ...seen]),
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

export const codeOrClass = (of: Pick<LetterSummary, 'code' | 'class'>): string =>
  // The code says more, except where the class is what the operator has to decide about.
  of.code === null || of.class === 'in-doubt' ? of.class : String(of.code);

export function nothingText(filter: LetterFilter): string {
  const { status, ...conditions } = filter;
  const narrowed = Object.values(conditions).some((condition) => condition !== null);
  const which = status === 'all' ? '' : `${status} `;
  return `No ${which}dead letters${narrowed ? ' match' : ''}.`;
}
