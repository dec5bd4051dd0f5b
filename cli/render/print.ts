import type { Cli } from '../cli.ts';
import type { TextStream } from '../text-stream.ts';
import { fitScreen, fitText, type Screen } from './fit.ts';
import { harmless, harmlessJson, harmlessScreen } from './text.ts';

/** The command's answer: the JSON value on one line with --json, otherwise the text for people (made only then). */
export async function print(
  cli: Pick<Cli, 'stdout' | 'json'>,
  value: unknown,
  human: () => Screen,
): Promise<void> {
  if (cli.json) await printJson(cli, value);
  else await printLine(cli, human());
}

/** One JSON value on a line of stdout, `before` in front of it. */
export const printJson = (cli: Pick<Cli, 'stdout'>, value: unknown, before = ''): Promise<void> =>
  writeText(cli, `${before}${harmlessJson(value)}\n`);

/** A JSON array on stdout, a value a line, while they come. */
export async function printArray(cli: Pick<Cli, 'stdout'>, values: AsyncIterable<unknown>): Promise<void> {
  let before = '[';
  for await (const value of values) {
    await printJson(cli, value, before);
    before = ',';
  }
  await printLine(cli, before === '[' ? '[]' : ']');
}

/** Lines for people on stdout, none wider than it, without what would move the cursor. */
export const printLine = (cli: Pick<Cli, 'stdout'>, screen: Screen): Promise<void> =>
  writeText(cli, `${harmlessScreen(fitScreen(screen, widthOf(cli.stdout)))}\n`);

const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The same on a terminal in place of what stands there, as many lines of it as there is room for. */
export function printInPlace(cli: Pick<Cli, 'stdout'>, screen: Screen): Promise<void> {
  const { stdout } = cli;
  const lines = harmlessScreen(fitScreen(screen, widthOf(stdout))).split('\n');
  const shown = lines.slice(0, (stdout.rows ?? Number.POSITIVE_INFINITY) - 1);
  return writeText(cli, `${HOME}${shown.map((line) => line + CLEAR_LINE).join('\n')}${CLEAR_BELOW}\n`);
}

/** Infinity where lines have no end, as in a pipe. */
export const widthOf = ({ columns = Number.POSITIVE_INFINITY }: TextStream): number => columns;

/** Waits while the reader is behind, so that a long export does not pile up in memory. */
export async function writeText(cli: Pick<Cli, 'stdout'>, text: string): Promise<void> {
  const { stdout } = cli;
  if (stdout.write(text)) return;
  await new Promise<void>((resolve) => {
    if (stdout.once === undefined) resolve();
    else stdout.once('drain', resolve);
  });
}

/** What the command did, for people: on stderr where stdout is lost, since that it was done must be known. */
export function sayDone(cli: Pick<Cli, 'stdout' | 'stderr' | 'json'>, text: string): void {
  if (cli.stdout.lost === true) note(cli, text);
  else if (!cli.json) {
    cli.stdout.write(`${harmlessScreen(fitText(text, widthOf(cli.stdout)))}\n`, (error) => {
      // These are the words by which it was found to be lost.
      if (error) note(cli, text);
    });
  }
}

/** A line for the reader on stderr: a warning, a refused row. */
export const note = (cli: Pick<Cli, 'stderr'>, text: string): void => {
  cli.stderr.write(`${fitText(harmless(text), widthOf(cli.stderr))}\n`);
};
