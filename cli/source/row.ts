/** One candidate job out of a file: a message to be completed and validated, or what is wrong with its row. */
export type SourceRow = {
  readonly line: number;
  /** Of a CSV file: what stood there, as far as it could be read. */
  readonly cells?: readonly string[] | undefined;
} & (
  | { readonly kind: 'job'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'bad'; readonly error: string }
);

export const badRow = (line: number, error: string, cells?: readonly string[]): SourceRow => ({
  kind: 'bad',
  line,
  error,
  cells,
});
