import type { JsonObject } from '../../../kernel/is-object.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refused } from '../call/call-ended.ts';
import { refusal } from '../call/findings.ts';
import { done, type Finding, type Mapping } from '../call/mapping.ts';
import { positionFindings, readPosition, writePosition } from '../call/position.ts';
import type { Session } from '../call/session.ts';
import type { ObjectType } from '../directory/directory.ts';
import { findAssociated } from './association-leads.ts';
import { getPrograms, programFindings } from './get-programs.ts';
import {
  attributeName,
  OPPORTUNITY,
  OPPORTUNITY_KEY,
  PROGRAM,
  ROLE,
  restName,
  typeOf,
} from './mobject-records.ts';
import { fieldOf, isSearchable, notSearchable, textOf, unknownField } from './object-fields.ts';
import { type ObjectPage, readObjects } from './object-read.ts';
import { isWanted, type Wanted, wantedOf } from './wanted-mobjects.ts';

type Params = CheckedParamsOf<'getMObjects'>;

/** As SOAP had it. */
const MOST_PER_PAGE = 100;

export const getMObjects: Mapping<'getMObjects'> = {
  check(params) {
    const findings = params.type === PROGRAM ? programFindings(params) : filterFindings(params);
    return [...findings, ...positionFindings(params.streamPosition, params)];
  },
  async run(params, session) {
    if (params.type === PROGRAM) return getPrograms(params, session);
    const wanted = wantedOf(params);
    if (!isWanted(wanted)) throw refused(wanted.code ?? 1003, wanted.message);
    const token = readPosition(params.streamPosition, params)?.[0] ?? null;
    const { type, page } = await read(session, params.type, wanted, token);
    const payload = {
      returnCount: page.rows.length,
      hasMore: page.nextPageToken !== null,
      newStreamPosition: page.nextPageToken === null ? '' : writePosition([page.nextPageToken], params),
      mObjectList:
        page.rows.length === 0 ? null : { mObject: page.rows.map((row) => mObject(row, type, params.type)) },
    };
    return done({ result: payload }, { result: payload });
  },
};

function filterFindings(params: Params): readonly Finding[] {
  const wanted = wantedOf(params);
  return isWanted(wanted) ? [] : [refusal(wanted.message, wanted.code ?? 1003)];
}

interface Found {
  readonly type: ObjectType;
  readonly page: ObjectPage;
}

async function read(session: Session, kind: string, wanted: Wanted, token: string | null): Promise<Found> {
  if (wanted.kind === 'field') return ofField(session, kind, wanted.name, wanted.value, token);
  const findLead = await findAssociated(session, [wanted.lead]);
  const lead = findLead(wanted.lead);
  if (lead.kind === 'none') throw refused(lead.code ?? 1003, lead.message);
  const roles = await ofField(session, ROLE, 'leadId', lead.id, token);
  return kind === ROLE ? roles : ofRoles(session, roles.page);
}

async function ofField(
  session: Session,
  kind: string,
  name: string,
  value: string,
  token: string | null,
): Promise<Found> {
  const type = await typeOf(session, kind, [restName(name)]);
  const field = fieldOf(type, restName(name));
  if (field === null) throw refused(1006, unknownField(type, name));
  if (!isSearchable(type, field.name)) throw refused(1003, notSearchable(type, [field.name]));
  const page = await readObjects(session, {
    endpoint: kind === ROLE ? 'roles' : 'opportunities',
    filter: { kind: 'field', field: field.name, values: [value.trim()] },
    fields: type.fields.map((one) => one.name),
    batchSize: MOST_PER_PAGE,
    nextPageToken: token,
  });
  return { type, page };
}

/** The opportunities of a page of roles; the pages are those of the roles. */
async function ofRoles(session: Session, roles: ObjectPage): Promise<Found> {
  const type = await typeOf(session, OPPORTUNITY, []);
  const keys = [...new Set(roles.rows.flatMap((row) => textOf(row[OPPORTUNITY_KEY]) ?? []))];
  if (keys.length === 0) return { type, page: { ...roles, rows: [] } };
  const { rows } = await readObjects(session, {
    endpoint: 'opportunities',
    filter: { kind: 'field', field: OPPORTUNITY_KEY, values: keys },
    fields: type.fields.map((one) => one.name),
    batchSize: 300,
    nextPageToken: null,
  });
  return { type, page: { rows, nextPageToken: roles.nextPageToken } };
}

/** As SOAP shows an object. Its integer id is null: REST has none. */
function mObject(row: JsonObject, type: ObjectType, kind: string) {
  const get = (name: string) => (Object.hasOwn(row, name) ? textOf(row[name]) : null);
  const key = get(OPPORTUNITY_KEY);
  const externalKey = key === null ? null : { name: OPPORTUNITY_KEY, value: key };
  const names = type.fields
    .map(({ name }) => name)
    .filter((name) => name !== 'createdAt' && name !== 'updatedAt');
  return {
    type: kind,
    id: null,
    externalKey: kind === ROLE ? null : externalKey,
    createdAt: get('createdAt'),
    updatedAt: get('updatedAt'),
    attribList: {
      attrib: names.flatMap((name) => {
        const value = get(name);
        return value === null ? [] : [{ name: attributeName(name), value }];
      }),
    },
    typeAttribList: null,
    associationList: kind === ROLE ? { mObjAssociation: links(row['leadId'], externalKey) } : null,
  };
}

function links(leadId: unknown, externalKey: { readonly name: string; readonly value: string } | null) {
  const lead = typeof leadId === 'number' ? [{ mObjType: 'Lead', id: leadId, externalKey: null }] : [];
  const opportunity = externalKey === null ? [] : [{ mObjType: OPPORTUNITY, id: null, externalKey }];
  return [...lead, ...opportunity];
}
