import type * as v from 'valibot';
import { type ArrayOfAttribute, isGiven } from '../../operations/types.ts';
import type { Reason } from '../call/reasons.ts';
import type { ObjectField, ObjectType } from '../directory/directory.ts';
import { fieldOf, unknownField, valueFor } from './object-fields.ts';
import { type Mode, notSent, type Verdict } from './object-verdict.ts';
import type { RestObject } from './object-write.ts';

export type Attributes = NonNullable<v.InferOutput<typeof ArrayOfAttribute>['attribute']>;

/** A text for a field. */
export interface Assigned {
  readonly field: ObjectField;
  /** The attribute as the job named it. */
  readonly name: string;
  readonly text: string;
}

/** Of which key fields a record is known by. */
export type KeyKind = 'dedupeFields' | 'idField';

export interface PreparedObject {
  readonly kind: KeyKind;
  readonly key: string;
  readonly object: RestObject;
}

/** Attributes by the fields they name, or the first reason why that cannot be. */
export function assign(type: ObjectType, attributes: Attributes): readonly Assigned[] | Reason {
  const assigned: Assigned[] = [];
  for (const { attrName, attrValue } of attributes) {
    const field = fieldOf(type, attrName);
    if (field === null) return { code: 1006, message: unknownField(type, attrName) };
    const other = assigned.find((one) => one.field === field);
    if (other !== undefined && other.text !== attrValue)
      return { code: 1003, message: `${other.name} and ${attrName} are both ${field.name}, and differ` };
    if (other === undefined) assigned.push({ field, name: attrName, text: attrValue });
  }
  return assigned;
}

export const isReason = (found: readonly unknown[] | object): found is Reason => 'code' in found;

/** A record as REST takes it, or the verdict on it before anything is sent. A deletion has no place for other fields than its key. */
export function prepare(type: ObjectType, attributes: Attributes, mode: Mode): PreparedObject | Verdict {
  const assigned = assign(type, attributes);
  if (isReason(assigned)) return notSent(assigned);
  const given = assigned.filter(({ text }) => isGiven(text)).map(({ field }) => field.name);
  const kind = keyKind(type, given, mode);
  if (kind === null) return notSent({ code: 1003, message: missingKey(type, given, mode) });
  const keyFields = kind === 'idField' ? [type.idField] : type.dedupeFields;
  const keys = assigned.filter(({ field }) => keyFields.includes(field.name));
  if (mode === 'DELETE' && keys.length < assigned.length)
    return notSent({ code: 1003, message: `${type.name} is deleted by ${keyFields.join(', ')} alone` });
  return { kind, key: keyText(keys), object: objectOf(assigned) };
}

export const isVerdictOn = (prepared: PreparedObject | Verdict): prepared is Verdict => 'reasons' in prepared;

/** Marketo's own id finds what is there; it cannot make anything. */
function keyKind(type: ObjectType, given: readonly string[], mode: Mode): KeyKind | null {
  const { dedupeFields, idField } = type;
  if (dedupeFields.length > 0 && dedupeFields.every((name) => given.includes(name))) return 'dedupeFields';
  const finds = mode === 'UPDATE' || mode === 'DELETE';
  return finds && given.includes(idField) ? 'idField' : null;
}

function missingKey(type: ObjectType, given: readonly string[], mode: Mode): string {
  const missing = type.dedupeFields.filter((name) => !given.includes(name));
  const orId = mode === 'UPDATE' || mode === 'DELETE' ? `, or ${type.idField}` : '';
  return `${type.name} needs ${type.dedupeFields.join(', ')}${orId}; ${missing.join(', ') || 'a key'} is missing`;
}

/** Without case: Marketo finds the same object by either. */
const keyText = (keys: readonly Assigned[]): string =>
  JSON.stringify(keys.map(({ field, text }) => [field.name, text.trim().toLowerCase()]).sort());

/** Null-prototype: an attribute may be called `__proto__`. */
export function objectOf(assigned: readonly Pick<Assigned, 'field' | 'text'>[]): RestObject {
  const object: Record<string, unknown> = Object.create(null);
  for (const { field, text } of assigned) object[field.name] = valueFor(field, text);
  return object;
}
