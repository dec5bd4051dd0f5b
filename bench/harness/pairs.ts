import { median, range, say } from './figures.ts';
import { HERE, runBench } from './run-bench.ts';

/** The figures of one printed table: what was asked, and the numbers of the answer. */
type Table = readonly { readonly question: string; readonly numbers: readonly number[] }[];

/** Reads a table as benches print it, so that any checkout will do. What stands in brackets is a spread, not a figure. */
const readTable = (markdown: string): Table =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Question |'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, question = '', , figure = '']) => ({
      question,
      numbers: [...figure.replace(/\(.*?\)/g, '').matchAll(/-?\d[\d,]*(\.\d+)?/g)].map(([digits]) =>
        Number(digits.replaceAll(',', '')),
      ),
    }));

/** One run of each checkout. */
interface Pair {
  readonly here: Table;
  readonly there: Table;
}

/** One bench here and in another checkout, `times` times in turns; null if one of the runs failed. */
export async function measurePairs(
  name: string,
  { other, times, size }: { readonly other: string; readonly times: number; readonly size: number | null },
): Promise<string | null> {
  const pairs: Pair[] = [];
  for (let n = 0; n < times; n += 1) {
    say(`${name}: pair ${n + 1} of ${times}`);
    const pair = await measurePair(name, other, size, n % 2 === 0);
    if (pair === null) return null;
    pairs.push(pair);
  }
  return pairsText(name, other, pairs);
}

/** The first of a pair finds another machine than the second, so each checkout is first in turn. */
async function measurePair(
  name: string,
  other: string,
  size: number | null,
  hereFirst: boolean,
): Promise<Pair | null> {
  const first = await runBench(hereFirst ? HERE : other, name, size);
  const second = first === null ? null : await runBench(hereFirst ? other : HERE, name, size);
  if (first === null || second === null) return null;
  const [here, there] = hereFirst ? [first, second] : [second, first];
  return { here: readTable(here), there: readTable(there) };
}

const write = (value: number): string => value.toFixed(2);

function pairsText(name: string, other: string, pairs: readonly Pair[]): string {
  const questions = (pairs[0]?.here ?? []).map(({ question }) => question);
  const rows = questions.map((question) => {
    const found = pairs.map(({ here, there }) => ({
      here: numbersOf(here, question),
      there: numbersOf(there, question),
    }));
    const columns = (found[0]?.here ?? []).map((_, column) => {
      const here = found.map((pair) => pair.here[column] ?? Number.NaN);
      const there = found.map((pair) => pair.there[column] ?? Number.NaN);
      return { here, there, ratios: here.map((value, n) => value / (there[n] ?? Number.NaN)) };
    });
    const cell = (text: (column: (typeof columns)[number]) => string) => columns.map(text).join('; ');
    return `| ${question} | ${cell(({ here }) => write(median(here)))} | ${cell(({ there }) => write(median(there)))} | ${cell(ratioText)} |`;
  });
  return [
    `## ${name}: here against ${other}, ${pairs.length} times`,
    '',
    'The medians, and here as a multiple of there: the median of the pairs, least to most.',
    '',
    '| Question | Here | There | Here / there |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** A question may hold a figure itself, which then differs from one checkout to the other. */
function numbersOf(table: Table, question: string): readonly number[] {
  const blank = (text: string): string => text.replace(/[\d,.]+/g, '#');
  const row =
    table.find((candidate) => candidate.question === question) ??
    table.find((candidate) => blank(candidate.question) === blank(question));
  return row?.numbers ?? [];
}

function ratioText({ here, there, ratios }: Record<'here' | 'there' | 'ratios', readonly number[]>): string {
  if (here.every((value, n) => value === there[n])) return 'the same';
  return ratios.every(Number.isFinite) ? range(ratios, write) : 'not comparable';
}
