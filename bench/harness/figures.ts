/** One thing measured, beside what was aimed at. */
export interface Row {
  readonly question: string;
  readonly figure: string;
  /** Null: measured to be known, with nothing aimed at. */
  readonly aim: { readonly text: string; readonly met: boolean } | null;
}

export const known = (question: string, figure: string): Row => ({ question, figure, aim: null });

export const aimed = (question: string, figure: string, text: string, met: boolean): Row => ({
  question,
  figure,
  aim: { text, met },
});

/** The rows as Markdown. */
export function tableText(rows: readonly Row[]): string {
  const lines = rows.map(({ question, figure, aim }) => {
    const met = aim === null ? '' : aim.met ? 'met' : '**missed**';
    return `| ${question} | ${aim?.text ?? ''} | ${figure} | ${met} |`;
  });
  return ['| Question | Aim | Measured | |', '|---|---|---|---|', ...lines].join('\n');
}

/** For whoever watches: only the figures go to stdout. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The value below which the given part of the values lies. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

type Write = (value: number) => string;

export const ms: Write = (value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
export const seconds: Write = (valueMs) => `${(valueMs / 1_000).toFixed(2)} s`;
export const percent = (part: number, digits = 1): string => `${(part * 100).toFixed(digits)} %`;
export const whole: Write = (value) => Math.round(value).toLocaleString('en-US');
export const kilobytes: Write = (bytes) => `${whole(bytes / 1_000)} kB`;
export const megabytes: Write = (bytes) => `${whole(bytes / 1_000_000)} MB`;

/** Median, and the least and most. */
export const range = (values: readonly number[], write: Write): string =>
  `${write(median(values))} (${write(Math.min(...values))} to ${write(Math.max(...values))})`;

/** Median, and what the slowest twentieth passes: for many samples, the most of which is chance. */
export const spread = (values: readonly number[], write: Write): string =>
  `${write(median(values))} (95 % within ${write(quantile(values, 0.95))})`;
