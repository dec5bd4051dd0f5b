import * as fc from 'fast-check';

/** Names that mean something to JavaScript itself: code that asks a value for them gets what the sender put there. */
export const TREACHEROUS_NAMES = [
  'toString',
  'valueOf',
  'toJSON',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'prototype',
  'length',
  'then',
] as const;

const treacherousObject = fc
  .uniqueArray(fc.constantFrom(...TREACHEROUS_NAMES), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.tuple(fc.constant(names), fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 4, maxLength: 4 })),
  )
  .map(([names, values]): unknown =>
    JSON.parse(`{${names.map((name, i) => `"${name}":${JSON.stringify(values[i])}`).join(',')}}`),
  );

/** JSON that breaks code which trusts an object to be an ordinary one. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  treacherousObject,
  treacherousObject.map((inner) => [inner]),
  treacherousObject.map((inner) => ({ toString: inner, attributes: inner })),
  fc.constantFrom<unknown>(
    { toString: null },
    { toString: false, valueOf: 1 },
    Object.create(null),
    [null],
    [[]],
    {},
    '',
    0,
  ),
);

/** Puts a value in the place of some part of another; `path` picks a key of each level by its place. */
export function replaced(value: unknown, path: readonly number[], part: unknown): unknown {
  const [at, ...rest] = path;
  if (at === undefined || typeof value !== 'object' || value === null) return part;
  const keys = Object.keys(value);
  const key = keys[at % (keys.length || 1)];
  if (key === undefined) return part;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  Reflect.set(copy, key, replaced(Reflect.get(value, key), rest, part));
  return copy;
}
