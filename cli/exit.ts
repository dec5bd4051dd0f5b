/** The command could not do what it was asked to: one line on stderr, exit 1. */
export class Failure extends Error {
  readonly exitCode = 1;
}

/** The command was asked wrongly: one line and where to read on, exit 2. */
export class UsageError extends Error {
  readonly exitCode = 2;
}
