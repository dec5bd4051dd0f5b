import * as v from 'valibot';
import { nearest } from '../../config/spelling.ts';
import { isObject, type JsonObject } from '../../kernel/is-object.ts';
import { ATTRIBUTE_NAMES, type Schema, wordFor, xsdName } from './xsd.ts';

export interface Problem {
  /** Where it is, from the message's root: `params.leadRecord.leadAttributeList.attribute[0].attrName`. */
  readonly path: string;
  readonly message: string;
}

type Checked =
  | { readonly kind: 'valid'; readonly params: unknown }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** More than anybody reads; a list of 100,000 bad rows must not become a letter of megabytes. */
const MOST_PROBLEMS = 100;

/**
 * What will be sent of a JSON value (children in schema order, repeated elements always lists), or every problem there is.
 * A walk of its own, because valibot's stops at the first unknown name and does not know what was meant by it.
 */
export function checkParams(schema: Schema, params: unknown): Checked {
  const found = new Findings();
  const checked = isObject(params)
    ? walk(schema, params, 'params', found)
    : found.addMisshapen(
        'params',
        params === undefined ? 'is missing' : `must be an object, not ${wordFor(params)}`,
      );
  return found.count === 0
    ? { kind: 'valid', params: checked }
    : { kind: 'invalid', problems: found.listed() };
}

class Findings {
  readonly #problems: Problem[] = [];
  count = 0;
  /** How many of them leave a value of another shape than its schema says: rules about what stands beside what say nothing of it. */
  misshapen = 0;

  get isFull(): boolean {
    return this.#problems.length >= MOST_PROBLEMS;
  }

  add(path: string, message: string): undefined {
    this.count += 1;
    if (!this.isFull) this.#problems.push({ path, message });
    return undefined;
  }

  addMisshapen(path: string, message: string): undefined {
    this.misshapen += 1;
    return this.add(path, message);
  }

  listed(): readonly Problem[] {
    const more = this.count - this.#problems.length;
    return more === 0
      ? this.#problems
      : [...this.#problems, { path: 'params', message: `and ${more} more problems` }];
  }
}

function walk(schema: Schema, value: unknown, path: string, found: Findings): unknown {
  if (isOptional(schema)) return walk(schema.wrapped, value, path, found);
  if (value === null) return found.addMisshapen(path, 'is null; give it a value');
  if (isSequence(schema)) return walkSequence(schema, value, path, found);
  if (isList(schema)) return walkList(schema, value, path, found);
  if (isChoice(schema)) return walkChoice(schema, value, path, found);
  return walkLeaf(schema, value, path, found);
}

function walkLeaf(schema: Schema, value: unknown, path: string, found: Findings): unknown {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  for (const issue of parsed.issues) {
    if (issue.kind === 'schema') found.addMisshapen(path, issue.message);
    else found.add(path, issue.message);
  }
  return value;
}

function walkList(schema: List, value: unknown, path: string, found: Findings): unknown {
  const items = Array.isArray(value)
    ? value.map((item: unknown, index) => walk(schema.item, item ?? null, `${path}[${index}]`, found))
    : [walk(schema.item, value, path, found)];
  applyRules(schema, items, path, found);
  return items;
}

function walkSequence(schema: Sequence, value: unknown, path: string, found: Findings): unknown {
  if (!isObject(value))
    return found.addMisshapen(
      path,
      value === undefined ? 'is missing' : `must be an object, not ${wordFor(value)}`,
    );
  const before = found.misshapen;
  reportUnknownNames(schema, value, path, found);
  const children = walkChildren(schema, value, path, found);
  if (found.misshapen === before) applyRules(schema, children, path, found);
  return children;
}

function walkChildren(schema: Sequence, value: JsonObject, path: string, found: Findings): JsonObject {
  const children: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(schema.entries)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === null && isOptional(child))
      found.addMisshapen(`${path}.${name}`, 'is null; leave the name out instead');
    else if (given !== undefined) children[name] = walk(child, given, `${path}.${name}`, found);
    else if (!isOptional(child)) found.addMisshapen(`${path}.${name}`, 'is missing');
  }
  return children;
}

function reportUnknownNames(schema: Sequence, value: JsonObject, path: string, found: Findings): void {
  const known = Object.keys(schema.entries).filter((name) => !ATTRIBUTE_NAMES.has(name));
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(schema.entries, name) || value[name] === undefined) continue;
    // Twenty thousand unknown names are one mistake: nobody looks for what was meant by the last of them.
    const meant = found.isFull ? '' : `; ${whatWasMeant(name, known)}`;
    found.addMisshapen(`${path}.${shownName(name)}`, `unknown name${meant}`);
  }
}

