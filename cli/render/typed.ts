import { relative, resolve } from 'node:path';
import type { Cli } from '../cli.ts';

const PLAIN = /^[\w./:@-]+$/;

/** How a command is typed, in this directory and shell, that goes to the same stack as the present one. */
export function mktq({ dataDir, env }: Pick<Cli, 'dataDir' | 'env'>, words: string): string {
  const byDefault = resolve(env['MKTQ_DATA'] ?? '.mktq');
  if (dataDir === byDefault) return `npx mktq ${words}`;
  const near = relative('', dataDir);
  const dir = near.startsWith('..') ? dataDir : near;
  return `npx mktq ${words} --data ${PLAIN.test(dir) ? dir : `'${dir.replaceAll("'", `'\\''`)}'`}`;
}
