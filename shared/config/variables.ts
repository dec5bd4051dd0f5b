/** Variables as a process, a secret or a test gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing, contradictory or unreadable. The message names the variable and says what to change. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Null for one that is not set, or set to nothing. */
export function textOf(env: Environment, name: string): string | null {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? null : value;
}
