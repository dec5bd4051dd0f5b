import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { isNamed, isUnreachable } from './equivalent.ts';
import { equivalents } from './equivalents.ts';
import { folders, type RuleFolder } from './folders.ts';
import { isUnnoticed, type Judged, scoreOf } from './score.ts';

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
  if (values.help === true) return say(HELP, 0);
  if (folder === undefined || more.length > 0) return say(HELP, 2);
  const files = filesOf(folder).filter((file) => file.includes(values.only));
  if (files.length === 0) return say(`no file of ${folder.name} has "${values.only}" in its name`, 2);
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
    // What a local stack, the deploy test and a build leave behind: it is copied for each run, and links in it cannot be.
    ignorePatterns: ['.mktq', '.deploy-test', 'coverage', 'cdk.out', 'dist'],
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

/** A row per mutant that nobody noticed, then what is named as equivalent and is not, then the scores. */
function report(judged: readonly Judged[], files: readonly string[]): number {
  const nameOf = (mutant: Judged) => equivalents.find((one) => isNamed(one, mutant));
  const open = judged.filter((mutant) => !isUnreachable(mutant) && nameOf(mutant) === undefined);
  const used = new Set(judged.map(nameOf));
  const stale = equivalents.filter((one) => files.includes(one.file) && !used.has(one));
  const lines = [
    ...open.filter(isUnnoticed).map(unnoticedRow),
    ...stale.map(({ file, line }) => `named in vain: ${file}, "${line}"`),
    ...files.map((file) => scoreRow(file, ofFile(open, file))),
    `${scoreRow('in all', open)}; ${judged.length - open.length} named as equivalent`,
  ];
  return say(lines.join('\n'), scoreOf(open) >= AIM ? 0 : 1);
}

const ofFile = (mutants: readonly Judged[], name: string): readonly Judged[] =>
  mutants.filter(({ file }) => file === name);

const unnoticedRow = ({ file, at, status, line, replacement }: Judged): string =>
  `${status} ${file}:${at}\n    ${line}\n    -> ${replacement}`;

const scoreRow = (name: string, mutants: readonly Judged[]): string =>
  `${scoreOf(mutants).toFixed(1)} %  ${name}, ${mutants.length} mutants`;

function say(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`);
  return exitCode;
}

process.exitCode = await main();
