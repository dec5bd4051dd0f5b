/** One row of a CSV file. `line` is the physical line on which it starts, from 1. */
export type CsvRow =
  | { readonly kind: 'row'; readonly line: number; readonly cells: readonly string[] }
  /** What stands on lines `line` to `lastLine` could not be read, but for the first `cells`; the file goes on behind it. */
  | {
      readonly kind: 'bad';
      readonly line: number;
      readonly lastLine: number;
      readonly error: string;
      readonly cells: readonly string[];
    };

/** No lead has a row of a mebibyte; a quote that nobody closed has. */
const MOST_CHARACTERS = 1024 * 1024;

type Place = 'cell-start' | 'plain' | 'quoted' | 'quote-in-quoted' | 'after-quote' | 'skipping';

/**
 * RFC 4180 as spreadsheets write it: LF, CRLF and CR end a row; a quote inside an unquoted cell is a character, and blanks
 * around a quoted one are no part of it. No library, because a broken row must be refused by its lines and the file go on behind it.
 */
class CsvReader {
  #place: Place = 'cell-start';
  #cells: string[] = [];
  #cell = '';
  #size = 0;
  #line = 1;
  #rowLine = 1;
  #afterCr = false;
  #error: string | null = null;

  /** The rows that end within this text. */
  *read(text: string): Generator<CsvRow> {
    for (let at = 0; at < text.length; ) {
      const run = this.#plainRun(text, at);
      if (run > at) {
        this.#afterCr = false;
        this.#append(text.slice(at, run));
        at = run;
        continue;
      }
      const char = text.charAt(at);
      at += 1;
      if (char === '\n' && this.#afterCr) {
        this.#afterCr = false;
        if (this.#place === 'quoted') this.#append(char);
        continue;
      }
      this.#afterCr = char === '\r';
      if (char === '\r' || char === '\n') {
        this.#line += 1;
        if (this.#place === 'quoted') this.#append(char);
        else yield* this.#endRow();
      } else {
        this.#take(char);
      }
    }
  }

  /** What the end of the file ends. */
  *end(): Generator<CsvRow> {
    if (this.#place === 'quoted') {
      this.#fail('a quote that is opened here is never closed');
      this.#line += 1;
    } else if (this.#place === 'cell-start' && this.#cells.length === 0 && this.#size === 0) {
      return;
    } else {
      this.#line += 1;
    }
    yield* this.#endRow();
  }

  /** The end of the longest run of characters that mean nothing special here. */
  #plainRun(text: string, from: number): number {
    if (this.#place === 'quote-in-quoted' || this.#place === 'after-quote') return from;
    let at = from;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE || code === LF || code === CR || (code === COMMA && this.#place !== 'quoted')) break;
    }
    return at;
  }

  #append(text: string): void {
    if (this.#place === 'skipping') return;
    if (this.#place === 'cell-start') this.#place = 'plain';
    this.#size += text.length;
    if (this.#size > MOST_CHARACTERS) {
      this.#fail(`the row is longer than ${MOST_CHARACTERS} characters; is a quote in it not closed?`);
    } else {
      this.#cell += text;
    }
  }

  #take(char: string): void {
    switch (this.#place) {
      case 'skipping':
        return;
      case 'cell-start':
        if (char === '"') this.#place = 'quoted';
        else if (char === ',') this.#endCell();
        else this.#append(char);
        return;
      case 'plain':
        if (char === ',') this.#endCell();
        else if (char === '"' && ONLY_BLANKS.test(this.#cell)) {
          this.#cell = '';
          this.#place = 'quoted';
        } else this.#append(char);
        return;
      case 'quoted':
        if (char === '"') this.#place = 'quote-in-quoted';
        else this.#append(char);
        return;
      case 'quote-in-quoted':
      case 'after-quote':
        this.#afterQuote(char);
        return;
      default:
        return;
    }
  }

  #afterQuote(char: string): void {
    if (char === ',') this.#endCell();
    else if (char === '"' && this.#place === 'quote-in-quoted') {
      this.#place = 'quoted';
      this.#append(char);
    } else if (char === ' ') this.#place = 'after-quote';
    else if (';\t|'.includes(char))
      this.#fail(
        `${char === '\t' ? 'a tab' : char} stands behind a closing quote; save the file with commas between the columns`,
      );
    else this.#fail('text stands behind a closing quote; double a quote that belongs to the text');
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = '';
    this.#size += 1;
    this.#place = 'cell-start';
  }

  #fail(error: string): void {
    this.#error ??= error;
    this.#place = 'skipping';
    this.#cell = '';
  }

  *#endRow(): Generator<CsvRow> {
    const line = this.#rowLine;
    const error = this.#error;
    const isEmpty = this.#place === 'cell-start' && this.#cells.length === 0;
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    this.#size = 0;
    this.#error = null;
    this.#rowLine = this.#line;
    if (error !== null)
      yield { kind: 'bad', line, lastLine: this.#line - 1, error, cells: cells.slice(0, -1) };
    else if (!isEmpty) yield { kind: 'row', line, cells };
  }
}

/** At most a few, or each quote of a long cell would be looked at all over again. */
const ONLY_BLANKS = /^ {1,16}$/;
const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

/** The rows of a CSV text that comes in pieces of any size. */
export async function* csvRows(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<CsvRow> {
  const reader = new CsvReader();
  for await (const text of texts) yield* reader.read(text);
  yield* reader.end();
}

/** The rows of a whole CSV text. */
export function csvRowsOf(text: string): readonly CsvRow[] {
  const reader = new CsvReader();
  return [...reader.read(text), ...reader.end()];
}
