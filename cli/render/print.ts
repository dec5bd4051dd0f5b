import type { Cli } from '../cli.ts';

/** The command's answer: the JSON value on one line with --json, otherwise the text for people (made only then). */
export async function print(
  cli: Pick<Cli, 'stdout' | 'json'>,
  value: unknown,
  human: () => string,
): Promise<void> {
  await printLine(cli, cli.json ? JSON.stringify(value) : human());
}

/** One line on stdout; waits while the reader is behind, so that a long export does not pile up in memory. */
export async function printLine(cli: Pick<Cli, 'stdout'>, text: string): Promise<void> {
  const { stdout } = cli;
  if (stdout.write(`${text}\n`)) return;
  await new Promise<void>((resolve) => {
    if (stdout.once === undefined) resolve();
    else stdout.once('drain', resolve);
  });
}

/** A line for the reader on stderr: a warning, a refused row. */
export const note = (cli: Pick<Cli, 'stderr'>, text: string): void => {
  cli.stderr.write(`${text}\n`);
};
