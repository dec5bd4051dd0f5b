import { DAY_MS, HOUR_MS } from '../kernel/clock.ts';
import { CLOCK_SPREAD_MS } from './call-log.ts';

/**
 * The day Marketo counts calls by: the civil day of America/Chicago. Adobe writes "12:00AM CST" in one place and
 * "midnight central time" in another; the civil reading is taken, and the probes of the quota hold cover the other.
 */
const chicago = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Chicago',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/**
 * How long before and after midnight it is not certain which day Marketo counts a call in: the clocks' two seconds,
 * and a second from the permit to the server.
 */
export const DAY_MARGIN_MS = CLOCK_SPREAD_MS + 1_000;

interface Day {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

// Every permit asks for today, and Intl takes microseconds where this takes none. The answer is the same with or without it.
let recent: Day | null = null;

/** YYYY-MM-DD of the day that `at` lies in. */
export const civilDay = (at: number): string => dayOf(at).name;

/** The first moment of the next civil day: 23, 24 or 25 hours after the first of this one. */
export const nextMidnight = (at: number): number => dayOf(at).end;

/** The first moment of a civil day given by name, and the first after it. */
export function daySpan(day: string): { readonly start: number; readonly end: number } {
  return dayOf(Date.parse(`${day}T12:00:00Z`));
}

/** The day that has surely begun. */
export const settledDay = (now: number): string => civilDay(now - DAY_MARGIN_MS);

/** When the next day's quota may be used: a moment after midnight, because a fast clock reaches it too early. */
export const quotaOpensAt = (day: string): number => daySpan(day).end + DAY_MARGIN_MS;

function dayOf(at: number): Day {
  if (recent !== null && at >= recent.start && at < recent.end) return recent;
  const name = chicago.format(at);
  recent = { name, start: midnightOf(name), end: midnightOf(nameAfter(name)) };
  return recent;
}

/** Chicago is five hours behind UTC in summer and six in winter, and never changes at midnight. */
function midnightOf(day: string): number {
  const summer = Date.parse(`${day}T05:00:00Z`);
  return chicago.format(summer) === day ? summer : summer + HOUR_MS;
}

const nameAfter = (day: string): string =>
  new Date(Date.parse(`${day}T12:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
