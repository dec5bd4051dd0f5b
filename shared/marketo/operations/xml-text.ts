const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const FORBIDDEN = new RegExp(
  `[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]|${LONE_SURROGATE.source}`,
  'g',
);

const SHOWN = 3;

/**
 * The characters of a text that XML 1.0 has no way to carry, not even escaped, by code point ("U+0008"); empty if there are none.
 * At most three are named: a binary blob would name hundreds.
 */
export function forbiddenInXml(text: string): readonly string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(FORBIDDEN)) {
    found.add(`U+${match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
    if (found.size === SHOWN) break;
  }
  return [...found];
}

/** What is wrong with a text that shall go into an envelope, in words; null if nothing is. */
export function xmlTextProblem(text: string): string | null {
  const found = forbiddenInXml(text);
  if (found.length === 0) return null;
  return `contains ${found.join(', ')}, which XML cannot carry; remove ${found.length === 1 ? 'it' : 'them'}`;
}
