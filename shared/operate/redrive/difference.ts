import { isObject } from '../../kernel/is-object.ts';

/** One place at which two JSON values differ. An absent side: it has nothing there. */
export interface Difference {
  /** `params.leadRecord.leadAttributeList.attribute[0].attrName`; empty for the whole. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Where two JSON values differ, in the order of the first. What was put into a list, or taken out of it, is one difference: the
 * entries after it are held against those that they were. Pure.
 */
export function differences(before: unknown, after: unknown, path = ''): readonly Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, path);
  if (!isObject(before) || !isObject(after)) {
    return [
      {
        path,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
    ];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    differences(before[name], after[name], path === '' ? name : `${path}.${name}`),
  );
}

function listDifferences(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): readonly Difference[] {
  const [of, to] = [before, after].map((list) => list.map((item) => JSON.stringify(item)));
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && of?.[head] === to?.[head]) head += 1;
  let tail = 0;
  while (tail < least - head && of?.at(-1 - tail) === to?.at(-1 - tail)) tail += 1;
  const longest = Math.max(before.length, after.length) - tail;
  const places = Array.from({ length: longest - head }, (_, i) => head + i);
  return places.flatMap((i) =>
    differences(
      i < before.length - tail ? before[i] : undefined,
      i < after.length - tail ? after[i] : undefined,
      `${path}[${i}]`,
    ),
  );
}
