import type { RedriveEstimate } from '../../shared/operate/redrive/estimate.ts';
import { estimateJson } from '../../shared/operate/redrive-json.ts';
import type { Cli } from '../cli.ts';
import type { HeaderCheck } from '../enqueue/header-check.ts';
import type { Screen } from './fit.ts';
import { costLines } from './redrive.ts';
import { count, plural } from './text.ts';

/** What would become of the rows of a file. */
export interface DryRun {
  readonly rows: number;
  readonly jobs: number;
  /** Dead jobs whose rows came back. */
  readonly redriven: number;
  /** Sent by an earlier run; null: nobody could be asked. */
  readonly known: number | null;
  readonly refused: number;
  /** Of the first jobs, as far as they are not made when they are sent. */
  readonly ids: readonly string[];
  readonly firstJob: object | null;
  /** At least, where each carries as much as it may. */
  readonly calls: number;
  readonly estimate: RedriveEstimate | null;
  readonly header: HeaderCheck | null;
  /** Why nothing of the stack is known, in words. */
  readonly notCompared: string | null;
}

export const dryRunJson = ({ estimate, header, ...found }: DryRun) => ({
  dryRun: {
    ...found,
    ...(estimate === null ? { left: null, quota: null, hold: null, doneAt: null } : estimateJson(estimate)),
    fields: header?.comparedWith ?? null,
    doubtfulColumns: header?.doubtful ?? [],
  },
});

/** The same for people. */
export function dryRunText(cli: Pick<Cli, 'style' | 'clock'>, found: DryRun): Screen {
  const { jobs, redriven, refused, rows, known, ids, calls, estimate, header, notCompared, firstJob } = found;
  const ofRows = [
    ...(redriven === 0 ? [] : [`${count(redriven)} redriven`]),
    ...(known === null || known === 0 ? [] : [`${count(known)} had been before and would not be sent again`]),
    ...(refused === 0 ? [] : [`${count(refused)} refused`]),
  ];
  return [
    [
      `Would enqueue  ${[`${plural(jobs, 'job')} of ${plural(rows, 'row')}`, ...ofRows].join(', ')}`,
      ...(ids.length === 0 ? [] : [`Ids            ${ids.join(', ')}${jobs > ids.length ? ', …' : ''}`]),
      ...(estimate === null ? [`Calls          at least ${count(calls)}`] : costLines(estimate, cli.clock())),
      ...headerLines(header),
      ...(notCompared === null
        ? []
        : [`Not compared   with what was sent before, nor with the quota: ${notCompared}`]),
      ...(firstJob === null ? [] : ['First job']),
    ].join('\n'),
    ...(firstJob === null ? [] : [{ verbatim: JSON.stringify(firstJob, null, 2) }]),
    cli.style.dim('Nothing was sent.'),
  ];
}

function headerLines(header: HeaderCheck | null): readonly string[] {
  if (header === null) return [];
  const { comparedWith, doubtful } = header;
  return [
    `Fields         ${comparedWith}`,
    ...(doubtful.length === 0 ? [] : [`Doubtful       ${doubtful.join(', ')}`]),
  ];
}
