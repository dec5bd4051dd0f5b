/** A mutant and what the tests made of it. */
export interface Judged {
  readonly file: string;
  /** Line and column, from 1. */
  readonly at: string;
  /** The whole line on which it begins, without its indentation. */
  readonly line: string;
  /** All lines that it touches, whole. */
  readonly code: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
}

const NOTICED: readonly string[] = ['Killed', 'Timeout'];
const UNNOTICED: readonly string[] = ['Survived', 'NoCoverage'];

export const isUnnoticed = ({ status }: Judged): boolean => UNNOTICED.includes(status);

/** The part of the mutants that some test noticed, in percent; those that could not be tried do not count. */
export function scoreOf(mutants: readonly Judged[]): number {
  const noticed = mutants.filter(({ status }) => NOTICED.includes(status)).length;
  const unnoticed = mutants.filter(isUnnoticed).length;
  return noticed + unnoticed === 0 ? 100 : (100 * noticed) / (noticed + unnoticed);
}
