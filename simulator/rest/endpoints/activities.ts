import { ACTIVITY_TYPES, type ActivityType } from '../../instance/activity-types.ts';
import type { Activity, Instance } from '../../instance/instance.ts';
import { type LeadField, storedName } from '../../instance/lead-fields.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { offsetIn, tokenAt } from '../page-token.ts';
import { dateOut, instant, integer, listParameter, optionalInteger, requiredParameter } from '../query.ts';
import { RestError } from '../rest-error.ts';
import { knownField } from '../rest-lead.ts';

const read = { method: 'GET', body: 'get', writes: false } as const;

export const activityEndpoints: readonly Endpoint[] = [
  { ...read, pattern: '/rest/v1/activities/types.json', serve: types },
  { ...read, pattern: '/rest/v1/activities/pagingtoken.json', serve: pagingToken },
  { ...read, pattern: '/rest/v1/activities.json', serve: activities },
  { ...read, pattern: '/rest/v1/activities/leadchanges.json', serve: leadChanges },
  { ...read, pattern: '/rest/v1/activities/deletedleads.json', serve: deletedLeads },
];

/** Of one read (docs/marketo-facts.md). */
const MOST_TYPES = 10;
const MOST_LEADS = 30;
const MOST_LIST_MEMBERS = 10_000;
const MOST_PER_PAGE = 300;
/** A position is of the whole stream, whatever is asked of it. */
const STREAM = 'activities';

function types(): RestResult {
  return rowsOf(
    ACTIVITY_TYPES.map(({ id, name, primary, attributes }) => ({
      id,
      name,
      description: name,
      primaryAttribute: primary,
      attributes,
    })),
  );
}

function pagingToken(call: RestCall): RestResult {
  const since = instant(requiredParameter(call, 'sinceDatetime'));
  const first = call.instance.activities.findIndex(({ at }) => at >= since);
  const offset = first < 0 ? call.instance.activities.length : first;
  return { kind: 'rows', rows: null, nextPageToken: tokenAt(offset, STREAM) };
}

function activities(call: RestCall): RestResult {
  const asked = listParameter(call, 'activityTypeIds').map(integer);
  if (asked.length === 0) throw new RestError(1002, "Missing value for required parameter 'activityTypeIds'");
  if (asked.length > MOST_TYPES) throw new RestError(1003, `More than ${MOST_TYPES} activityTypeIds`);
  const wanted = new Map(asked.map((id) => [typeById(id).type, typeById(id)]));
  const among = leadsAsked(call);
  return stream(call, (activity) => {
    const type = wanted.get(activity.type);
    return type === undefined || !among(activity.leadId) ? null : row(activity, type);
  });
}

function typeById(id: number): ActivityType {
  const type = ACTIVITY_TYPES.find((candidate) => candidate.id === id);
  if (type === undefined) throw new RestError(1003, `Invalid activityTypeId: ${id}`);
  return type;
}

function leadsAsked(call: RestCall): (leadId: number) => boolean {
  const ids = listParameter(call, 'leadIds').map(integer);
  if (ids.length > MOST_LEADS) throw new RestError(1003, `More than ${MOST_LEADS} leadIds`);
  const members = membersOf(call.instance, optionalInteger(call, 'listId'));
  return (leadId) => (ids.length === 0 || ids.includes(leadId)) && (members?.has(leadId) ?? true);
}

function membersOf(instance: Instance, listId: number | null): ReadonlySet<number> | null {
  if (listId === null) return null;
  const list = instance.lists.get(listId);
  if (list === undefined) throw new RestError(1013, `List '${listId}' not found`);
  if (list.members.size >= MOST_LIST_MEMBERS) throw new RestError(1003, 'The list has too many members');
  return list.members;
}

/**
 * A page is what fits the filter among the next activities of the stream, so that it may be short, or empty, while there
 * are more. Without a row there is no `result` (docs/marketo-facts.md). There is always a next token.
 */
function stream(call: RestCall, show: (activity: Activity) => unknown): RestResult {
  const { activities: all } = call.instance;
  const offset = offsetIn(requiredParameter(call, 'nextPageToken'), STREAM);
  const size = Math.min(Math.max(optionalInteger(call, 'batchSize') ?? MOST_PER_PAGE, 1), MOST_PER_PAGE);
  const next = Math.min(offset + size, all.length);
  const rows = all
    .slice(offset, next)
    .map(show)
    .filter((shown) => shown !== null);
  return {
    kind: 'rows',
    rows: rows.length === 0 ? null : rows,
    nextPageToken: tokenAt(next, STREAM),
    moreResult: next < all.length,
  };
}

function row(activity: Activity, type: ActivityType) {
  const attributes = new Map(activity.attributes);
  const campaignId = attributes.get('Campaign ID');
  const secondary = [...attributes].filter(([name]) => name !== type.primary.name);
  return {
    ...head(activity, type),
    ...(campaignId === undefined ? {} : { campaignId: Number(campaignId) }),
    primaryAttributeValueId: Number(attributes.get(type.primary.name)) || activity.id,
    primaryAttributeValue: activity.asset,
    attributes: secondary.map(([name, value]) => ({ name, value })),
  };
}

function head(activity: Activity, type: ActivityType) {
  return {
    id: activity.id,
    marketoGUID: String(activity.id),
    leadId: activity.leadId,
    activityDate: dateOut(activity.at),
    activityTypeId: type.id,
  };
}

const NEW_LEAD = typeById(12);
const CHANGE_DATA_VALUE = typeById(13);
const DELETE_LEAD = typeById(37);

/** New leads, and changes of the fields that are asked for. */
function leadChanges(call: RestCall): RestResult {
  const fields = listParameter(call, 'fields').map((name) => knownField(call.instance, name));
  if (fields.length === 0) throw new RestError(1002, "Missing value for required parameter 'fields'");
  const among = leadsAsked(call);
  return stream(call, (activity) => {
    if (!among(activity.leadId)) return null;
    if (activity.type === NEW_LEAD.type) return { ...head(activity, NEW_LEAD), fields: [], attributes: [] };
    const field = fields.find((candidate) => storedName(candidate) === activity.asset);
    if (activity.type !== CHANGE_DATA_VALUE.type || field === undefined) return null;
    return {
      ...head(activity, CHANGE_DATA_VALUE),
      fields: [changeOf(call.instance, activity, field)],
      attributes: [],
    };
  });
}

function changeOf({ leadFields }: Instance, { attributes }: Activity, field: LeadField) {
  const values = new Map(attributes);
  return {
    id: leadFields.all.indexOf(field) + 2,
    name: field.rest,
    newValue: values.get('New Value') ?? null,
    oldValue: values.get('Old Value') ?? null,
  };
}

function deletedLeads(call: RestCall): RestResult {
  return stream(call, (activity) => (activity.type === DELETE_LEAD.type ? row(activity, DELETE_LEAD) : null));
}
