const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * A date-time in epoch ms; null: the text is none. Marketo writes `Z`, `+0000` and, in old replies, no zone at all; without
 * one it is read as UTC.
 */
export function instantOf(text: unknown): number | null {
  const parts = typeof text === 'string' ? DATE_TIME.exec(text) : null;
  if (parts === null) return null;
  const zone = (parts[3] ?? 'Z').replace(/(\d{2})(\d{2})$/, '$1:$2');
  const instant = Date.parse(`${parts[1]}T${parts[2]}${zone}`);
  return Number.isNaN(instant) ? null : instant;
}

/** As the REST API takes it: in UTC, without milliseconds. */
export const dateTimeText = (instant: number): string =>
  new Date(instant).toISOString().replace(/\.\d{3}Z$/, 'Z');
