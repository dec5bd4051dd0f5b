import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { type Equivalent, equivalents, isNamed, isUnreachable } from './equivalents.ts';
import { folders, type RuleFolder } from './folders.ts';
import { type Judged, scoreOf } from './score.ts';

const HELP = `Breaks the rules of a folder in every way Stryker knows, and tells which breaks no test notices.
  npm run mutate -- ${folders.map(({ name }) => name).join('|')} [--only PART_OF_A_FILE_NAME] [--concurrency 2] [--json FILE]`;

/** Of the mutants of a folder so many are to be noticed, in percent. */
const AIM = 92;

const root = fileURLToPath(new URL('../..', import.meta.url));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: '' },
      concurrency: { type: 'string', default: '2' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [folder, ...more] = positionals.map((name) => folders.find((one) => one.name === name));
  if (values.help === true || folder === undefined || more.length > 0) return say(HELP, 2);
  const files = filesOf(folder).filter((file) => file.includes(values.only));
  const judged = await mutate(folder, files, Number(values.concurrency));
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(judged, null, 2));
  return report(judged, files);
}

const filesOf = ({ rules }: RuleFolder): readonly string[] => globSync([...rules], { cwd: root }).sort();

async function mutate(folder: RuleFolder, files: readonly string[], concurrency: number) {
  process.chdir(root);
  process.env['MUTATED_FOLDER'] = folder.name;
  const mutants = await new Stryker({
    mutate: [...files],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: true },
    coverageAnalysis: 'perTest',
    concurrency,
    timeoutMS: 10_000,
    disableTypeChecks: true,
    // There is no such file: what Stryker does with one needs an API that TypeScript 7 does not have.
    tsconfigFile: 'no-tsconfig.json',
    reporters: ['progress-append-only'],
    tempDirName: '.stryker-tmp',
  }).runMutationTest();
  return mutants.map(({ fileName, location, mutatorName, replacement, status }): Judged => {
    const file = relative(root, fileName);
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    const { start, end } = location;
    const line = lines[start.line - 1]?.trim() ?? '';
    const code = lines.slice(start.line - 1, end.line).join('\n');
    return { file, at: `${start.line}:${start.column}`, line, code, mutatorName, replacement, status };
  });
}

/** A row per mutant that nobody noticed, a row per file, and what is named as equivalent and is not. */
function report(judged: readonly Judged[], files: readonly string[]): number {
  const used = new Set<Equivalent>();
  const open = judged.filter((mutant) => {
    const named = equivalents.find((one) => isNamed(one, mutant));
    if (named !== undefined) used.add(named);
    return named === undefined && !isUnreachable(mutant);
  });
  const rows = open
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(
      ({ file, at, status, line, replacement }) =>
        `${status} ${file}:${at}\n    ${line}\n    -> ${replacement}`,
    );
  const noticed = equivalents.filter((one) => files.includes(one.file) && !used.has(one));
  const scores = files.map((file) =>
    rowOf(
      file,
      open.filter((mutant) => mutant.file === file),
    ),
  );
  const whole = scoreOf(open);
  say(
    [
      ...rows,
      ...noticed.map(({ file, line }) => `stale: ${file} has no mutant of "${line}"`),
      ...scores,
    ].join('\n'),
    0,
  );
  return say(
    `${rowOf('in all', open)}; ${judged.length - open.length} named as equivalent`,
    whole >= AIM ? 0 : 1,
  );
}

const rowOf = (name: string, mutants: readonly Judged[]): string =>
  `${scoreOf(mutants).toFixed(1)} %  ${name}, ${mutants.length} mutants`;

function say(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`);
  return exitCode;
}

process.exitCode = await main();
