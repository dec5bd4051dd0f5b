import { harmlessJson } from './text.ts';

/**
 * A job message as somebody edits it: indented, and still the same value, also where it is shown on a terminal. A text that is no
 * JSON stays as it is.
 */
export function jobText(text: string): string {
  try {
    return `${harmlessJson(JSON.parse(text), 2)}\n`;
  } catch {
    return text;
  }
}
