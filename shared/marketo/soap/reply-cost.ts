/**
 * What a reply of 16 MB may hold at most, so that reading it takes about two seconds and not a worker's memory. Ten thousand
 * leads with a hundred attributes stay far below; what does not was written to be expensive, or is no answer at all.
 */
const MOST_TAGS = 2_000_000;
const MOST_LEVELS = 256;
/** mktows knows some hundreds. Every further name of an element costs its reader a place of its own. */
const MOST_NAMES = 10_000;
const MOST_ATTRIBUTES = 500_000;
const MOST_TAG_CHARACTERS = 64 * 1024;

/** Whether the markup of a text would cost its parser more than any answer does. One pass, by the tags alone. */
export function isCostly(text: string): boolean {
  const names = new Set<string>();
  let [tags, level, attributes] = [0, 0, 0];
  for (let at = text.indexOf('<'); at >= 0; ) {
    const end = text.indexOf('>', at);
    // A tag that never ends is the parser's last.
    if (end < 0) return text.length - at > MOST_TAG_CHARACTERS;
    const tag = text.slice(at + 1, end);
    tags += 1;
    level += step(tag);
    if (!tag.startsWith('/')) {
      names.add(NAME.exec(tag)?.[0] ?? '');
      attributes += countOf(tag, '=');
    }
    const isTooMuch =
      tag.length > MOST_TAG_CHARACTERS ||
      tags > MOST_TAGS ||
      level > MOST_LEVELS ||
      names.size > MOST_NAMES ||
      attributes > MOST_ATTRIBUTES;
    if (isTooMuch) return true;
    at = text.indexOf('<', end);
  }
  return false;
}

const NAME = /^[^\s/]{1,200}/;

/** Whether what follows stands a level deeper or higher. */
function step(tag: string): number {
  if (tag.startsWith('/')) return -1;
  return tag.startsWith('!') || tag.startsWith('?') || tag.endsWith('/') ? 0 : 1;
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) count += 1;
  return count;
}
