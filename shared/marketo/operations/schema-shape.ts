import type * as v from 'valibot';
import { ATTRIBUTE_NAMES, type Schema } from './xsd.ts';

/** What the table's schemas look like from outside: the only file that knows how valibot keeps them. */
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
