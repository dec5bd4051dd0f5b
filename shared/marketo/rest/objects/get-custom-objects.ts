import type { JsonObject } from '../../../kernel/is-object.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { isGiven } from '../../operations/types.ts';
import { refused } from '../call/call-ended.ts';
import { refusal } from '../call/findings.ts';
import { done, type Finding, type Mapping } from '../call/mapping.ts';
import { positionFindings, readPosition, writePosition } from '../call/position.ts';
import type { ObjectType } from '../directory/directory.ts';
import {
  fieldOf,
  isSearchable,
  LEAD_LINK,
  notSearchable,
  textOf,
  typeWith,
  unknownField,
} from './object-fields.ts';
import { type Filter, readObjects } from './object-read.ts';
import { type Assigned, assign, isReason, objectOf } from './object-records.ts';

type Params = CheckedParamsOf<'getCustomObjects'>;

const MOST_PER_PAGE = 100;

export const getCustomObjects: Mapping<'getCustomObjects'> = {
  check: (params) => [...keyFindings(params), ...positionFindings(params.streamPosition, params)],
  async run(params, session) {
    const tokens = readPosition(params.streamPosition, params);
    const type = await typeWith(namesIn(params), (want) =>
      session.directory.customObject(session, params.objTypeName, want),
    );
    const keys = keysOf(type, params);
    const included = includedFields(type, params);
    const page = await readObjects(session, {
      endpoint: 'customObjects',
      path: { name: type.name },
      filter: filterOf(type, keys),
      fields: [...new Set([...type.dedupeFields, ...included])],
      batchSize: Math.min(params.batchSize ?? MOST_PER_PAGE, MOST_PER_PAGE),
      nextPageToken: tokens?.[0] ?? null,
    });
    const names = namesOf(type, params, keys);
    const payload = {
      objTypeName: params.objTypeName,
      returnCount: page.rows.length,
      remainingCount: page.nextPageToken === null ? 0 : 1,
      newStreamPosition: page.nextPageToken === null ? '' : writePosition([page.nextPageToken], params),
      customObjList:
        page.rows.length === 0
          ? null
          : { customObj: page.rows.map((row) => customObject(row, type, included, names)) },
    };
    return done({ result: payload }, { result: payload });
  },
};

function keyFindings({ customObjKeyList }: Params): readonly Finding[] {
  const keys = (customObjKeyList?.attribute ?? []).filter(({ attrValue }) => isGiven(attrValue));
  if (keys.length === 0) {
    const message = 'REST finds custom objects by a key: give customObjKeyList';
    return [refusal(message)];
  }
  const [only] = keys;
  if (keys.length > 1 || only === undefined || !only.attrValue.includes(',')) return [];
  const message = `${only.attrName} has a comma, and REST reads a value with a comma as two`;
  return [refusal(message)];
}

function keysOf(type: ObjectType, { customObjKeyList }: Params): readonly Assigned[] {
  const keys = assign(
    type,
    (customObjKeyList?.attribute ?? []).filter(({ attrValue }) => isGiven(attrValue)),
  );
  if (isReason(keys)) throw refused(keys.code ?? 1003, keys.message);
  return keys;
}

const namesIn = ({ customObjKeyList, includeAttributes }: Params): readonly string[] => [
  ...(customObjKeyList?.attribute ?? []).map(({ attrName }) => attrName),
  ...includeAttributes.stringItem.filter(isGiven),
];

/** One searchable field is a filter, all fields of the key are a compound one; REST has nothing else. */
function filterOf(type: ObjectType, keys: readonly Assigned[]): Filter {
  const given = keys.map(({ field }) => field.name);
  const [only] = keys;
  if (only !== undefined && keys.length === 1 && isSearchable(type, only.field.name))
    return { kind: 'field', field: only.field.name, values: [only.text.trim()] };
  const { dedupeFields } = type;
  if (dedupeFields.length === given.length && dedupeFields.every((name) => given.includes(name)))
    return { kind: 'compound', key: objectOf(keys) };
  throw refused(1003, notSearchable(type, given));
}

/** REST's own fields: SOAP had none of them, and shows them to whoever asks by name. */
const isOwn = (type: ObjectType, name: string): boolean =>
  name === type.idField || name === 'createdAt' || name === 'updatedAt';

/** API names of what was asked for; all that SOAP showed if nothing was. */
function includedFields(type: ObjectType, { includeAttributes }: Params): readonly string[] {
  const asked = includeAttributes.stringItem.filter(isGiven);
  if (asked.length === 0) return type.fields.map(({ name }) => name).filter((name) => !isOwn(type, name));
  return asked.map((name) => {
    const field = fieldOf(type, name);
    if (field === null) throw refused(1006, unknownField(type, name));
    return field.name;
  });
}

/** What a field is called in the answer: as the job called it, else by its API name, the lead's link by SOAP's. */
function namesOf(type: ObjectType, params: Params, keys: readonly Assigned[]): ReadonlyMap<string, string> {
  const asked = params.includeAttributes.stringItem.flatMap((name): [string, string][] => {
    const field = fieldOf(type, name);
    return field === null ? [] : [[field.name, name.trim()]];
  });
  const link: [string, string][] = type.leadField === null ? [] : [[type.leadField, LEAD_LINK]];
  return new Map([...link, ...asked, ...keys.map(({ field, name }): [string, string] => [field.name, name])]);
}

function customObject(
  row: JsonObject,
  type: ObjectType,
  included: readonly string[],
  names: ReadonlyMap<string, string>,
) {
  const attributes = (fields: readonly string[]) => ({
    attribute: fields.flatMap((name) => {
      const text = Object.hasOwn(row, name) ? textOf(row[name]) : null;
      return text === null ? [] : [{ attrName: names.get(name) ?? name, attrType: null, attrValue: text }];
    }),
  });
  return {
    customObjKeyList: attributes(type.dedupeFields),
    customObjAttributeList: attributes(included.filter((name) => !type.dedupeFields.includes(name))),
  };
}
