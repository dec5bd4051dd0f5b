import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/kernel/clock.ts';

/** A length of time in its two largest units: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return two(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return two(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function two(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small);
  return `${Math.floor(ms / big)} ${bigName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** How long ago: `12 min ago`, `just now`. */
export const since = (at: number, now: number): string =>
  now - at < SECOND_MS ? 'just now' : `${duration(now - at)} ago`;

/** When something ends, for people: `in 3 h 20 min (07:00 local, 05:00 UTC)`; null is open-ended. */
export function untilText(at: number | null, now: number, timeZone?: string): string {
  if (at === null) return 'until somebody lifts it';
  const when = bothClocks(at, now, timeZone);
  if (at <= now) return `any moment now (${when})`;
  return at - now < SECOND_MS ? `within a second (${when})` : `in ${duration(at - now)} (${when})`;
}

/** The same moment on the reader's clock and in UTC, with the date where it is not today's. */
export function bothClocks(at: number, now: number, timeZone?: string): string {
  const local = clockTime(at, now, timeZone);
  const utc = clockTime(at, now, 'UTC');
  return local === utc ? `${utc} UTC` : `${local} local, ${utc} UTC`;
}

function clockTime(at: number, now: number, timeZone: string | undefined): string {
  const time = part(at, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = civilDay(at, timeZone);
  return day === civilDay(now, timeZone) ? time : `${day} ${time}`;
}

const civilDay = (at: number, timeZone: string | undefined): string =>
  part(at, timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' });

// sv-SE writes ISO dates and 24-hour times, whatever the machine's own locale is.
const part = (at: number, timeZone: string | undefined, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('sv-SE', timeZone === undefined ? options : { ...options, timeZone }).format(at);

/** A moment for a list: `2026-11-22 10:00:03Z`. */
export const stamp = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
