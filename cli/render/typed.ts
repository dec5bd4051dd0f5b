import { relative, resolve } from 'node:path';
import type { Cli } from '../cli.ts';

/** Where a local stack keeps its state unless --data or MKTQ_DATA says otherwise. */
export const DEFAULT_DATA = '.mktq';

const PLAIN = /^[\w./:@-]+$/;

/** How a command is typed, in this directory and shell, that goes to the same stack as the present one. */
export function mktq(
  { dataDir, stackName, env }: Pick<Cli, 'dataDir' | 'stackName' | 'env'>,
  words: string,
): string {
  if (stackName !== undefined) return `npx mktq ${words} --stack ${quoted(stackName)}`;
  if (dataDir === dataDirOf(env)) return `npx mktq ${words}`;
  const near = relative('', dataDir);
  const dir = near.startsWith('..') ? dataDir : near;
  return `npx mktq ${words} --data ${quoted(dir)}`;
}

/** The directory that a command without --data means. */
export const dataDirOf = (env: Cli['env']): string => resolve(env['MKTQ_DATA'] ?? DEFAULT_DATA);

const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The text after a command's options: what one would type, each line with what it does. */
export const examples = (...lines: readonly string[]): string =>
  `\nExample${lines.length === 1 ? '' : 's'}:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
