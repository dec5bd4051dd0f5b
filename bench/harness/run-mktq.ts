import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Ran {
  readonly elapsedMs: number;
  /** The largest resident set that the command's process had. */
  readonly peakBytes: number;
  readonly stdout: string;
}

const MKTQ = fileURLToPath(new URL('../../cli/mktq.ts', import.meta.url));
const PEAK_MEMORY = new URL('./peak-memory.ts', import.meta.url).href;

/** Runs the real `mktq` in a process of its own, from its start to its end; throws if it fails. */
export async function runMktq(...words: readonly string[]): Promise<Ran> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', PEAK_MEMORY, MKTQ, ...words], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const texts = { stdout: '', peak: '' };
  child.stdout?.on('data', (text: Buffer) => {
    texts.stdout += text;
  });
  child.stdio[3]?.on('data', (text: Buffer) => {
    texts.peak += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`mktq ${words.join(' ')} ended with ${code}: ${texts.stdout}`);
  return {
    elapsedMs: performance.now() - began,
    peakBytes: Number(texts.peak) * 1_024,
    stdout: texts.stdout,
  };
}
