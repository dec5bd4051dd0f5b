import { HOUR_MS } from '../kernel/clock.ts';

/** What one reader of dead letters has been told of their causes. Times in epoch ms. */
export interface CausesTold {
  /** How many letters were open at the last look. */
  readonly letters: number;
  /** By cause. */
  readonly causes: Readonly<Record<string, ToldCause>>;
}

export interface ToldCause {
  /** When its first letter was seen. */
  readonly since: number;
  /** How many letters it had when it was last told; 0: not yet. */
  readonly told: number;
  /** Since when it has had no open letter; absent while it has. */
  readonly goneAt?: number;
}

/** How many open letters each cause has. */
export type CauseCounts = ReadonlyMap<string, number>;

/** A cause that comes back sooner is no news: a redrive that failed. */
const FORGOTTEN_AFTER_MS = HOUR_MS;

/** A document has room for more, and nobody reads as many. What is left out when it is full is told when it has room. */
const MOST_CAUSES = 2_000;

/** What is known once these letters were seen; null: that was known. */
export function withSeen(stored: CausesTold | null, counts: CauseCounts, now: number): CausesTold | null {
  const causes: Record<string, ToldCause> = {};
  let changes = 0;
  for (const [cause, known] of Object.entries(stored?.causes ?? {})) {
    const next = seenAgain(known, counts.has(cause), now);
    if (next !== known) changes += 1;
    if (next !== null) causes[cause] = next;
  }
  let room = MOST_CAUSES - Object.keys(causes).length;
  for (const cause of counts.keys()) {
    if (room <= 0) break;
    if (causes[cause] !== undefined) continue;
    causes[cause] = { since: now, told: 0 };
    changes += 1;
    room -= 1;
  }
  const letters = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return changes === 0 && stored?.letters === letters ? null : { letters, causes };
}

/** Null: it is forgotten, and new when it comes again. */
function seenAgain(known: ToldCause, isThere: boolean, now: number): ToldCause | null {
  const { goneAt, ...present } = known;
  if (isThere) return goneAt === undefined ? known : present;
  if (goneAt === undefined) return { ...known, goneAt: now };
  return now - goneAt < FORGOTTEN_AFTER_MS ? known : null;
}

/** What is to be told of a cause. */
export interface Telling {
  readonly cause: string;
  readonly isNew: boolean;
  /** The same until it is told, also by another process. */
  readonly id: string;
}

/** The causes that are new, or have grown to ten, a hundred, a thousand letters since they were told, the new ones first. */
export function tellings({ causes }: CausesTold, counts: CauseCounts): readonly Telling[] {
  const due = Object.entries(causes).flatMap(([cause, { since, told }]) => {
    const wanted = told === 0 ? 1 : 10 * orderOf(told);
    if ((counts.get(cause) ?? 0) < wanted) return [];
    return [{ cause, isNew: told === 0, id: `dead-lettered/${cause}/${since}/${wanted}` }];
  });
  return due.sort((a, b) => Number(b.isNew) - Number(a.isNew));
}

/** 1 for 1 to 9, 10 for 10 to 99. */
const orderOf = (count: number): number => 10 ** (String(count).length - 1);

export const withTold = (stored: CausesTold | null, cause: string, count: number): CausesTold | null => {
  const known = stored?.causes[cause];
  if (stored === null || known === undefined) return null;
  return { ...stored, causes: { ...stored.causes, [cause]: { ...known, told: count } } };
};
