export interface CsvRow {
  /** The row as it stood in the file. */
  readonly raw: string;
  readonly cells: readonly string[];
}

/** The rows of delimited text (RFC 4180), without empty lines; null if a quote is never closed. */
export function csvRows(text: string, separator: string): CsvRow[] | null {
  const rows: CsvRow[] = [];
  for (let from = 0; from < text.length; ) {
    const row = rowAt(text, from, separator);
    if (row === null) return null;
    if (row.raw !== '') rows.push({ raw: row.raw, cells: row.cells });
    from = row.next;
  }
  return rows;
}

function rowAt(text: string, from: number, separator: string): (CsvRow & { next: number }) | null {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  let at = from;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (character === '\r' || character === '\n') break;
    else cell += character;
  }
  if (quoted) return null;
  cells.push(cell);
  const next = text.startsWith('\r\n', at) ? at + 2 : at + 1;
  return { raw: text.slice(from, at), cells, next };
}
