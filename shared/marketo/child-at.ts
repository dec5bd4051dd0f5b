import { isObject } from '../kernel/is-object.ts';

/** What is below a path of names in an answer; undefined where it has nothing there. Never throws. */
export function childAt(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** A repeated element, however many came. */
export function childrenAt(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const found = childAt(value, ...names);
  if (found === undefined || found === null) return [];
  return Array.isArray(found) ? found : [found];
}
