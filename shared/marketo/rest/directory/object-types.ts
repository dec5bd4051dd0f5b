import { DAY_MS } from '../../../kernel/clock.ts';
import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import { squeezed } from '../../operations/mobject.ts';
import type { Asking, Request } from '../call/asking.ts';
import { refused } from '../call/call-ended.ts';
import type { Copies, CopyKind } from './copies.ts';
import type { ObjectField, ObjectType } from './directory.ts';
import { FRESH_MS } from './lead-fields-copy.ts';
import { askRows, objectsIn, textIn, textsIn } from './rows.ts';

interface TypeName {
  readonly name: string;
  readonly displayName: string;
}

const isTypeName = (value: unknown): value is TypeName =>
  isObject(value) && typeof value['name'] === 'string' && typeof value['displayName'] === 'string';

const TYPE_NAMES: CopyKind<readonly TypeName[]> = {
  name: 'customObjectTypes',
  ageMs: () => DAY_MS,
  staleMs: 7 * DAY_MS,
  isValue: (value): value is readonly TypeName[] => Array.isArray(value) && value.every(isTypeName),
};

const OBJECT_TYPE: CopyKind<ObjectType> = {
  name: 'objectType',
  ageMs: () => DAY_MS,
  staleMs: 7 * DAY_MS,
  isValue: (value): value is ObjectType =>
    isTypeName(value) && 'idField' in value && 'fields' in value && Array.isArray(value.fields),
};

interface Want {
  readonly fresh?: boolean;
}

const maxAge = ({ fresh = false }: Want): { readonly maxAgeMs?: number } =>
  fresh ? { maxAgeMs: FRESH_MS } : {};

/** A custom object by its api name, else by what people see; exactly, else the one match without case. */
export async function customObject(
  copies: Copies,
  session: Asking,
  name: string,
  want: Want = {},
): Promise<ObjectType> {
  const names = async (fresh: boolean) =>
    (await copies.get(TYPE_NAMES, '', () => askTypeNames(session), maxAge({ fresh }))).value ?? [];
  const found = typeNamed(await names(false), name) ?? typeNamed(await names(true), name);
  if (found === null) throw refused(1013, `no custom object is called "${name}"`);
  const request = { endpoint: 'describeCustomObject', path: { name: found } } as const;
  return described(copies, session, `customObject/${found}`, request, want);
}

export const opportunity = (copies: Copies, session: Asking, want: Want = {}): Promise<ObjectType> =>
  described(copies, session, 'opportunity', { endpoint: 'describeOpportunities' }, want);

export const role = (copies: Copies, session: Asking, want: Want = {}): Promise<ObjectType> =>
  described(copies, session, 'role', { endpoint: 'describeRoles' }, want);

async function described(
  copies: Copies,
  session: Asking,
  key: string,
  request: Request,
  want: Want,
): Promise<ObjectType> {
  const ask = async () => {
    const step = `look-up, description of ${key}`;
    return (await askRows(session, { ...request, step }, readObjectType)).rows[0] ?? null;
  };
  const { value } = await copies.get(OBJECT_TYPE, key, ask, maxAge(want));
  if (value === null) throw refused(1013, `Marketo describes no ${key}`);
  return value;
}

async function askTypeNames(session: Asking): Promise<readonly TypeName[]> {
  const request = { endpoint: 'customObjectTypes', step: 'look-up, custom objects' } as const;
  return (await askRows(session, request, readTypeName)).rows;
}

function typeNamed(types: readonly TypeName[], name: string): string | null {
  const lower = name.toLowerCase();
  const tries: readonly ((type: TypeName) => boolean)[] = [
    (type) => type.name === name,
    (type) => type.displayName === name,
    (type) => type.name.toLowerCase() === lower,
    (type) => type.displayName.toLowerCase() === lower,
    (type) => squeezed(type.displayName) === squeezed(name),
  ];
  for (const isIt of tries) {
    const [found, ...others] = types.filter(isIt);
    if (found === undefined) continue;
    if (others.length === 0) return found.name;
    const names = [found, ...others].map((type) => type.name).join(', ');
    throw refused(1003, `several custom objects are called "${name}": ${names}`);
  }
  return null;
}

/** Adobe's pages say `name`, its machine-readable description `apiName`. */
const apiNameIn = (row: JsonObject): string | null => textIn(row, 'name') ?? textIn(row, 'apiName');

function readTypeName(row: JsonObject): TypeName | null {
  const name = apiNameIn(row);
  return name === null ? null : { name, displayName: textIn(row, 'displayName') ?? name };
}

function readObjectType(row: JsonObject): ObjectType | null {
  const typeName = readTypeName(row);
  const fields = objectsIn(row['fields']).flatMap((field) => readField(field) ?? []);
  if (typeName === null || fields.length === 0) return null;
  return {
    ...typeName,
    idField: textIn(row, 'idField') ?? 'marketoGUID',
    dedupeFields: textsIn(row['dedupeFields']),
    searchableFields: (Array.isArray(row['searchableFields']) ? row['searchableFields'] : []).map(textsIn),
    fields,
    leadField: leadFieldIn(row) ?? fields.find(({ name }) => name === LEAD_ID)?.name ?? null,
    createdAt: textIn(row, 'createdAt'),
    updatedAt: textIn(row, 'updatedAt'),
  };
}

/** What a role, and many a custom object, calls it. */
const LEAD_ID = 'leadId';

function leadFieldIn(row: JsonObject): string | null {
  const toLead = objectsIn(row['relationships']).find(
    ({ relatedTo }) => isObject(relatedTo) && textIn(relatedTo, 'name')?.toLowerCase() === 'lead',
  );
  return toLead === undefined ? null : textIn(toLead, 'field');
}

function readField(row: JsonObject): ObjectField | null {
  const name = textIn(row, 'name');
  if (name === null) return null;
  const { length, updateable } = row;
  return {
    name,
    displayName: textIn(row, 'displayName') ?? name,
    dataType: textIn(row, 'dataType') ?? 'string',
    length: typeof length === 'number' ? length : null,
    readOnly: updateable === false,
  };
}
