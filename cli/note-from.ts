import { UsageError } from './exit.ts';

/** It is kept with each letter, or in one item with the holds or the causes of a stack: DynamoDB has 400 KB for an item. */
const MOST_CHARACTERS = 500;

/** The text of an option that says why, without the spaces around it; a `UsageError` where it says nothing, or too much. */
export function noteFrom(option: '--note' | '--reason', words = ''): string {
  const note = words.trim();
  if (note === '' || note.length > MOST_CHARACTERS) {
    throw new UsageError(`${option} must say something, in at most ${MOST_CHARACTERS} characters`);
  }
  return note;
}
