/** Values that a log line may carry: ids, codes and numbers, never a lead's data and never a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What the core logs through; Lambda gives it a structured logger, the local stack a line on stderr, a test a list. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLog: Log = { info() {}, warn() {}, error() {} };
