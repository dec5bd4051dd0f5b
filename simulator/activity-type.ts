/** ActivityType of the WSDL (facts 1.5). */
export const ACTIVITY_TYPES = [
  ...[
    'VisitWebpage',
    'FillOutForm',
    'ClickLink',
    'SendEmail',
    'EmailDelivered',
    'EmailBounced',
    'UnsubscribeEmail',
  ],
  ...[
    'OpenEmail',
    'ClickEmail',
    'NewLead',
    'ChangeDataValue',
    'LeadAssigned',
    'NewSFDCOpprtnty',
    'Wait',
    'RunSubflow',
  ],
  ...[
    'RemoveFromFlow',
    'PushLeadToSales',
    'CreateTask',
    'ConvertLead',
    'ChangeScore',
    'ChangeOwner',
    'AddToList',
  ],
  ...['RemoveFromList', 'SFDCActivity', 'EmailBouncedSoft', 'PushLeadUpdatesToSales', 'DeleteLeadFromSales'],
  ...['SFDCActivityUpdated', 'SFDCMergeLeads', 'MergeLeads', 'ResolveConflicts', 'AssocWithOpprtntyInSales'],
  ...['DissocFromOpprtntyInSales', 'UpdateOpprtntyInSales', 'DeleteLead', 'SendAlert', 'SendSalesEmail'],
  ...['OpenSalesEmail', 'ClickSalesEmail', 'AddtoSFDCCampaign', 'RemoveFromSFDCCampaign'],
  ...[
    'ChangeStatusInSFDCCampaign',
    'ReceiveSalesEmail',
    'InterestingMoment',
    'RequestCampaign',
    'SalesEmailBounced',
  ],
  ...['ChangeLeadPartition', 'ChangeRevenueStage', 'ChangeRevenueStageManually', 'ComputeDataValue'],
  ...[
    'ChangeStatusInProgression',
    'ChangeFieldInProgram',
    'EnrichWithDatacom',
    'ChangeSegment',
    'ResolveRuleset',
  ],
  ...['SmartCampaignTest', 'SmartCampaignTestTrigger'],
] as const;

/** `ChangeDataValue` as records show it: "Change Data Value". */
export function displayName(type: string): string {
  return type.replace(/([a-z])([A-Z])/g, '$1 $2');
}
