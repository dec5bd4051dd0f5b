import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { RestBasis } from '../check/basis.ts';
import { FINDING_KINDS, type FindingKind } from '../check/findings.ts';
import type { FindingGroup, JobCounts, Tally } from '../check/tally.ts';
import type { Style } from './style.ts';
import { count, oneLine, plural } from './text.ts';
import { since } from './time.ts';

const TITLES: Readonly<Record<FindingKind, string>> = {
  refused: 'cannot run over REST; enqueued all the same, nothing of it is sent',
  'needs-setting': 'cannot run as the stack is configured',
  unchecked: 'names fields that are not standard: only the instance can say whether they are there',
  unlike: 'runs otherwise than over SOAP',
};

export const OVER_SOAP =
  'over SOAP, as it is configured, valid jobs are sent as they are; MARKETO_TRANSPORT=rest with --offline shows what REST makes of them';

/** What is to be said of the jobs of a file: like findings once, the worst first, and whose fields they were compared with. */
export function findingsScreen(tally: Tally, basis: RestBasis, now: number, style: Style): string {
  const ungrouped = tally.ungrouped();
  return [
    ...FINDING_KINDS.flatMap((kind) => kindLines(kind, tally.groups(kind), style)),
    ...(ungrouped === 0 ? [] : [`and ${plural(ungrouped, 'finding')} more: --json shows each`, '']),
    sourceLine(basis, now),
  ].join('\n');
}

function kindLines(kind: FindingKind, groups: readonly FindingGroup[], style: Style): readonly string[] {
  if (groups.length === 0) return [];
  return [style.bold(TITLES[kind]), ...groups.flatMap(groupLines), ''];
}

const groupLines = ({
  kind,
  operation,
  message,
  code,
  count: jobs,
  lines,
}: FindingGroup): readonly string[] => [
  `  ${operation}: ${oneLine(message)}${kind === 'unlike' ? '' : ` (${code})`}`,
  `    ${plural(jobs, 'job')}: ${lineText(lines, jobs)}`,
];

function lineText(lines: readonly number[], jobs: number): string {
  const shown = `${jobs === 1 ? 'line' : 'lines'} ${lines.join(', ')}`;
  return jobs > lines.length ? `${shown} and ${count(jobs - lines.length)} more` : shown;
}

/** What the valid jobs of a file would come to. */
export function countsLine(counts: JobCounts): string {
  const parts: readonly (readonly [number, string])[] = [
    [counts.unlike, 'otherwise than over SOAP'],
    [counts.unchecked, 'not known'],
    [counts['needs-setting'], 'only with a setting'],
    [counts.refused, 'not at all'],
  ];
  const others = parts.filter(([jobs]) => jobs > 0).map(([jobs, words]) => `${count(jobs)} ${words}`);
  return `over REST: ${[`${count(counts.unchanged)} unchanged`, ...others].join(', ')}`;
}

/** Whose fields the names of the jobs were compared with. */
export const sourceLine = (basis: RestBasis, now: number): string => `fields: ${sourceText(basis, now)}`;

export function sourceText({ source, fields }: Pick<RestBasis, 'source' | 'fields'>, now: number): string {
  switch (source.kind) {
    case 'instance':
      return `the ${count(fields.all.length)} of the instance, as a worker read them ${since(source.at, now)}`;
    case 'refused':
      return (
        "the standard ones, and a worker knows no others: Marketo refuses to describe the instance's (603, " +
        `${since(source.at, now)}); give the role of the API user Read-Only Lead`
      );
    case 'standard':
      return `the standard ones alone: ${source.because}`;
    default:
      return assertNever(source);
  }
}
