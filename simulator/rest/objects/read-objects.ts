import { type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { isObject, type JsonObject } from '../json.ts';
import { pagedBy } from '../page-token.ts';
import { dateOut, listParameter, optionalInteger, parameter } from '../query.ts';
import { RestError } from '../rest-error.ts';
import { ID_FIELD, type ObjectKind, type ObjectRow, requireField } from './object-kind.ts';

/** Values of one read, at most (docs/marketo-facts.md). */
const MOST_VALUES = 300;

/** What a read asks, whether it stands in the query or in a JSON body. */
interface Asked {
  readonly filterType: string;
  /** One entry per wanted key: field -> value. */
  readonly wanted: readonly ReadonlyMap<string, string>[];
  readonly fields: readonly string[];
  readonly size: number | null;
  readonly token: string | null;
}

export function describeObjects(kind: ObjectKind): RestResult {
  return rowsOf([
    {
      name: kind.name,
      displayName: kind.displayName,
      description: null,
      createdAt: dateOut(0),
      updatedAt: dateOut(0),
      idField: ID_FIELD,
      dedupeFields: kind.dedupeFields,
      searchableFields: kind.searchableFields,
      relationships: kind.relationships,
      fields: [
        { name: ID_FIELD, displayName: 'Marketo GUID', dataType: 'string', length: 36, updateable: false },
        { name: 'createdAt', displayName: 'Created At', dataType: 'datetime', updateable: false },
        { name: 'updatedAt', displayName: 'Updated At', dataType: 'datetime', updateable: false },
        ...kind.fields.map((field) => (field.dataType === 'string' ? { ...field, length: 255 } : field)),
      ],
    },
  ]);
}

export function readObjects(call: RestCall, kind: ObjectKind): RestResult {
  const { json } = call.request;
  const asked = json === null ? fromQuery(call, kind) : fromBody(json, kind);
  const found = kind.rows().filter((row) => asked.wanted.some((key) => fits(row, key)));
  const show = viewOf(kind, asked.fields);
  const query = JSON.stringify([
    call.request.path,
    asked.filterType,
    asked.wanted.map((key) => [...key]),
    asked.fields,
  ]);
  const page = pagedBy(found, (row) => row, { size: asked.size, token: asked.token, query });
  if (page.kind === 'file' || page.rows === null) return page;
  return { ...page, rows: page.rows.map((row, seq) => show(row as ObjectRow, seq)) };
}

function fromQuery(call: RestCall, kind: ObjectKind): Asked {
  const filterType = parameter(call, 'filterType') ?? 'dedupeFields';
  const [name, ...others] = searched(kind, filterType);
  if (others.length > 0 || name === undefined)
    throw new RestError(1003, `filterType '${filterType}' needs a compound key`);
  const values = listParameter(call, 'filterValues');
  return {
    filterType,
    wanted: countChecked(values.map((value) => new Map([[name, value]]))),
    fields: listParameter(call, 'fields'),
    size: optionalInteger(call, 'batchSize'),
    token: parameter(call, 'nextPageToken'),
  };
}

function fromBody(json: JsonObject, kind: ObjectKind): Asked {
  const { filterType = 'dedupeFields', fields = [], input, batchSize = null, nextPageToken } = json;
  if (typeof filterType !== 'string' || !Array.isArray(fields) || !Array.isArray(input))
    throw new RestError(609);
  if (batchSize !== null && !Number.isInteger(batchSize))
    throw new RestError(1001, `Invalid value '${batchSize}'. Required of type 'Integer'`);
  const names = searched(kind, filterType);
  return {
    filterType,
    wanted: countChecked(input.map((key) => keyIn(key, names))),
    fields: fields.map(String),
    size: batchSize === null ? null : Number(batchSize),
    token: typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : null,
  };
}

/** The fields that a filterType stands for: a searchable one, or `idField`, or `dedupeFields`. */
function searched(kind: ObjectKind, filterType: string): readonly string[] {
  if (filterType === 'dedupeFields') return kind.dedupeFields;
  if (filterType === 'idField') return [ID_FIELD];
  const single = kind.searchableFields.find((names) => names.length === 1 && names[0] === filterType);
  if (single === undefined) throw new RestError(1003, `Invalid filterType: ${filterType}`);
  return single;
}

function countChecked(wanted: readonly ReadonlyMap<string, string>[]): Asked['wanted'] {
  if (wanted.length === 0) throw new RestError(1003, 'filterValues not specified');
  if (wanted.length > MOST_VALUES) throw new RestError(1003, `More than ${MOST_VALUES} values`);
  return wanted;
}

/** Every field of the key in every input. */
function keyIn(input: unknown, names: readonly string[]): ReadonlyMap<string, string> {
  const record = isObject(input) ? input : {};
  const missing = names.filter((name) => (record[name] ?? '') === '');
  if (missing.length > 0) throw new RestError(1003, `Missing key field: ${missing.join(', ')}`);
  return new Map(names.map((name) => [name, String(record[name])]));
}

function fits(row: ObjectRow, key: ReadonlyMap<string, string>): boolean {
  return [...key].every(([name, value]) => {
    const held = name === ID_FIELD ? row.guid : row.values.get(name);
    return held?.toLowerCase() === value.toLowerCase();
  });
}

function viewOf(kind: ObjectKind, asked: readonly string[]): (row: ObjectRow, seq: number) => JsonObject {
  const names = asked.length === 0 ? [...kind.dedupeFields, 'createdAt', 'updatedAt'] : asked;
  const shown = names.filter((name) => name !== ID_FIELD && name !== 'seq');
  for (const name of shown) if (!DATES.has(name)) requireField(kind, name);
  return (row, seq) => ({
    seq,
    [ID_FIELD]: row.guid,
    ...Object.fromEntries(shown.map((name) => [name, valueOut(kind, row, name)])),
  });
}

const DATES: ReadonlySet<string> = new Set(['createdAt', 'updatedAt']);

function valueOut(kind: ObjectKind, row: ObjectRow, name: string): unknown {
  if (name === 'createdAt') return dateOut(row.createdAt);
  if (name === 'updatedAt') return dateOut(row.updatedAt);
  const text = row.values.get(name) ?? null;
  if (text === null || text === '') return null;
  switch (requireField(kind, name).dataType) {
    case 'integer':
    case 'float':
      return Number.isNaN(Number(text)) ? text : Number(text);
    case 'boolean':
      return text === 'true';
    default:
      return text;
  }
}
