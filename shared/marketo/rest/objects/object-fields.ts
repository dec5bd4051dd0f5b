import type { ObjectField, ObjectType } from '../directory/directory.ts';

/** SOAP's name for the lead that a custom object is linked to. */
export const LEAD_LINK = 'MKTOID';

/** Null: the type has no such field. By API name, then by display name; exact, then without case where one matches. */
export function fieldOf(type: ObjectType, name: string): ObjectField | null {
  const wanted = name.trim();
  if (wanted === LEAD_LINK) return byName(type, type.leadField ?? 'leadId');
  return (
    type.fields.find((field) => field.name === wanted) ??
    only(type.fields, ({ name: one }) => sameText(one, wanted)) ??
    only(type.fields, ({ displayName }) => sameText(displayName, wanted))
  );
}

const byName = (type: ObjectType, name: string): ObjectField | null =>
  type.fields.find((field) => field.name === name) ?? null;

function only(fields: readonly ObjectField[], accepts: (field: ObjectField) => boolean): ObjectField | null {
  const [first, second] = fields.filter(accepts);
  return second === undefined ? (first ?? null) : null;
}

const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Reads a type, and once more where it lacks one of the names: the field may have been made since it was kept. */
export async function typeWith(
  names: readonly string[],
  read: (want: { readonly fresh: boolean }) => Promise<ObjectType>,
): Promise<ObjectType> {
  const type = await read({ fresh: false });
  return names.every((name) => fieldOf(type, name) !== null) ? type : read({ fresh: true });
}

/** What a message says of a name that the type does not have. */
export function unknownField(type: ObjectType, name: string): string {
  const some = type.fields.slice(0, MOST_NAMED).map((field) => field.name);
  const more = type.fields.length > MOST_NAMED ? ', …' : '';
  return `${type.name} has no field "${name}"; it has ${some.join(', ')}${more}`;
}

const MOST_NAMED = 12;

/** Whether REST takes a field by itself as a filter. */
export const isSearchable = (type: ObjectType, name: string): boolean =>
  name === type.idField ||
  type.searchableFields.some((fields) => fields.length === 1 && fields[0] === name) ||
  (type.dedupeFields.length === 1 && type.dedupeFields[0] === name);

/** What a message says of fields that are no filter. */
export function notSearchable(type: ObjectType, names: readonly string[]): string {
  const ways = type.searchableFields.map((fields) => fields.join(' + ')).join('; ');
  return `REST does not find ${type.name} by ${names.join(' + ')}; it does by ${ways}`;
}

/** How an attribute's text goes into a record: numbers and booleans as such where the field holds them, all else as it is. */
export function valueFor(field: ObjectField, text: string): string | number | boolean {
  const trimmed = text.trim();
  if (field.dataType === 'boolean') return BOOLEANS.get(trimmed.toLowerCase()) ?? text;
  if (WHOLE_NUMBERS.has(field.dataType) && /^-?\d{1,15}$/.test(trimmed)) return Number(trimmed);
  return text;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['integer', 'long', 'lead', 'reference']);

/** What SOAP shows of a value; null: there is none, and the attribute is left out. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `amount` -> `Amount`, as SOAP wrote the attributes of its own objects. */
export const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
