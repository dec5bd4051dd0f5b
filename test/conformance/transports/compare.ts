import { isObject } from '../../../shared/kernel/is-object.ts';

/** One field that is not the same over both. `path` is as JavaScript would write it, a named child of a list in braces: `result.result.leadId`, `attribute{FirstName}`. */
export interface Difference {
  readonly path: string;
  readonly soap: unknown;
  readonly rest: unknown;
}

const ABSENT = Symbol('absent');

/** Every field that differs, types and absence included, and the order of what is in a list. */
export function differencesOf(soap: unknown, rest: unknown, path = ''): readonly Difference[] {
  if (Object.is(soap, rest)) return [];
  if (Array.isArray(soap) && Array.isArray(rest)) return ofLists(soap, rest, path);
  if (isObject(soap) && isObject(rest)) return ofObjects(soap, rest, path);
  return [{ path, soap: shown(soap), rest: shown(rest) }];
}

function ofLists(soap: readonly unknown[], rest: readonly unknown[], path: string): readonly Difference[] {
  const named = [byName(soap), byName(rest)] as const;
  if (named[0] !== null && named[1] !== null) return ofNamed(named[0], named[1], path);
  if (soap.length !== rest.length) return [{ path: `${path}.length`, soap: soap.length, rest: rest.length }];
  return soap.flatMap((one, index) => differencesOf(one, rest[index], `${path}[${index}]`));
}

type Named = ReadonlyMap<string, unknown>;

/** Attributes and fields, which are told by their names; null: it is a list of something else. */
function byName(list: readonly unknown[]): Named | null {
  const names = list.map((one) => (isObject(one) ? (one['attrName'] ?? one['name']) : undefined));
  const texts = names.filter((name) => typeof name === 'string');
  if (texts.length !== list.length || new Set(texts).size !== list.length) return null;
  return new Map(texts.map((name, index) => [name, list[index]]));
}

function ofNamed(soap: Named, rest: Named, path: string): readonly Difference[] {
  const common = [...soap.keys()].filter((name) => rest.has(name));
  const inRest = [...rest.keys()].filter((name) => soap.has(name));
  const order =
    common.join() === inRest.join() ? [] : [{ path: `${path}.order`, soap: common, rest: inRest }];
  const names = [...new Set([...soap.keys(), ...rest.keys()])];
  const fields = names.flatMap((name) => differencesOf(at(soap, name), at(rest, name), `${path}{${name}}`));
  return [...order, ...fields];
}

const at = (named: Named, name: string): unknown => (named.has(name) ? named.get(name) : ABSENT);

function ofObjects(
  soap: Readonly<Record<string, unknown>>,
  rest: Readonly<Record<string, unknown>>,
  path: string,
): readonly Difference[] {
  const children = [new Map(Object.entries(soap)), new Map(Object.entries(rest))] as const;
  const names = [...new Set([...children[0].keys(), ...children[1].keys()])];
  return names.flatMap((name) =>
    differencesOf(at(children[0], name), at(children[1], name), path === '' ? name : `${path}.${name}`),
  );
}

const shown = (value: unknown): unknown => (value === ABSENT ? 'absent' : value);
