import type { Param } from '../operations/describe-params.ts';
import type { Screen } from './fit.ts';
import type { Style } from './style.ts';
import { cells, count, padEnd } from './text.ts';

interface Described {
  readonly name: string;
  readonly summary: string;
  readonly rules: readonly string[];
  readonly params: readonly Param[];
  readonly example: unknown;
}

/** All operations, a line each. */
export function operationsScreen(operations: readonly Pick<Described, 'name' | 'summary'>[]): string {
  const widest = Math.max(...operations.map(({ name }) => cells(name)));
  const lines = operations.map(({ name, summary }) => `${padEnd(name, widest)}  ${summary}`);
  return [...lines, '', `The params of one, and an example: npx mktq operations syncLead`].join('\n');
}

/** One operation: its params one below the other, those inside another further in, and an example that can be copied. */
export function operationScreen(
  { name, summary, rules, params, example }: Described,
  { bold }: Style,
): Screen {
  const labels = params.map(labelOf);
  const widest = Math.min(MOST_LABEL, Math.max(0, ...labels.map(cells)));
  const lines = params.map((param, i) => `${padEnd(labels[i] ?? '', widest)}  ${words(param)}`);
  return [
    `${bold(name)}: ${summary}`,
    '',
    bold('Params'),
    ...(lines.length === 0 ? ['  none'] : lines),
    ...rules.map((rule) => `  ${refused(rule)}`),
    '',
    bold('Example'),
    { verbatim: JSON.stringify(example, null, 2) },
  ];
}

/** Longer ones have their words further right: the others need not. */
const MOST_LABEL = 30;

function labelOf({ path }: Param): string {
  const names = path.split('.');
  return `${'  '.repeat(names.length)}${names.at(-1) ?? ''}`;
}

/** Rules are the words with which params are refused. */
const refused = (rule: string): string => `Refused: ${rule}`;

function words(param: Param): string {
  const { type, optional, values, of, rules = [] } = param;
  const parts = [
    values === undefined ? type : `one of ${values.join(', ')}`,
    ...(optional ? ['optional'] : []),
    ...range(param.least, param.most, ''),
    ...range(param.leastItems, param.mostItems, ' of them'),
    ...(of === undefined ? [] : [`of ${of}`]),
  ];
  return [parts.join(', '), ...rules.map(refused)].join('. ');
}

function range(least: number | undefined, most: number | undefined, what: string): readonly string[] {
  if (least === undefined && most === undefined) return [];
  const [low, high] = [least, most].map((bound) => (bound === undefined ? null : count(bound)));
  if (low === null) return [`at most ${high}${what}`];
  return [high === null ? `at least ${low}${what}` : `${low} to ${high}${what}`];
}
