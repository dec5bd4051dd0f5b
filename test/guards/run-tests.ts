import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface TestEnd {
  readonly file: string;
  readonly title: string;
  readonly status: string;
}

/** A broken guard may let a test run for ever. */
const LONGEST_MS = 180_000;

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Runs the tests of some files in a copy, all or those whose name contains `name`; answers how those that ran ended. */
export async function runTests(
  tree: string,
  files: readonly string[],
  name: string | null,
): Promise<readonly TestEnd[]> {
  const report = join(tree, 'report.json');
  rmSync(report, { force: true });
  const only = name === null ? [] : ['-t', name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')];
  const vitest = join(tree, 'node_modules/vitest/vitest.mjs');
  // Threads: they end with their process, even in the middle of an endless loop.
  const options = ['run', '--pool=threads', '--reporter=json', `--outputFile=${report}`, ...only];
  const child = spawn(process.execPath, [vitest, ...options, ...files], {
    cwd: tree,
    stdio: 'ignore',
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  await once(child, 'exit');
  if (!existsSync(report)) return [];
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults
    .flatMap((file) =>
      file.assertionResults.map(({ title, status }) => ({ file: relative(tree, file.name), title, status })),
    )
    .filter(({ status }) => status === 'passed' || status === 'failed');
}
