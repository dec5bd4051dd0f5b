import type { Equivalent } from './equivalent.ts';
import { equivalentsOfDesk } from './equivalents-of-desk.ts';
import { equivalentsOfLetters } from './equivalents-of-letters.ts';
import { equivalentsOfWork } from './equivalents-of-work.ts';

/** The mutants that are looked at and left: no test can tell them from the code. */
export const equivalents: readonly Equivalent[] = [
  ...equivalentsOfWork,
  ...equivalentsOfDesk,
  ...equivalentsOfLetters,
];
