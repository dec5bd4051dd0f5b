import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Guard, staleness } from './guard.ts';
import { guards } from './guards.ts';
import { runTests, type TestEnd } from './run-tests.ts';
import { copyTree, type TreeCopy } from './tree-copy.ts';

const HELP = `Breaks each guard of test/guards in a copy of the tree and demands that its test goes red.
  npm run guards [-- --only PART_OF_A_NAME]`;

/** Copies that are worked on side by side. */
const LANES = 2;

const root = fileURLToPath(new URL('../..', import.meta.url));

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true) return say(HELP, 0);
  const chosen = guards.filter(({ name }) => name.includes(values.only ?? ''));
  if (chosen.length === 0) return say(`no guard has "${values.only}" in its name`, 2);
  const stale = chosen.flatMap((guard) => problemOf(guard));
  if (stale.length > 0) return say(stale.join('\n'), 1);

  const copies = Array.from({ length: Math.min(LANES, chosen.length) }, () => copyTree(root));
  const before = await runTests(copies[0]?.path ?? '', testFilesOf(chosen), null);
  const queue = chosen.values();
  let red = 0;
  await Promise.all(
    copies.map(async (copy) => {
      for (const guard of queue) {
        const verdict = await tryWithout(guard, copy, before);
        if (verdict === 'red') red += 1;
        say(rowOf(guard, verdict, chosen), 0);
      }
    }),
  );
  return say(`${chosen.length} guards, ${red} red`, red === chosen.length ? 0 : 1);
}

function problemOf(guard: Guard): readonly string[] {
  const problem = staleness(guard, (path) => readFileSync(join(root, path), 'utf8'));
  return problem === null ? [] : [`the guard "${guard.name}" is stale: ${problem}`];
}

const testFilesOf = (chosen: readonly Guard[]): readonly string[] => [
  ...new Set(chosen.map(({ testFile }) => testFile)),
];

/** Red counts only if the test was green before the edit and ran after it: a tree that does not load proves nothing. */
async function tryWithout(guard: Guard, copy: TreeCopy, before: readonly TestEnd[]): Promise<string> {
  const { file, find, replace, testFile, testName } = guard;
  const green = endsOf(guard, before);
  if (green.length === 0 || green.some(({ status }) => status !== 'passed')) {
    return 'NOT RED: its test is not green without the edit';
  }
  const after = await copy.edited(file, find, replace, () => runTests(copy.path, [testFile], testName));
  const ends = endsOf(guard, after);
  if (ends.length === 0) return 'NOT RED: its test did not run to its end';
  return ends.some(({ status }) => status === 'failed') ? 'red' : 'NOT RED';
}

const endsOf = (guard: Guard, ends: readonly TestEnd[]): readonly TestEnd[] =>
  ends.filter(({ file, title }) => file === guard.testFile && title.includes(guard.testName));

function rowOf(guard: Guard, verdict: string, chosen: readonly Guard[]): string {
  const width = Math.max(...chosen.map(({ name }) => name.length));
  return `${guard.name.padEnd(width)}  ${verdict.padEnd('NOT RED'.length)}  ${guard.testFile}: ${guard.testName}`;
}

function say(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`);
  return exitCode;
}

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exitCode = await main();
