import { isObject } from '../../../kernel/is-object.ts';
import type { ActivityType } from '../directory/directory.ts';
import type { ActivityRow } from './activity-stream.ts';
import { dateTimeText, instantOf } from './instant.ts';

/** What both records of activities begin with, as SOAP answers it. */
export interface ActivityHead {
  readonly id: number | null;
  readonly marketoGUID: string | null;
  readonly activityDateTime: string;
  readonly activityType: string;
  readonly mktgAssetName: string | null;
  readonly activityAttributes: { readonly attribute: readonly Attribute[] };
  readonly campaign: string | null;
}

interface Attribute {
  readonly attrName: string;
  readonly attrType: null;
  readonly attrValue: string | null;
}

/** A name that cannot be had is null; a type that nobody asked for goes by its number. */
export function activityHead(
  row: ActivityRow,
  types: ReadonlyMap<number, ActivityType>,
  campaigns: ReadonlyMap<number, string>,
): ActivityHead {
  const type = types.get(row.activityTypeId);
  const { id, marketoGUID, activityDate, primaryAttributeValue } = row;
  const at = instantOf(activityDate);
  return {
    id: Number.isSafeInteger(id) ? Number(id) : null,
    marketoGUID: textOf(marketoGUID) ?? textOf(id),
    activityDateTime: at === null ? activityDate : dateTimeText(at),
    activityType: type?.name ?? String(row.activityTypeId),
    mktgAssetName: textOf(primaryAttributeValue),
    activityAttributes: { attribute: attributesOf(row, type) },
    campaign: campaigns.get(campaignIdOf(row) ?? 0) ?? null,
  };
}

/** Null: no campaign has done it. */
export const campaignIdOf = ({ campaignId }: ActivityRow): number | null =>
  Number.isSafeInteger(campaignId) && Number(campaignId) > 0 ? Number(campaignId) : null;

function attributesOf(row: ActivityRow, type: ActivityType | undefined): readonly Attribute[] {
  const given = Array.isArray(row['attributes']) ? row['attributes'].filter(isObject) : [];
  return [
    ...primaryAttributeOf(row, type?.primaryAttribute ?? null),
    ...given.flatMap(({ name, value }) => (typeof name === 'string' ? [attribute(name, textOf(value))] : [])),
    attribute('Lead ID', String(row.leadId)),
  ];
}

/** `Webpage ID` is the asset's number; `Attribute Name` is the value itself. */
function primaryAttributeOf(row: ActivityRow, name: string | null): readonly Attribute[] {
  if (name === null) return [];
  const { primaryAttributeValueId, primaryAttributeValue } = row;
  const [first, second] = /\bid$/i.test(name)
    ? [primaryAttributeValueId, primaryAttributeValue]
    : [primaryAttributeValue, primaryAttributeValueId];
  const value = textOf(first) ?? textOf(second);
  return value === null ? [] : [attribute(name, value)];
}

const attribute = (attrName: string, attrValue: string | null): Attribute => ({
  attrName,
  attrType: null,
  attrValue,
});

/** Null: there is no value. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
