/** The words of whatever was thrown; its name where it has none, as a refused connection. Total: not everything that can be thrown can be made text. */
export function errorText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.message || error.name}` : String(error);
  } catch {
    return `something without words (${typeof error})`;
  }
}
