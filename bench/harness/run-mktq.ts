import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Ran {
  readonly elapsedMs: number;
  /** The largest resident set that the command's process had. */
  readonly peakBytes: number;
  /** Processor time of it, and the part of that which is its own, not the system's. */
  readonly processorMs: number;
  readonly userMs: number;
  /** From the start to the first that it writes; null where it writes nothing. */
  readonly firstMs: number | null;
  readonly stdout: string;
}

const MKTQ = fileURLToPath(new URL('../../cli/mktq.ts', import.meta.url));
const PEAK_MEMORY = new URL('./peak-memory.ts', import.meta.url).href;

/** Runs the real `mktq` in a process of its own, from its start to its end; throws if it fails. */
export const runMktq = (...words: readonly string[]): Promise<Ran> => run([], words);

/** The same with what it does with its time written to `dir`. */
export const profileMktq = (dir: string, ...words: readonly string[]): Promise<Ran> =>
  run(['--cpu-prof', '--cpu-prof-dir', dir], words);

async function run(flags: readonly string[], words: readonly string[]): Promise<Ran> {
  const began = performance.now();
  const child = spawn(process.execPath, [...flags, '--import', PEAK_MEMORY, MKTQ, ...words], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const texts = { stdout: '', peak: '' };
  let firstMs: number | null = null;
  child.stdout?.on('data', (text: Buffer) => {
    firstMs ??= performance.now() - began;
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
    peakBytes: Number(texts.peak.split(' ', 1)[0]) * 1_024,
    processorMs: Number(texts.peak.split(' ')[1]),
    userMs: Number(texts.peak.split(' ')[2]),
    firstMs,
    stdout: texts.stdout,
  };
}
