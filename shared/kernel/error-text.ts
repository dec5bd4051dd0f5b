/** What was thrown, as one text: it need not be an Error. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
