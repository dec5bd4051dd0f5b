/**
 * Runs the benches, which are the other files of this folder, and writes README.md beside them. `npm run bench -- --help`
 * says what else it can.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { say } from './harness/figures.ts';
import { measureNoise, noiseText } from './harness/noise.ts';
import { measurePairs } from './harness/pairs.ts';
import { HERE, runBench } from './harness/run-bench.ts';

const README = new URL('README.md', import.meta.url);

const USAGE = `npm run bench -- [--only NAME,...] [--size N] [--pairs DIR [--times N]]

Without options all benches run, and each writes its section of bench/README.md.
--only    some of them; the sections of the others stay as they are
--size N  another size than the usual (rows, jobs, letters, ...); only printed
--pairs   each bench here and in the checkout DIR, in turns, --times times (3); only printed, with the ratios`;

const HEAD = `# Benches

Written by \`npm run bench\`; every figure here was measured by the command above it. Absolute times are those of one
machine on one day, so each bench compares within its own run, and says how steady the machine was: the time of a fixed
loop before and after it (median, least to most), and the load average. No bench is part of the tests.
`;

async function main(): Promise<void> {
  const { names, size, pairs, times } = readCommandLine();
  const failed: string[] = [];
  for (const name of names) {
    say(`\n${name}`);
    const text =
      pairs === null ? await measureOne(name, size) : await measurePairs(name, { other: pairs, times, size });
    if (text === null) failed.push(name);
    else {
      process.stdout.write(`${text}\n`);
      if (pairs === null && size === null) writeSection(name, text);
    }
  }
  if (failed.length === 0) return;
  say(`failed: ${failed.join(', ')}; their sections are as they were`);
  process.exitCode = 1;
}

function readCommandLine() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      size: { type: 'string' },
      pairs: { type: 'string' },
      times: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  const names = benchNames();
  const only = values.only?.split(',') ?? names;
  const unknown = only.find((name) => !names.includes(name));
  if (values.help || unknown !== undefined) {
    const benches = `The benches are ${names.join(', ')}.`;
    say(unknown === undefined ? `${USAGE}\n\n${benches}` : `There is no bench ${unknown}. ${benches}`);
    process.exit(unknown === undefined ? 0 : 2);
  }
  return {
    names: names.filter((name) => only.includes(name)),
    size: values.size === undefined ? null : countOf(values.size),
    pairs: values.pairs === undefined ? null : resolve(values.pairs),
    times: countOf(values.times),
  };
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  say(`${text} is no count`);
  process.exit(2);
}

/** In the order of the README; one that it does not know comes last. */
function benchNames(): readonly string[] {
  const names = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
    .map((file) => file.slice(0, -'.ts'.length));
  const before = [...sectionsOf(readReadme()).keys()].filter((name) => names.includes(name));
  return [...new Set([...before, ...names.sort()])];
}

async function measureOne(name: string, size: number | null): Promise<string | null> {
  const before = measureNoise();
  const section = await runBench(HERE, name, size);
  return section === null ? null : `${section}\n\n${noiseText(before, measureNoise())}\n`;
}

/** Each section with its name, in the README's order. */
const sectionsOf = (readme: string): ReadonlyMap<string, string> =>
  new Map(
    readme
      .split(/^<!-- bench: (?=[a-z-]+ -->$)/m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf(' -->\n');
        return [part.slice(0, end), `${part.slice(end + ' -->\n'.length).trim()}\n`];
      }),
  );

function readReadme(): string {
  try {
    return readFileSync(README, 'utf8');
  } catch {
    return '';
  }
}

/** Read again each time: another run may have written its own section meanwhile. */
function writeSection(name: string, section: string): void {
  const sections = new Map([...sectionsOf(readReadme()), [name, section]]);
  const texts = [...sections].map(([each, text]) => `<!-- bench: ${each} -->\n${text}`);
  writeFileSync(README, [HEAD, ...texts].join('\n'));
}

await main();
