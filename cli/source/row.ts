/** One candidate job out of a file: a message to be completed and validated, or what is wrong with its row. */
export type SourceRow =
  | { readonly kind: 'job'; readonly line: number; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'bad'; readonly line: number; readonly error: string };

export const badRow = (line: number, error: string): SourceRow => ({ kind: 'bad', line, error });
