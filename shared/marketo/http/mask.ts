import { spellingsOf } from './spellings.ts';

const MASK = '***';
/** As keys and signatures are. What is not escaped in a text stands there as it is. */
const NEEDS_NO_ESCAPE = /^[\w-]+$/;
const MAY_BE_ESCAPED = /\\u|%|&(?:amp;|#)/i;

/**
 * Replaces every secret in a captured text, also where it stands escaped for XML, JSON or a URL, in letters of either case: a
 * key or a signature in hexadecimal is the same in capitals. The longest goes first: a secret that is part of another must
 * not leave the rest of it behind.
 */
export function mask(text: string, secrets: readonly string[]): string {
  // All spellings are a pattern that takes milliseconds to build, and most texts escape nothing.
  const isPlain = !MAY_BE_ESCAPED.test(text);
  // An empty secret is no secret, and replacing it would put a mask between every two characters.
  const forms = [...new Set(secrets)]
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length)
    .map((secret) => (isPlain && NEEDS_NO_ESCAPE.test(secret) ? secret : spellingsOf(secret)));
  return forms.length === 0 ? text : text.replace(new RegExp(forms.join('|'), 'giu'), MASK);
}
