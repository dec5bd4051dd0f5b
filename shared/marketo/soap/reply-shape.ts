import type { UnreadableReply } from '../faults/fault.ts';

export interface ReplyShape {
  readonly what: UnreadableReply;
  readonly words: string;
}

/**
 * Names what came instead of an answer, without showing any of it: it may hold anybody's values. `wellFormed` is whether an
 * XML parser took it.
 */
export function replyShape(text: string, contentType: string, wellFormed: boolean): ReplyShape {
  if (isJson(text)) return { what: 'json', words: 'the answer is JSON, not XML' };
  const root = /<([A-Za-z_][\w.:-]*)/.exec(text)?.[1] ?? '';
  if (/^<!doctype html/i.test(text) || /^html$/i.test(root) || /^text\/html/i.test(contentType)) {
    return { what: 'html', words: 'the answer is a web page' };
  }
  if (!text.startsWith('<')) return { what: 'text', words: 'the answer is plain text' };
  if (root === '' || (!wellFormed && !text.includes(`</${root}>`))) {
    return { what: 'truncated', words: 'the answer was cut off' };
  }
  if (!/(^|:)Envelope$/.test(root)) return { what: 'other', words: 'the answer is markup, but no envelope' };
  return wellFormed
    ? { what: 'foreign', words: 'the answer is an envelope, but of no known operation' }
    : { what: 'other', words: 'the answer is an envelope, but no well-formed XML' };
}

function isJson(text: string): boolean {
  if (!/^[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
