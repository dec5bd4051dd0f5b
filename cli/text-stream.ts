/** What progress and output are written to: a process stream, or a list in a test. */
export interface TextStream {
  /** `onWritten`, where the stream has one to call: with the error if the text did not get out. */
  write(text: string, onWritten?: (error?: Error | null) => void): boolean;
  readonly isTTY?: boolean | undefined;
  /** Cells of a line; undefined where lines have no end, as in a pipe. */
  readonly columns?: number | undefined;
  /** Lines that a terminal shows at once. */
  readonly rows?: number | undefined;
}
