import type { CauseGroup } from '../../shared/operate/causes.ts';
import { count, oneLine } from './text.ts';
import { bothClocks } from './time.ts';

/** Of the causes that somebody has seen: who, until when they are silent, and why. */
export const acknowledgedLines = (groups: readonly CauseGroup[], now: number): readonly string[] =>
  groups.flatMap(({ cause, acknowledged }) => {
    if (acknowledged === undefined) return [];
    const { by, until, note, silent } = acknowledged;
    const how = silent
      ? `silent until ${bothClocks(Date.parse(until), now)}`
      : `no longer silent, as there were ${count(acknowledged.count)}`;
    return [`Seen: ${cause} by ${oneLine(by)}, ${how}: ${oneLine(note)}`];
  });

/** The silent ones last: the first of a list is what wants somebody. */
export const speakingFirst = (groups: readonly CauseGroup[]): readonly CauseGroup[] =>
  groups.toSorted((a, b) => Number(isSilent(a)) - Number(isSilent(b)));

export const isSilent = ({ acknowledged }: CauseGroup): boolean => acknowledged?.silent === true;
