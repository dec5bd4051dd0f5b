/** A piece of code that must not go missing, the edit that breaks it, and the test that has to notice. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in `file`; otherwise the list is stale. */
  readonly find: string;
  readonly replace: string;
  readonly testFile: string;
  /** A part of the test's name, as it stands in `testFile`. */
  readonly testName: string;
}

/** Why the guard can no longer be broken as described; null if it can. `read` answers a file of the tree. */
export function staleness(guard: Guard, read: (path: string) => string): string | null {
  const times = read(guard.file).split(guard.find).length - 1;
  if (times !== 1) return `its text stands ${times} times in ${guard.file}`;
  return testsIn(read(guard.testFile)).includes(guard.testName)
    ? null
    : `its test is not in ${guard.testFile}`;
}

/** Without the titles of groups: no test goes red by such a name. */
const testsIn = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*describe\b/.test(line))
    .join('\n');
