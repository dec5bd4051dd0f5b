/** JSON and XML with a line per element, for reading; anything else as it is. Never changes what --json prints. */
export function prettyBody(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('<')) return prettyXml(trimmed);
  if (!/^[[{]/.test(trimmed)) return text;
  try {
    return JSON.stringify(JSON.parse(trimmed), null, 2);
  } catch {
    return text;
  }
}

/** A tag, a comment, a CDATA section, or the text between. */
const PIECES = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[^>]*>|[^<]+/g;

/** An element that holds only text stays on its line. Broken XML comes out broken, nothing is lost of it. */
function prettyXml(text: string): string {
  const pieces = (text.match(PIECES) ?? []).filter((piece) => piece.trim() !== '');
  if (pieces.join('').replaceAll(/\s/g, '') !== text.replaceAll(/\s/g, '')) return text;
  const lines: string[] = [];
  let depth = 0;
  for (let i = 0; i < pieces.length; i += 1) {
    const piece = pieces[i] ?? '';
    if (isClosing(piece)) depth = Math.max(0, depth - 1);
    const [content = '', end = ''] = [pieces[i + 1], pieces[i + 2]];
    if (isOpening(piece) && !content.startsWith('<') && isClosing(end)) {
      lines.push('  '.repeat(depth) + piece + content + end);
      i += 2;
      continue;
    }
    if (isOpening(piece) && isClosing(content)) {
      lines.push('  '.repeat(depth) + piece + content);
      i += 1;
      continue;
    }
    lines.push('  '.repeat(depth) + piece.trim());
    if (isOpening(piece)) depth += 1;
  }
  return lines.join('\n');
}

const isClosing = (piece: string): boolean => piece.startsWith('</');
const isOpening = (piece: string): boolean => /^<[^/!?]/.test(piece) && !piece.endsWith('/>');
