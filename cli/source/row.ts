/** One candidate job out of a file: a message to be completed and validated, or what is wrong with its row. */
export type SourceRow = {
  readonly line: number;
  /** Of a CSV file: what stood there, as far as it could be read. */
  readonly cells?: readonly string[] | undefined;
} & (
  | {
      readonly kind: 'job';
      readonly value: Readonly<Record<string, unknown>>;
      /** The line of its batch that it has once had, if it is not this one; null: none. */
      readonly place?: number | null;
    }
  | { readonly kind: 'bad'; readonly error: string }
);

export const badRow = (line: number, error: string): SourceRow => ({ kind: 'bad', line, error });

/** A row that could be read, and is not to be sent. */
export const refusedRow = ({ line, cells }: SourceRow, error: string): SourceRow => ({
  ...badRow(line, error),
  cells,
});
