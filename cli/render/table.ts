import { cells, cut, cutApart, oneLine, padEnd, padStart } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  /** Any text; it is made one harmless line here. */
  readonly value: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** Gives way when the terminal is narrow, down to `min` cells (8 unless told). A column that does not shrink is never cut. */
  readonly shrink?: boolean;
  readonly min?: number;
  /** Colours the padded cell; adds no visible characters. */
  readonly paint?: (cell: string, row: Row) => string;
}

interface TableOptions {
  /** Cells of a line. Infinity (a pipe) cuts nothing. */
  readonly width: number;
  readonly header?: (text: string) => string;
}

const GAP = '  ';

/**
 * Lines of aligned columns under their titles, no newline at the end; the columns of a row one below the other where they
 * cannot be made narrow enough. Without rows: only the titles.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, header = (text) => text }: TableOptions,
): string {
  const texts = rows.map((row) => columns.map((column) => oneLine(column.value(row))));
  const widths = widthsOf(columns, texts, width);
  if (rows.length > 0 && total(widths) > width) return stacked(rows, columns, texts, { width, header });
  const titles = columns.map((column, i) => place(column, column.title, widths[i] ?? 0));
  const fitting = columns.map((_, i) =>
    cutApart(
      texts.map((line) => line[i] ?? ''),
      widths[i] ?? 0,
    ),
  );
  const lines = rows.map((row, r) =>
    columns.map((column, i) => {
      const cell = place(column, fitting[i]?.[r] ?? '', widths[i] ?? 0);
      return column.paint === undefined ? cell : column.paint(cell, row);
    }),
  );
  return [header(titles.join(GAP).trimEnd()), ...lines.map((line) => line.join(GAP).trimEnd())].join('\n');
}

/** Lines that one cell may take; a message that goes on has all of it in the command for one of its kind. */
const MOST_LINES = 3;

/** A line per cell, its title beside it, and an empty line between rows. The lines are as long as they are: printing breaks them. */
function stacked<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  texts: readonly (readonly string[])[],
  { width, header }: Required<TableOptions>,
): string {
  const beside = Math.max(...columns.map(({ title }) => cells(title)));
  const most = Math.max(width, (width - beside - GAP.length) * MOST_LINES - LOST_TO_BREAKS);
  const fitting = columns.map((_, i) =>
    cutApart(
      texts.map((line) => line[i] ?? ''),
      most,
    ),
  );
  return rows
    .map((row, r) =>
      columns
        .flatMap((column, i) => {
          const cell = fitting[i]?.[r] ?? '';
          if (cell === '') return [];
          return `${header(padEnd(column.title, beside))}${GAP}${column.paint?.(cell, row) ?? cell}`;
        })
        .join('\n'),
    )
    .join('\n\n');
}

/** What stays empty at the ends of lines that are broken at spaces. */
const LOST_TO_BREAKS = 20;

function place<Row>(column: Column<Row>, text: string, width: number): string {
  const fitting = cut(text, width);
  return column.align === 'right' ? padStart(fitting, width) : padEnd(fitting, width);
}

/** Natural widths, then the widest of the shrinking columns gives one cell at a time until the line fits. */
function widthsOf<Row>(
  columns: readonly Column<Row>[],
  texts: readonly (readonly string[])[],
  width: number,
): number[] {
  const widths = columns.map((column, i) =>
    texts.reduce((most, line) => Math.max(most, cells(line[i] ?? '')), cells(column.title)),
  );
  const least = columns.map((column) => (column.shrink === true ? (column.min ?? 8) : Infinity));
  for (let over = total(widths) - width; over > 0; over -= 1) {
    const shrunk = widest(widths, least);
    if (shrunk === null) return widths;
    widths[shrunk] = (widths[shrunk] ?? 0) - 1;
  }
  return widths;
}

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, w) => sum + w, 0) + GAP.length * Math.max(0, widths.length - 1);

function widest(widths: readonly number[], least: readonly number[]): number | null {
  let found: number | null = null;
  widths.forEach((w, i) => {
    if (w > (least[i] ?? Infinity) && (found === null || w > (widths[found] ?? 0))) found = i;
  });
  return found;
}