function whatWasMeant(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== null) return `did you mean ${meant}?`;
  return known.length === 0 ? 'nothing belongs here' : `known here: ${known.join(', ')}`;
}

const PLAIN_NAME = /^[\w:.-]{1,60}$/;

/** A name can hold anything: it is shown so that a path stays one line. */
function shownName(name: string): string {
  return PLAIN_NAME.test(name) ? name : JSON.stringify(name.slice(0, 60));
}

function applyRules(schema: Schema, value: unknown, path: string, found: Findings): void {
  for (const rule of rulesOf(schema)) {
    const { issues } = rule['~run']({ typed: true, value }, {});
    for (const issue of issues ?? []) {
      found.add(`${path}${(issue.path ?? []).map(step).join('')}`, issue.message);
    }
  }
}

const step = ({ key }: v.IssuePathItem): string => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`);

/** The type is told by `xsi:type` in either of its two places, else by the children; it is answered by the children alone. */
function walkChoice(schema: Choice, value: unknown, path: string, found: Findings): unknown {
  if (!isObject(value)) return found.addMisshapen(path, `must be an object, not ${wordFor(value)}`);
  const option = optionByType(schema, value) ?? optionByChildren(schema, value);
  if (option === undefined)
    return found.addMisshapen(path, `must be one of ${schema.options.map(describe).join(', ')}`);
  const walked = walkSequence(option, value, path, found);
  if (!isObject(walked)) return walked;
  const { 'xsi:type': _, attributes: __, ...children } = walked;
  return children;
}

function describe(option: Sequence): string {
  const children = Object.keys(option.entries).filter((name) => !ATTRIBUTE_NAMES.has(name));
  return `${xsdName(option)} {${children.join(', ')}}`;
}

function optionByType(schema: Choice, value: JsonObject): Sequence | undefined {
  const attributes = Object.hasOwn(value, 'attributes') ? value['attributes'] : undefined;
  const named = isObject(attributes) ? attributes['xsi:type'] : value['xsi:type'];
  if (typeof named !== 'string') return undefined;
  return schema.options.find((option) => named.slice(named.indexOf(':') + 1) === xsdName(option));
}

// What the table's schemas look like from outside. No other file knows how valibot keeps them.

export type Sequence = Schema & { readonly entries: Readonly<Record<string, Schema>> };
export type List = Schema & { readonly item: Schema };
export type Choice = Schema & { readonly options: readonly Sequence[] };
type Wrapped = Schema & { readonly wrapped: Schema };

export function isSequence(schema: Schema): schema is Sequence {
  return schema.type === 'strict_object' || schema.type === 'loose_object';
}

export function isList(schema: Schema): schema is List {
  return schema.type === 'array';
}

/** A union of complex types; a union of simple ones is a leaf. */
export function isChoice(schema: Schema): schema is Choice {
  return (
    schema.type === 'union' &&
    'options' in schema &&
    Array.isArray(schema.options) &&
    schema.options.every(isSequence)
  );
}

/** The one of the types that has any of the children; no two of a choice share one. */
export function optionByChildren(schema: Choice, value: object): Sequence | undefined {
  return schema.options.find((option) =>
    Object.keys(option.entries).some((name) => !ATTRIBUTE_NAMES.has(name) && Object.hasOwn(value, name)),
  );
}

export function isOptional(schema: Schema): schema is Wrapped {
  return schema.type === 'optional' || schema.type === 'nullish';
}

export function unwrap(schema: Schema): Schema {
  return isOptional(schema) ? schema.wrapped : schema;
}

export function isEnumeration(schema: Schema): schema is Schema & { readonly options: readonly string[] } {
  return schema.type === 'picklist';
}

type Rule = v.BaseValidation<unknown, unknown, v.BaseIssue<unknown>>;

/** The rules a schema carries beside its shape: lengths, and what must stand beside what. */
export function rulesOf(schema: Schema): readonly Rule[] {
  if (!('pipe' in schema) || !Array.isArray(schema.pipe)) return [];
  return schema.pipe.flatMap((item: Schema | Rule) =>
    'pipe' in item ? rulesOf(item as Schema) : item.kind === 'validation' ? [item] : [],
  );
}
