import type { Judged } from './score.ts';

/** A mutant that no test can kill, because it behaves as the code does. */
export interface Equivalent {
  readonly file: string;
  /** The line on which it begins, as it stands in the file, or a part of it that stands on no other. */
  readonly line: string;
  /** What Stryker writes in place of a part of it. */
  readonly replacements: readonly string[];
  readonly reason: string;
}

/** Only a mutant that survived is excused by its name: one that is killed counts. */
export const isNamed = ({ file, line, replacements }: Equivalent, mutant: Judged): boolean =>
  mutant.file === file &&
  mutant.status === 'Survived' &&
  mutant.line.includes(line) &&
  replacements.includes(mutant.replacement);

/** What stands behind an exhaustive `switch`, and is there for the compiler. */
export const isUnreachable = ({ status, code }: Judged): boolean =>
  status === 'NoCoverage' && /^\s*default:\s*return assertNever\(/u.test(code);

export const equivalents: readonly Equivalent[] = [];
