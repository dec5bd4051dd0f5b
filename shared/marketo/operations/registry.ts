/** The 23 operations of mktows 3_1 (facts: the WSDL's port type). */
export const OPERATION_NAMES = [
  'getLead',
  'getMultipleLeads',
  'getLeadActivity',
  'getLeadChanges',
  'syncLead',
  'syncMultipleLeads',
  'mergeLeads',
  'listOperation',
  'importToList',
  'getImportToListStatus',
  'getCampaignsForSource',
  'requestCampaign',
  'scheduleCampaign',
  'listMObjects',
  'describeMObject',
  'getMObjects',
  'syncMObjects',
  'deleteMObjects',
  'getCustomObjects',
  'syncCustomObjects',
  'deleteCustomObjects',
  'getChannels',
  'getTags',
] as const;

export type OperationName = (typeof OPERATION_NAMES)[number];
