import { isObject } from '../../kernel/is-object.ts';

/** The newest day of a usage reply, with the calls of all users; null: it tells none. Its date is the day of the reset, by all appearance. */
export function usageIn(rows: unknown): { readonly day: string; readonly total: number } | null {
  const days = Array.isArray(rows) ? rows.flatMap((row: unknown) => dayOf(row) ?? []) : [];
  return days.toSorted((one, other) => (one.day < other.day ? 1 : -1))[0] ?? null;
}

function dayOf(row: unknown): { readonly day: string; readonly total: number } | null {
  if (!isObject(row)) return null;
  const { date, total } = row;
  if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d/.test(date)) return null;
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0
    ? { day: date.slice(0, 10), total }
    : null;
}
