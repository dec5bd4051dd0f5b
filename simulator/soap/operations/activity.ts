import type { Activity, Instance } from '../../instance/instance.ts';
import { requireLead } from '../../instance/lead-key.ts';
import { ServiceFault } from '../fault.ts';
import { leadKeyOf } from '../lead-key-element.ts';
import { typedMarkup } from '../lead-record.ts';
import { selectBy } from '../lead-selector.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { batchSize, child, dateTime, items, oneOf, requiredChild, stringItems } from '../params.ts';
import { offsetOfStartPosition, type Page, page, startPositionMarkup } from '../stream-position.ts';
import type { Element } from '../xml.ts';
import type { Call, OperationTable } from './operation.ts';

export const activityOperations: OperationTable = {
  getLeadActivity: { writes: false, run: getLeadActivity },
  getLeadChanges: { writes: false, run: getLeadChanges },
};

/** ActivityType of the WSDL. */
const ACTIVITY_TYPES: readonly string[] = `
  VisitWebpage FillOutForm ClickLink SendEmail EmailDelivered EmailBounced UnsubscribeEmail
  OpenEmail ClickEmail NewLead ChangeDataValue LeadAssigned NewSFDCOpprtnty Wait RunSubflow
  RemoveFromFlow PushLeadToSales CreateTask ConvertLead ChangeScore ChangeOwner AddToList
  RemoveFromList SFDCActivity EmailBouncedSoft PushLeadUpdatesToSales DeleteLeadFromSales
  SFDCActivityUpdated SFDCMergeLeads MergeLeads ResolveConflicts AssocWithOpprtntyInSales
  DissocFromOpprtntyInSales UpdateOpprtntyInSales DeleteLead SendAlert SendSalesEmail OpenSalesEmail
  ClickSalesEmail AddtoSFDCCampaign RemoveFromSFDCCampaign ChangeStatusInSFDCCampaign
  ReceiveSalesEmail InterestingMoment RequestCampaign SalesEmailBounced ChangeLeadPartition
  ChangeRevenueStage ChangeRevenueStageManually ComputeDataValue ChangeStatusInProgression
  ChangeFieldInProgram EnrichWithDatacom ChangeSegment ResolveRuleset SmartCampaignTest
  SmartCampaignTestTrigger
`
  .trim()
  .split(/\s+/);

/** `ChangeDataValue` as records show it: "Change Data Value". */
const displayName = (type: string): string => type.replace(/([a-z])([A-Z])/g, '$1 $2');

const MOST_ACTIVITIES = 100;
const MOST_CHANGES = 1000;

function getLeadActivity(instance: Instance, { params }: Call): Markup {
  const lead = requireLead(instance, leadKeyOf(requiredChild(params, 'leadKey')));
  const wanted = activityFilter(child(params, 'activityFilter'));
  const found = instance.activities.filter((activity) => activity.leadId === lead.id && wanted(activity));
  const cut = page(
    found,
    `activity:${lead.id}`,
    offsetOfStartPosition(params),
    batchSize(params, MOST_ACTIVITIES),
  );
  // Unlike every other answer, this payload is not named result (docs/marketo-facts.md).
  return tag(
    'leadActivityList',
    ...stream(cut, 'activityRecordList', 'activityRecord', child(params, 'startPosition')),
  );
}

function getLeadChanges(instance: Instance, { params }: Call): Markup {
  const start = requiredChild(params, 'startPosition');
  const wanted = activityFilter(child(params, 'activityFilter'));
  const named = nameFilter(stringItems(params, 'activityNameFilter'));
  const among = leadFilter(instance, child(params, 'leadSelector'));
  const within = timeFilter(start);
  const found = instance.activities.filter((activity) =>
    [wanted, named, among, within].every((accepts) => accepts(activity)),
  );
  const cut = page(found, queryOf(params), offsetOfStartPosition(params), batchSize(params, MOST_CHANGES));
  return tag('result', ...stream(cut, 'leadChangeRecordList', 'leadChangeRecord', start));
}

/** Everything but where to go on: a position belongs to the lead and the filters it was handed out for. */
function queryOf(params: Element): string {
  const asked = ['leadKey', 'activityFilter', 'activityNameFilter', 'leadSelector'];
  return JSON.stringify(asked.map((name) => child(params, name)));
}

type Filter = (activity: Activity) => boolean;

function activityFilter(filter: Element | null): Filter {
  if (filter === null) return () => true;
  const included = typesIn(filter, 'includeTypes');
  const excluded = typesIn(filter, 'excludeTypes');
  return ({ type }) => (included.length === 0 || included.includes(type)) && !excluded.includes(type);
}

function typesIn(filter: Element, list: string): string[] {
  return items(filter, list, 'activityType').map(({ text }) =>
    oneOf(ACTIVITY_TYPES, text, 20107, 'Activity type'),
  );
}

/** `activityNameFilter` uses the names that people read: "Visit Webpage". */
function nameFilter(names: readonly string[]): Filter {
  return ({ type }) => names.length === 0 || names.includes(displayName(type));
}

function leadFilter(instance: Instance, selector: Element | null): Filter {
  if (selector === null) return () => true;
  const ids = new Set(selectBy(instance, selector, 'fault').leads.map((lead) => lead.id));
  return ({ leadId }) => ids.has(leadId);
}

function timeFilter(start: Element): Filter {
  const oldest = dateTime(start, 'oldestCreatedAt') ?? Number.NEGATIVE_INFINITY;
  const latest = dateTime(start, 'latestCreatedAt') ?? Number.POSITIVE_INFINITY;
  if (oldest > latest) throw new ServiceFault(20110, 'oldestCreatedAt is after latestCreatedAt');
  return ({ at }) => at >= oldest && at <= latest;
}

function stream(cut: Page<Activity>, list: string, item: string, start: Element | null): Markup[] {
  const records = cut.rows.map((activity) => record(item, activity));
  return [
    tag('returnCount', cut.rows.length),
    tag('remainingCount', cut.remaining),
    startPositionMarkup(cut.position, start),
    records.length === 0 ? nil(list) : tag(list, ...records),
  ];
}

/** ActivityRecord and LeadChangeRecord of 3_1, `marketoGUID` second. */
function record(name: string, activity: Activity): Markup {
  return tag(
    name,
    tag('id', activity.id),
    tag('marketoGUID', activity.id),
    tag('activityDateTime', new Date(activity.at).toISOString()),
    tag('activityType', displayName(activity.type)),
    tag('mktgAssetName', activity.asset),
    tag('activityAttributes', ...activity.attributes.map(typedMarkup)),
    nil('campaign'),
    ...(name === 'activityRecord' ? [nil('personName')] : []),
    tag('mktPersonId', activity.leadId),
    ...(name === 'activityRecord' ? [nil('foreignSysId'), nil('orgName'), nil('foreignSysOrgId')] : []),
  );
}
