/** The words of whatever was thrown; its name where it has none, as a refused connection. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
