/**
 * Runs one bench in this process and prints its section: `node bench/harness/measure.ts NAME [SIZE]`. Nothing else may go
 * to stdout: bench/run.ts reads it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Measured } from './bench.ts';
import { tableText } from './figures.ts';
import { machineText } from './noise.ts';
import { type Started, startIdleStack, startMarketo } from './servers.ts';

async function measure(bench: Bench, size: number): Promise<Measured> {
  const dir = mkdtempSync(join(tmpdir(), 'mktq-bench-'));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', remove);
  const ends: (() => Promise<unknown>)[] = [];
  const atEnd = (end: () => Promise<unknown>): void => {
    ends.push(end);
  };
  let stacks = 0;
  const stackDir = (): string => {
    stacks += 1;
    return join(dir, `stack-${stacks}`);
  };
  const untilEnd = <Server>({ server, end }: Started<Server>): Server => {
    atEnd(end);
    return server;
  };
  try {
    return await bench.measure({
      size,
      dir,
      atEnd,
      startMarketo: async (settings) => untilEnd(await startMarketo(settings)),
      startIdleStack: async (env) => untilEnd(await startIdleStack(stackDir(), env)),
    });
  } finally {
    for (const end of ends.reverse()) await end();
    remove();
  }
}

const [name = '', size] = process.argv.slice(2);
const { bench } = (await import(new URL(`../${name}.ts`, import.meta.url).href)) as { bench: Bench };
const { setting, rows } = await measure(bench, size === undefined ? bench.size.usual : Number(size));
const command = `npm run bench -- --only ${name}${size === undefined ? '' : ` --size ${size}`}`;
process.stdout.write(
  `## ${bench.title}\n\n\`${command}\` on ${machineText()}\n\n${setting}\n\n${tableText(rows)}\n`,
);
// A bench may leave sockets open that nobody waits for.
process.exit(0);
