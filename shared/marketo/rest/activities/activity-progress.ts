import { pagesOf } from '../../../kernel/pages.ts';
import { refused } from '../call/call-ended.ts';
import { readPosition, type Tokens, writePosition } from '../call/position.ts';

/** Marketo takes at most ten types of activity in a request. */
const MOST_TYPES = 10;

/**
 * How far a job has read. Each group of types is a stream for each group of leads, with a token of its own; they are read one
 * after the other, and again from the first once the last is at its end: what has happened since is then found.
 */
export interface Progress {
  /** The stream to go on with: the types at `next / leadGroups`, the leads at `next % leadGroups`. */
  readonly next: number;
  readonly typeGroups: readonly (readonly number[])[];
  /** One per stream; null: it was not begun. */
  readonly tokens: Tokens;
}

/**
 * What a position says, brought up to date with the types that there are now: a type that is new since gets a stream at the
 * end, so that the others keep their tokens. Throws a `CallEnded` as `readPosition` does.
 */
export function readProgress(
  offset: string | undefined,
  params: unknown,
  typeIds: readonly number[],
  leadGroups: number,
): Progress {
  const read = readPosition(offset, params);
  if (read === null) return extended({ next: 0, typeGroups: [], tokens: [] }, typeIds, leadGroups);
  const [next, groups, ...tokens] = read;
  const typeGroups = groupsIn(groups ?? '');
  const progress = { next: Number(next ?? Number.NaN), typeGroups, tokens };
  const now = extended(progress, typeIds, leadGroups);
  const fits = tokens.length === typeGroups.length * leadGroups && now.tokens[now.next] !== undefined;
  if (!fits || typeGroups.some((ids) => ids.length > MOST_TYPES))
    throw refused(1003, 'the position is damaged; begin anew');
  return now;
}

export const writeProgress = ({ next, typeGroups, tokens }: Progress, params: unknown): string =>
  writePosition([String(next), typeGroups.map((ids) => ids.join(',')).join(';'), ...tokens], params);

const groupsIn = (text: string): readonly (readonly number[])[] =>
  text === ''
    ? []
    : text.split(';').map((ids) =>
        ids
          .split(',')
          .filter((id) => id !== '')
          .map(Number),
      );

/** Types that are gone keep their group, or the tokens of the others would move. */
function extended(progress: Progress, typeIds: readonly number[], leadGroups: number): Progress {
  const kept = progress.typeGroups.map((ids) => ids.filter((id) => typeIds.includes(id)));
  const missing = typeIds.filter((id) => !kept.some((ids) => ids.includes(id)));
  const typeGroups = [...kept, ...pagesOf(missing, MOST_TYPES)];
  const added = (typeGroups.length - kept.length) * leadGroups;
  return {
    ...progress,
    typeGroups,
    tokens: [...progress.tokens, ...Array.from({ length: added }, () => null)],
  };
}
