import { isObject } from '../../kernel/is-object.ts';

/**
 * The value without the children that are null: over SOAP an element that is nil is not there either, and one that is left
 * without any is null (docs/marketo-facts.md 5.7).
 */
export function withoutNil(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNil);
  if (!isObject(value)) return value;
  const children = Object.entries(value);
  const kept = children.filter(([, child]) => child !== null);
  if (kept.length === 0 && children.length > 0) return null;
  return Object.fromEntries(kept.map(([name, child]) => [name, withoutNil(child)]));
}
