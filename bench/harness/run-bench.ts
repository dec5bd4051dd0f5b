import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MINUTE_MS } from '../../shared/kernel/clock.ts';
import type { Bench } from './bench.ts';

/** Several times what the longest takes: a bench that hangs must not hang the run. */
const GIVE_UP_MS = 30 * MINUTE_MS;

/** This checkout. */
export const HERE = join(import.meta.dirname, '../..');

/** What the bench of a checkout prints, or null if it fails. A size of null: the usual. */
export async function runBench(checkout: string, name: string, size: number | null): Promise<string | null> {
  const child = spawn(process.execPath, await wordsFor(checkout, name, size), {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: GIVE_UP_MS,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return code === 0 ? text.trim() : null;
}

async function wordsFor(checkout: string, name: string, size: number | null): Promise<readonly string[]> {
  const harness = join(checkout, 'bench/harness/measure.ts');
  if (existsSync(harness)) return [harness, name, ...(size === null ? [] : [String(size)])];
  // Before there was a harness each bench was a program, with an option of its own for its size (budget had none).
  const { bench } = (await import(join(HERE, `bench/${name}.ts`))) as { bench: Bench };
  const ownSize = size === null || name === 'budget' ? [] : [`--${bench.size.of}`, String(size)];
  return [join(checkout, `bench/${name}.ts`), ...ownSize];
}
