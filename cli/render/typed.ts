import { relative, resolve } from 'node:path';
import type { Cli } from '../cli.ts';

const PLAIN = /^[\w./:@-]+$/;

/** How a command is typed, in this directory and shell, that goes to the same stack as the present one. */
export function mktq(
  { dataDir, stackName, env }: Pick<Cli, 'dataDir' | 'stackName' | 'env'>,
  words: string,
): string {
  if (stackName !== undefined) return `npx mktq ${words} --stack ${quoted(stackName)}`;
  const byDefault = resolve(env['MKTQ_DATA'] ?? '.mktq');
  if (dataDir === byDefault) return `npx mktq ${words}`;
  const near = relative('', dataDir);
  const dir = near.startsWith('..') ? dataDir : near;
  return `npx mktq ${words} --data ${quoted(dir)}`;
}

const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
