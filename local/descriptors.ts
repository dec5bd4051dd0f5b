import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { LocalTrouble, TOO_FEW_FILES } from './trouble.ts';

/**
 * Both ends of every connection of the stack are in one process, and LevelDB keeps its files open. A busy stack has some
 * hundred descriptors; without one it would lose a socket here and a file there, and say something else each time.
 */
const DESCRIPTORS = 200;

/** Refuses to start where the process may not open as many files at once as a busy stack does. */
export function demandDescriptors(): void {
  const opened: number[] = [];
  try {
    while (opened.length < DESCRIPTORS) opened.push(openSync(devNull, 'r'));
  } catch (error) {
    throw new LocalTrouble(TOO_FEW_FILES, { cause: error });
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
