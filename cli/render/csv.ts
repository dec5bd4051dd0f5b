import type { Cli } from '../cli.ts';
import { UNDECODABLE } from '../source/lines.ts';
import { writeText } from './print.ts';
import { harmless } from './text.ts';

/** What Excel knows a file in UTF-8 by. */
export const BYTE_ORDER_MARK = '\ufeff';

/** One row as RFC 4180 has it, but for its end, which is a line feed. Bytes that were no text come out as U+FFFD. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\n`;

const csvCell = (cell: string): string => {
  const text = cell.replaceAll(UNDECODABLE, '\ufffd');
  return /[",\r\n]|^ | $/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A text of rows on stdout: as it is into a file or a pipe, without what would move the cursor on a terminal. */
export const printCsv = (cli: Pick<Cli, 'stdout'>, text: string): Promise<void> =>
  writeText(cli, cli.stdout.isTTY === true ? harmless(text) : text);
