/** The words of whatever was thrown. Total: not everything that can be thrown can be made text. */
export function errorText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.message}` : String(error);
  } catch {
    return `something without words (${typeof error})`;
  }
}
