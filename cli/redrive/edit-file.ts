import { readFile } from 'node:fs/promises';
import type { Cli } from '../cli.ts';
import { Failure } from '../exit.ts';
import { fileTrouble } from '../trouble.ts';

/** The text of the file; `-` is stdin. */
export async function editFile(cli: Pick<Cli, 'stdin'>, file: string): Promise<string> {
  try {
    if (file !== '-') return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${fileTrouble(error)}`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of cli.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
