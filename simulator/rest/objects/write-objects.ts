import { checkValue } from '../../instance/lead-value.ts';
import { Refusal } from '../../instance/refusal.ts';
import { type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { inputOf, type JsonObject, oneOf, settled, textMember } from '../json.ts';
import { RestError } from '../rest-error.ts';
import { ID_FIELD, type ObjectKind, type ObjectRow, requireField } from './object-kind.ts';

const ACTIONS = ['createOrUpdate', 'createOnly', 'updateOnly'] as const;
type Action = (typeof ACTIONS)[number];
const DEDUPE_BY = ['dedupeFields', 'idField'] as const;

export function syncObjects(call: RestCall, kind: ObjectKind): RestResult {
  const { json } = call.request;
  const action = oneOf(ACTIONS, textMember(json, 'action') ?? 'createOrUpdate', 'action');
  const by = oneOf(DEDUPE_BY, textMember(json, 'dedupeBy') ?? 'dedupeFields', 'dedupeBy');
  if (by === 'idField' && action !== 'updateOnly')
    throw new RestError(1003, 'dedupeBy idField is for updateOnly');
  return eachOnce(call, keysOf(kind, by), (record, key) => {
    const values = valuesIn(kind, record, by === 'idField');
    const existing = find(kind, key);
    refuseByAction(action, existing);
    const row = kind.write(existing, values, call.now);
    return { status: existing === null ? 'created' : 'updated', [ID_FIELD]: row.guid };
  });
}

export function deleteObjects(call: RestCall, kind: ObjectKind): RestResult {
  const by = oneOf(DEDUPE_BY, textMember(call.request.json, 'deleteBy') ?? 'dedupeFields', 'deleteBy');
  const names = keysOf(kind, by);
  return eachOnce(call, names, (record, key) => {
    const others = Object.keys(record).filter((name) => !names.includes(name));
    if (others.length > 0) throw new RestError(1003, `Only key fields are allowed: ${others.join(', ')}`);
    const existing = find(kind, key);
    if (existing === null) throw new Refusal('object-not-found', 'Object not found');
    kind.remove(existing);
    return { status: 'deleted', [ID_FIELD]: existing.guid };
  });
}

const keysOf = (kind: ObjectKind, by: (typeof DEDUPE_BY)[number]): readonly string[] =>
  by === 'idField' ? [ID_FIELD] : kind.dedupeFields;

type Key = ReadonlyMap<string, string>;

/** Serves each record; a key that was in the input before is skipped. */
function eachOnce(
  call: RestCall,
  names: readonly string[],
  serve: (record: JsonObject, key: Key) => JsonObject,
): RestResult {
  const seen = new Set<string>();
  const rows = inputOf(call).map((record, seq) => {
    const outcome = settled(() => {
      const key = keyIn(record, names);
      const identity = JSON.stringify([...key.values()]);
      if (seen.has(identity)) throw new RestError(1036);
      seen.add(identity);
      return serve(record, key);
    });
    return { seq, ...outcome };
  });
  return rowsOf(rows);
}

function keyIn(record: JsonObject, names: readonly string[]): Key {
  const missing = names.filter((name) => (record[name] ?? '') === '');
  if (missing.length > 0) throw new Refusal('key-missing', `Missing key field: ${missing.join(', ')}`);
  return new Map(names.map((name) => [name, String(record[name])]));
}

function find(kind: ObjectKind, key: Key): ObjectRow | null {
  const holds = (row: ObjectRow) =>
    [...key].every(([name, value]) => (name === ID_FIELD ? row.guid : row.values.get(name)) === value);
  return kind.rows().findLast(holds) ?? null;
}

function refuseByAction(action: Action, existing: ObjectRow | null): void {
  if (action === 'createOnly' && existing !== null)
    throw new Refusal('object-exists', 'Object already exists');
  if (action === 'updateOnly' && existing === null) throw new Refusal('object-not-found', 'Object not found');
}

/** A record's values as text; `null` and `""` clear. A key is no value to change, unless the object is found by its id. */
function valuesIn(kind: ObjectKind, record: JsonObject, byId: boolean): Map<string, string | null> {
  const values = new Map<string, string | null>();
  for (const [name, value] of Object.entries(record)) {
    if (name === ID_FIELD && byId) continue;
    const field = requireField(kind, name);
    if (byId && !field.updateable) throw new Refusal('read-only-field', `Field '${name}' is not updateable`);
    if (typeof value === 'object' && value !== null)
      throw new Refusal('bad-value', `Invalid value for field '${name}'`);
    const text = value === null || value === '' ? null : String(value);
    if (text !== null) checkValue({ name, dataType: field.dataType }, text);
    values.set(name, text);
  }
  return values;
}
