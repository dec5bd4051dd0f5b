import { LeadSelector, selectedKeys } from './lead.ts';
import { referencesOf } from './lead-reference.ts';
import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { arrayOfString, LeadKey, StreamPosition } from './types.ts';
import { batchSize, enumeration, optional, repeated, sequence } from './xsd.ts';

const ActivityType = enumeration('ActivityType', [
  'VisitWebpage',
  'FillOutForm',
  'ClickLink',
  'SendEmail',
  'EmailDelivered',
  'EmailBounced',
  'UnsubscribeEmail',
  'OpenEmail',
  'ClickEmail',
  'NewLead',
  'ChangeDataValue',
  'LeadAssigned',
  'NewSFDCOpprtnty',
  'Wait',
  'RunSubflow',
  'RemoveFromFlow',
  'PushLeadToSales',
  'CreateTask',
  'ConvertLead',
  'ChangeScore',
  'ChangeOwner',
  'AddToList',
  'RemoveFromList',
  'SFDCActivity',
  'EmailBouncedSoft',
  'PushLeadUpdatesToSales',
  'DeleteLeadFromSales',
  'SFDCActivityUpdated',
  'SFDCMergeLeads',
  'MergeLeads',
  'ResolveConflicts',
  'AssocWithOpprtntyInSales',
  'DissocFromOpprtntyInSales',
  'UpdateOpprtntyInSales',
  'DeleteLead',
  'SendAlert',
  'SendSalesEmail',
  'OpenSalesEmail',
  'ClickSalesEmail',
  'AddtoSFDCCampaign',
  'RemoveFromSFDCCampaign',
  'ChangeStatusInSFDCCampaign',
  'ReceiveSalesEmail',
  'InterestingMoment',
  'RequestCampaign',
  'SalesEmailBounced',
  'ChangeLeadPartition',
  'ChangeRevenueStage',
  'ChangeRevenueStageManually',
  'ComputeDataValue',
  'ChangeStatusInProgression',
  'ChangeFieldInProgram',
  'EnrichWithDatacom',
  'ChangeSegment',
  'ResolveRuleset',
  'SmartCampaignTest',
  'SmartCampaignTestTrigger',
]);

const ArrayOfActivityType = sequence('ArrayOfActivityType', { activityType: repeated(ActivityType) });

const ActivityTypeFilter = sequence('ActivityTypeFilter', {
  includeTypes: optional(ArrayOfActivityType),
  excludeTypes: optional(ArrayOfActivityType),
});

export const getLeadActivity = operation({
  params: sequence('ParamsGetLeadActivity', {
    leadKey: LeadKey,
    activityFilter: optional(ActivityTypeFilter),
    startPosition: optional(StreamPosition),
    batchSize: optional(batchSize(100)),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
  leads: ({ leadKey }) => referencesOf([leadKey]),
});

export const getLeadChanges = operation({
  params: sequence('ParamsGetLeadChanges', {
    startPosition: StreamPosition,
    activityFilter: optional(ActivityTypeFilter),
    activityNameFilter: optional(arrayOfString()),
    batchSize: optional(batchSize(1_000)),
    leadSelector: optional(LeadSelector),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
  leads: ({ leadSelector }) => selectedKeys(leadSelector),
});
