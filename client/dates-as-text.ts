import { isObject } from '../shared/kernel/is-object.ts';

const TIMES = ['notBefore', 'expiresAt'] as const;

/** The job with its times as the message has them. A Date that is none stays what it says of itself, and is refused as that. */
export function datesAsText(job: unknown): unknown {
  if (!isObject(job)) return job;
  const dates = TIMES.flatMap((name) => {
    const value = job[name];
    return value instanceof Date ? [[name, textOf(value)] as const] : [];
  });
  return dates.length === 0 ? job : { ...job, ...Object.fromEntries(dates) };
}

const textOf = (date: Date): string => (Number.isNaN(date.getTime()) ? String(date) : date.toISOString());
