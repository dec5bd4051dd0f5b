import { squeezed } from '../../operations/mobject.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { isGiven } from '../../operations/types.ts';
import type { Reason } from '../call/reasons.ts';
import type { Session } from '../call/session.ts';
import type { ObjectType } from '../directory/directory.ts';
import { capitalized, fieldOf, typeWith } from './object-fields.ts';
import type { Attributes } from './object-records.ts';

export type MObject = CheckedParamsOf<'syncMObjects'>['mObjectList']['mObject'][number];
export type Association = NonNullable<NonNullable<MObject['associationList']>['mObjAssociation']>[number];

export const OPPORTUNITY = 'Opportunity';
export const ROLE = 'OpportunityPersonRole';
export const PROGRAM = 'Program';

/** The field by which REST knows an opportunity; SOAP's integer ids have no equal. */
export const OPPORTUNITY_KEY = 'externalOpportunityId';
const PERSON_ID = 'PersonId';

/** Of opportunities, or of their roles; read anew if it lacks one of the names. */
export const typeOf = (session: Session, kind: string, names: readonly string[]): Promise<ObjectType> =>
  typeWith(names, (want) =>
    kind === ROLE ? session.directory.role(session, want) : session.directory.opportunity(session, want),
  );

/** What SOAP calls a field of an opportunity or role. */
export const attributeName = (field: string): string => (field === 'leadId' ? PERSON_ID : capitalized(field));

/** What REST calls the field; any other name is looked for as it is. */
export const restName = (name: string): string => (sameName(name, PERSON_ID) ? 'leadId' : name);

/** Without case, blanks and underscores: `External Opportunity Id` is the display name of the field. */
export const sameName = (one: string, other: string): boolean => squeezed(one) === squeezed(other);

const associationsOf = (object: Pick<MObject, 'associationList'>): readonly Association[] =>
  object.associationList?.mObjAssociation ?? [];

const attribsOf = (object: MObject) => object.attribList?.attrib ?? [];

/** Everything an opportunity or role says of its fields, its associations as the fields that REST has for them. */
export function attributesOf(object: MObject, leadId: string | null): Attributes {
  const { externalKey } = object;
  const opportunity = opportunityOf(object)?.externalKey;
  return [
    ...(externalKey === undefined ? [] : [attribute(externalKey.name, externalKey.value)]),
    ...(opportunity === undefined ? [] : [attribute(OPPORTUNITY_KEY, opportunity.value)]),
    ...(leadId === null ? [] : [attribute('leadId', leadId)]),
    ...attribsOf(object).map(({ name, value }) => attribute(restName(name), value)),
  ];
}

const attribute = (attrName: string, attrValue: string) => ({ attrName, attrValue });

/** Of a deletion, which takes key fields alone. */
export const keyAttributes = (type: ObjectType, attributes: Attributes): Attributes =>
  attributes.filter(({ attrName }) => type.dedupeFields.includes(fieldOf(type, attrName)?.name ?? ''));

/** What REST would know an opportunity or role by, as far as the job itself says it. */
export const keyText = (object: MObject): string =>
  JSON.stringify([
    object.type,
    leadOf(object) ?? null,
    attributesOf(object, null)
      .filter(({ attrName }) => KEY_NAMES.some((name) => sameName(name, attrName)))
      .map(({ attrName, attrValue }) => [squeezed(attrName), attrValue.toLowerCase()])
      .sort(),
  ]);

const KEY_NAMES = [OPPORTUNITY_KEY, 'leadId', 'role'];

export const leadOf = (object: MObject): Association | undefined =>
  associationsOf(object).find(({ mObjType }) => mObjType === 'Lead');

const opportunityOf = (object: MObject): Association | undefined =>
  associationsOf(object).find(({ mObjType }) => mObjType === OPPORTUNITY);

/** Why REST cannot take an opportunity or a role, by rule alone; null: nothing is known against it. */
export function problemOf(object: MObject): Reason | null {
  const words = object.type === OPPORTUNITY ? opportunityProblem(object) : roleProblem(object);
  return words === null ? null : { code: 1003, message: words };
}

const NO_IDS = `REST does not know Marketo's integer ids of opportunities and roles; name the opportunity by ${OPPORTUNITY_KEY}`;

function opportunityProblem(object: MObject): string | null {
  if (object.id !== undefined) return NO_IDS;
  if (associationsOf(object).length > 0)
    return 'REST links an opportunity to nothing; write externalCompanyId of its leads instead';
  return typedProblem(object) ?? (hasField(object, OPPORTUNITY_KEY) ? null : NO_OPPORTUNITY);
}

const NO_OPPORTUNITY = `REST knows opportunities by ${OPPORTUNITY_KEY}: give it as the externalKey or an attribute`;

function roleProblem(object: MObject): string | null {
  if (object.id !== undefined || hasField(object, 'OpportunityId')) return NO_IDS;
  const others = associationsOf(object).filter(
    (one) => one !== leadOf(object) && one !== opportunityOf(object),
  );
  if (others.length > 0) return 'a role is linked to one Lead and one Opportunity';
  return (
    typedProblem(object) ??
    opportunityLinkProblem(object) ??
    leadLinkProblem(object) ??
    roleNameProblem(object)
  );
}

function opportunityLinkProblem(object: MObject): string | null {
  const link = opportunityOf(object);
  if (link === undefined) return hasField(object, OPPORTUNITY_KEY) ? null : `a role needs ${OPPORTUNITY_KEY}`;
  if (link.id !== undefined) return NO_IDS;
  const { externalKey } = link;
  const isKey = externalKey !== undefined && sameName(externalKey.name, OPPORTUNITY_KEY);
  return isKey && isGiven(externalKey.value)
    ? null
    : `the Opportunity of a role is named by ${OPPORTUNITY_KEY}`;
}

function leadLinkProblem(object: MObject): string | null {
  const link = leadOf(object);
  if (link === undefined)
    return hasField(object, PERSON_ID) || hasField(object, 'leadId')
      ? null
      : 'a role needs a Lead or PersonId';
  return associationProblem(link);
}

/** Of an association with a lead. */
export function associationProblem({ id, externalKey }: Association): string | null {
  if (id !== undefined) return id > 0 ? null : 'an id of a lead is more than 0';
  if (externalKey === undefined || !isGiven(externalKey.value))
    return 'an association with a Lead needs its id or an externalKey';
  return externalKey.value.includes(',') ? 'the key of a Lead has a comma, and REST reads it as two' : null;
}

/** `Role` is part of the key. */
const roleNameProblem = (object: MObject): string | null =>
  hasField(object, 'Role')
    ? null
    : 'REST knows a role by its lead, opportunity and Role, and Role is missing';

const typedProblem = (object: MObject): string | null =>
  (object.typeAttribList?.typeAttrib ?? []).length === 0 ? null : 'typeAttribList is for programs alone';

function hasField(object: MObject, name: string): boolean {
  const { externalKey } = object;
  const named = [...attribsOf(object), ...(externalKey === undefined ? [] : [externalKey])];
  return named.some((one) => sameName(one.name, name) && isGiven(one.value));
}
