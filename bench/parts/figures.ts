/** One thing measured, beside what was aimed at. */
export interface Figure {
  readonly question: string;
  /** Null: measured to be known, with nothing aimed at. */
  readonly aim: string | null;
  readonly figure: string;
  /** Null where there is no aim. */
  readonly met: boolean | null;
}

/** The Markdown that a bench prints, and `run.ts` copies into README.md. Nothing else may go to stdout. */
export function printFigures(setting: string, figures: readonly Figure[]): void {
  const rows = figures.map(
    ({ question, aim, figure, met }) =>
      `| ${question} | ${aim ?? ''} | ${figure} | ${met === null ? '' : met ? 'met' : '**missed**'} |`,
  );
  const lines = [setting, '', '| Question | Aim | Measured | |', '|---|---|---|---|', ...rows];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** For whoever watches. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The value below which the given part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
export const seconds = (valueMs: number): string => `${(valueMs / 1_000).toFixed(2)} s`;
export const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
