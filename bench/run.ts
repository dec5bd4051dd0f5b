/**
 * Runs the benches and writes README.md beside this file: `npm run bench`, or some of them with `npm run bench -- --only
 * throughput,enqueue`; the sections of the others then stay as they are.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { say } from './parts/figures.ts';
import { machineText, measureNoise, noiseText } from './parts/noise.ts';

/** A file of this folder each, which prints Markdown to stdout. */
const BENCHES = [
  { name: 'budget', title: 'The budget, in simulated time' },
  { name: 'throughput', title: 'Two minutes in real time' },
  { name: 'overhead', title: 'What the worker costs a job' },
  { name: 'enqueue', title: 'Enqueueing a CSV file' },
  { name: 'letters', title: 'Grouping dead letters by cause' },
  { name: 'cold-start', title: 'Cold start of the bundled worker' },
] as const;

type Bench = (typeof BENCHES)[number];

const README = new URL('README.md', import.meta.url);
/** Several times what the longest takes: a bench that hangs must not hang the run. */
const GIVE_UP_MS = 30 * 60_000;

const HEAD = `# Benches

Written by \`npm run bench\`; every figure here was measured by the command above it. Absolute times are those of one
machine on one day, so each bench compares within its own run, and says how steady the machine was: the time of a fixed
loop before and after it (median, least to most), and the load average. No bench is part of the tests.
`;

async function main(): Promise<void> {
  const chosen = chosenBenches();
  const sections = new Map(sectionsOf(readReadme()));
  const failed: string[] = [];
  for (const bench of chosen) {
    say(`\n${bench.name}: ${bench.title}`);
    const before = measureNoise();
    const figures = await runBench(bench);
    if (figures === null) {
      failed.push(bench.name);
      continue;
    }
    const noise = noiseText(before, measureNoise());
    sections.set(bench.name, sectionFor(bench, figures, noise));
    writeReadme(sections);
    say(`${figures}\n${noise}`);
  }
  if (failed.length === 0) return;
  say(`failed: ${failed.join(', ')}; their sections are as they were`);
  process.exitCode = 1;
}

function chosenBenches(): readonly Bench[] {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const names = values.only?.split(',');
  const unknown = names?.find((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown !== undefined) {
    say(`there is no bench ${unknown}; they are ${BENCHES.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  return BENCHES.filter(({ name }) => names?.includes(name) ?? true);
}

const commandFor = ({ name }: Bench): string => `npx node bench/${name}.ts`;

/** What it printed, or null if it failed. */
async function runBench({ name }: Bench): Promise<string | null> {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file], {
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

const sectionFor = (bench: Bench, figures: string, noise: string): string =>
  `## ${bench.title}\n\n\`${commandFor(bench)}\` on ${machineText()}\n\n${figures}\n\n${noise}\n`;

const marker = (name: string): string => `<!-- bench: ${name} -->`;

/** Each section with its name, as the README has them now. */
function sectionsOf(readme: string): readonly (readonly [string, string])[] {
  return readme
    .split(/^<!-- bench: (?=[a-z-]+ -->$)/m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf(' -->\n');
      return [part.slice(0, end), `${part.slice(end + ' -->\n'.length).trim()}\n`] as const;
    });
}

function readReadme(): string {
  try {
    return readFileSync(README, 'utf8');
  } catch {
    return '';
  }
}

function writeReadme(sections: ReadonlyMap<string, string>): void {
  const texts = BENCHES.flatMap(({ name }) => {
    const section = sections.get(name);
    return section === undefined ? [] : [`${marker(name)}\n${section}`];
  });
  writeFileSync(README, [HEAD, ...texts].join('\n'));
}

await main();
