import { type Instance, type MObject, type MObjectAssociation, takeId } from './instance.ts';
import type { DataType } from './lead-fields.ts';

/** Types that can be read and written (docs/marketo-facts.md). */
export const MOBJECT_TYPES = ['Opportunity', 'OpportunityPersonRole', 'Program'] as const;
export type MObjectType = (typeof MOBJECT_TYPES)[number];

export type ExternalKey = readonly [name: string, value: string];

/** By SOAP name. */
export const MOBJECT_ATTRIBUTES: Readonly<Record<MObjectType, Readonly<Record<string, DataType>>>> = {
  Opportunity: {
    Name: 'string',
    Description: 'text',
    Stage: 'string',
    Amount: 'float',
    Quantity: 'float',
    CloseDate: 'date',
    ExpectedRevenue: 'float',
    Probability: 'integer',
    Type: 'string',
    IsClosed: 'boolean',
    IsWon: 'boolean',
    LeadSource: 'string',
    NextStep: 'string',
    Fiscal: 'string',
    ForecastCategory: 'string',
    CompanyId: 'string',
    ExternalCreatedDate: 'datetime',
  },
  OpportunityPersonRole: {
    Role: 'string',
    IsPrimary: 'boolean',
    PersonId: 'integer',
    OpportunityId: 'integer',
    ExternalCreatedDate: 'datetime',
  },
  Program: { Name: 'string', Description: 'text', Channel: 'string', Period: 'string', Cost: 'string' },
};

export interface MObjectChange {
  readonly externalKey: ExternalKey | null;
  /** Null clears. */
  readonly attributes: Iterable<readonly [name: string, value: string | null]>;
  readonly associations: readonly MObjectAssociation[];
}

export function insertMObject(
  instance: Instance,
  type: MObjectType,
  { externalKey, attributes, associations }: MObjectChange,
  now: number,
): MObject {
  const id = takeId(instance);
  const object: MObject = {
    id,
    type,
    externalKey,
    attributes: new Map(),
    associations,
    createdAt: now,
    updatedAt: now,
  };
  setAttributes(object, attributes);
  instance.mObjects.set(id, object);
  return object;
}

/** Changes what is given: no associations and no key leave those that there are. */
export function updateMObject(object: MObject, change: MObjectChange, now: number): void {
  setAttributes(object, change.attributes);
  if (change.associations.length > 0) object.associations = change.associations;
  if (change.externalKey !== null) object.externalKey = change.externalKey;
  object.updatedAt = now;
}

function setAttributes({ attributes }: MObject, changes: MObjectChange['attributes']): void {
  for (const [name, value] of changes) {
    if (value === null) attributes.delete(name);
    else attributes.set(name, value);
  }
}

/** The newest under an external key: Marketo enforces no uniqueness and uses the most recently added. */
export function firstByKey(instance: Instance, type: string, key: ExternalKey | null): MObject | undefined {
  if (key === null) return undefined;
  return [...instance.mObjects.values()].findLast((object) => object.type === type && hasKey(object, key));
}

export function hasKey(object: MObject, [name, value]: ExternalKey): boolean {
  return object.externalKey?.[0] === name && object.externalKey[1] === value;
}
