import { isUnnoticed, type Judged } from './score.ts';

/** A mutant that no test can kill, because it behaves as the code does. */
export interface Equivalent {
  readonly file: string;
  /** The line on which it begins, as it stands in the file, or a part of it that stands on no other. */
  readonly line: string;
  /** What Stryker writes in place of a part of it. */
  readonly replacements: readonly string[];
  readonly reason: string;
}

/** Only a mutant that no test noticed is excused by its name: one that is killed counts. */
export const isNamed = ({ file, line, replacements }: Equivalent, mutant: Judged): boolean =>
  mutant.file === file &&
  isUnnoticed(mutant) &&
  mutant.line.includes(line) &&
  replacements.includes(mutant.replacement);

/** What stands behind an exhaustive `switch`, and is there for the compiler. */
export const isUnreachable = ({ status, code }: Judged): boolean =>
  status === 'NoCoverage' && /^\s*default:\s*return assertNever\(/u.test(code);

/** Reasons that several have. */
export const NARROWS = 'only the compiler needs it: nothing else comes here';
export const NULL_IS_NO_TIME = 'compared with a time, null is 0 and undefined is no number: both are past';
export const ONLY_FASTER = 'finds the same, only slower';

export const of = (
  file: string,
  line: string,
  replacements: readonly string[],
  reason: string,
): Equivalent => ({
  file,
  line,
  replacements,
  reason,
});
