import { resolve } from 'node:path';
import type { Cli } from '../cli.ts';
import { harmless } from './text.ts';

/** Where a local stack keeps its state unless --data or MKTQ_DATA says otherwise. */
export const DEFAULT_DATA = '.mktq';

const PLAIN = /^[\w./:@-]+$/;

/**
 * How a command is typed in this shell, from any directory, that goes to the same stack as the present one. `operands` follow the
 * command's name, and `options` them; one that begins with a dash, as an id may, is put behind `--` at the end.
 */
export function mktq(
  { dataDir, stackName, env }: Pick<Cli, 'dataDir' | 'stackName' | 'env'>,
  words: string,
  operands: readonly string[] = [],
  options = '',
): string {
  const isDashed = operands.some((operand) => operand.startsWith('-'));
  const typed = operands.map(quoted);
  const parts = [
    `npx mktq ${words}`,
    ...(isDashed ? [] : typed),
    options,
    stackOption(stackName, dataDir, env),
    ...(isDashed ? ['--', ...typed] : []),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function stackOption(stackName: string | undefined, dataDir: string, env: Cli['env']): string {
  if (stackName !== undefined) return `--stack ${quoted(stackName)}`;
  return dataDir === dataDirOf(env) ? '' : `--data ${quoted(dataDir)}`;
}

/** These options as they are typed again: `--cause 3f2a9c0d11ee --limit 10`. One without a value says only that it is there. */
export const typedOptions = (options: Readonly<Record<string, string | true | undefined>>): string =>
  Object.entries(options)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [value === true ? `--${name}` : `--${name} ${quoted(value)}`],
    )
    .join(' ');

/** The directory that a command without --data means. */
export const dataDirOf = (env: Cli['env']): string => resolve(env['MKTQ_DATA'] ?? DEFAULT_DATA);

/** A name with a control character in it cannot be typed: it is shown without. */
const quoted = (word: string): string =>
  PLAIN.test(word) ? word : `'${harmless(word).replaceAll("'", `'\\''`)}'`;

/** The text after a command's options: what one would type, each line with what it does. */
export const examples = (...lines: readonly string[]): string =>
  `\nExample${lines.length === 1 ? '' : 's'}:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
