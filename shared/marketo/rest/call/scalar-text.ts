/** A value of a reply as text; what is neither text nor number nor boolean is empty. */
export const scalarText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
