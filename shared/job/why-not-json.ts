/** What other languages write where JSON has no word, as a value and outside of any text. */
const FOREIGN_WORD = /[:,[]\s*(-?(?:NaN|Infinity)|undefined|None|True|False)\b/;

const BYTE_ORDER_MARK = '\ufeff';

/** Why a text is not JSON, in words that quote nothing of it; null if it is. Never throws. */
export function whyNotJson(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    // The engine quotes the text around the fault, which may be a lead's: its position is enough.
    return wordsFor(text, error instanceof Error ? error.message : '');
  }
}

function wordsFor(text: string, engine: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return 'it is empty';
  if (text.startsWith(BYTE_ORDER_MARK)) return 'a byte order mark (U+FEFF) stands before it; leave it out';
  if (!/^[[{"]/.test(trimmed)) return 'it is plain text';
  const position = /position (\d+)/.exec(engine)?.[1];
  if (/unexpected end/i.test(engine)) return 'it ends too early';
  if (/after JSON/.test(engine)) return `more stands behind its end, from position ${position ?? '?'} on`;
  // What is missing at the end is reported as a fault at the place just behind it.
  if (position !== undefined && Number(position) >= text.trimEnd().length) return 'it ends too early';
  const word = FOREIGN_WORD.exec(withoutTexts(trimmed))?.[1];
  if (word !== undefined) return `${word} is no word of JSON`;
  return position === undefined ? 'a word in it is not JSON' : `position ${position}`;
}

/** The texts emptied: a lead may be called None. One that is not closed goes to the end, or each quote in it would be tried. */
const withoutTexts = (json: string): string => json.replace(/"(?:[^"\\]|\\.)*(?:"|\\?$)/gs, '""');
