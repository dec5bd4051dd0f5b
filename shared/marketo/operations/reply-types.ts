import {
  ArrayOfAttribute,
  Attrib,
  CustomObj,
  LeadKey,
  LeadRecord,
  LeadSyncStatus,
  StreamPosition,
} from './types.ts';
import { boolean, dateTime, enumeration, int, long, nillable, repeated, reply, text } from './xsd.ts';

/** What Marketo answers, for the WSDL alone: a reply is read where it matters and never refused for its shape. */

const ArrayOfInteger = reply('ArrayOfInteger', { integerItem: repeated(int) });

const ArrayOfLeadRecord = reply('ArrayOfLeadRecord', { leadRecord: repeated(LeadRecord) });

// Leads

export const ResultGetLead = reply('ResultGetLead', {
  count: int,
  leadRecordList: nillable(ArrayOfLeadRecord),
});

export const ResultGetMultipleLeads = reply('ResultGetMultipleLeads', {
  returnCount: int,
  remainingCount: int,
  newStreamPosition: text,
  leadRecordList: nillable(ArrayOfLeadRecord),
});

const SyncStatus = reply('SyncStatus', { leadId: int, status: LeadSyncStatus, error: nillable(text) });

export const ResultSyncLead = reply('ResultSyncLead', {
  leadId: int,
  syncStatus: SyncStatus,
  leadRecord: nillable(LeadRecord),
});

export const ResultSyncMultipleLeads = reply('ResultSyncMultipleLeads', {
  syncStatusList: reply('ArrayOfSyncStatus', { syncStatus: repeated(SyncStatus) }),
});

export const ResultMergeLeads = reply('ResultMergeLeads', {
  mergeStatus: reply('MergeStatus', {
    winningLeadId: nillable(int),
    losingLeadIdList: nillable(ArrayOfInteger),
    status: enumeration('LeadMergeStatusEnum', ['MERGED', 'FAILED']),
    error: nillable(text),
  }),
});

// Lists

export const ResultListOperation = reply('ResultListOperation', {
  success: boolean,
  statusList: nillable(
    reply('ArrayOfLeadStatus', {
      leadStatus: repeated(reply('LeadStatus', { leadKey: LeadKey, status: boolean })),
    }),
  ),
});

export const ImportToListStatusEnum = enumeration('ImportToListStatusEnum', [
  'PROCESSING',
  'COMPLETE',
  'FAILED',
  'CANCELED',
]);

export const ResultImportToList = reply('ResultImportToList', { importStatus: ImportToListStatusEnum });

export const ResultGetImportToListStatus = reply('ResultGetImportToListStatus', {
  status: ImportToListStatusEnum,
  startedTime: nillable(dateTime),
  endedTime: nillable(dateTime),
  estimatedTime: nillable(int),
  estimatedRows: nillable(int),
  rowsImported: nillable(int),
  rowsFailed: nillable(int),
  rowsIgnored: nillable(int),
  importSummary: nillable(text),
});

// Campaigns

export const ResultGetCampaignsForSource = reply('ResultGetCampaignsForSource', {
  returnCount: int,
  campaignRecordList: nillable(
    reply('ArrayOfCampaignRecord', {
      campaignRecord: repeated(reply('CampaignRecord', { id: int, name: text, description: nillable(text) })),
    }),
  ),
});

export const ResultRequestCampaign = reply('ResultRequestCampaign', { success: boolean });

export const ResultScheduleCampaign = reply('ResultScheduleCampaign', { success: boolean });

// Activities. In 3_1 the id may be nil and marketoGUID is the record's name.

const activityHead = {
  id: nillable(long),
  marketoGUID: text,
  activityDateTime: dateTime,
  activityType: text,
  mktgAssetName: nillable(text),
  activityAttributes: nillable(ArrayOfAttribute),
  campaign: nillable(text),
};

const ActivityRecord = reply('ActivityRecord', {
  ...activityHead,
  personName: nillable(text),
  mktPersonId: text,
  foreignSysId: nillable(text),
  orgName: nillable(text),
  foreignSysOrgId: nillable(text),
});

export const LeadActivityList = reply('LeadActivityList', {
  returnCount: int,
  remainingCount: int,
  newStartPosition: StreamPosition,
  activityRecordList: nillable(reply('ArrayOfActivityRecord', { activityRecord: repeated(ActivityRecord) })),
});

const LeadChangeRecord = reply('LeadChangeRecord', { ...activityHead, mktPersonId: text });

export const ResultGetLeadChanges = reply('ResultGetLeadChanges', {
  returnCount: int,
  remainingCount: int,
  newStartPosition: StreamPosition,
  leadChangeRecordList: nillable(
    reply('ArrayOfLeadChangeRecord', { leadChangeRecord: repeated(LeadChangeRecord) }),
  ),
});

// Marketo objects

export const ResultListMObjects = reply('ResultListMObjects', { objects: repeated(text) });

const MObjFieldMetadata = reply('MObjFieldMetadata', {
  name: text,
  description: nillable(text),
  displayName: nillable(text),
  sourceObject: nillable(text),
  dataType: text,
  size: nillable(int),
  isReadonly: boolean,
  isUpdateBlocked: boolean,
  isName: nillable(boolean),
  isPrimaryKey: boolean,
  isCustom: boolean,
  isDynamic: boolean,
  dynamicFieldRef: nillable(text),
  updatedAt: dateTime,
});

export const ResultDescribeMObject = reply('ResultDescribeMObject', {
  metadata: reply('MObjectMetadata', {
    name: text,
    description: nillable(text),
    isCustom: boolean,
    isVirtual: boolean,
    fieldList: nillable(reply('ArrayOfMObjFieldMetadata', { field: repeated(MObjFieldMetadata) })),
    updatedAt: dateTime,
  }),
});

const MObjStatus = reply('MObjStatus', {
  id: int,
  externalKey: nillable(Attrib),
  status: enumeration('MObjStatusEnum', ['CREATED', 'UPDATED', 'DELETED', 'FAILED', 'UNCHANGED', 'SKIPPED']),
  error: nillable(text),
});

const ArrayOfMObjStatus = reply('ArrayOfMObjStatus', { mObjStatus: repeated(MObjStatus) });

export const ResultSyncMObjects = reply('ResultSyncMObjects', { mObjStatusList: ArrayOfMObjStatus });

export const ResultDeleteMObjects = reply('ResultDeleteMObjects', { mObjStatusList: ArrayOfMObjStatus });

// Custom objects

export const ResultGetCustomObjects = reply('ResultGetCustomObjects', {
  objTypeName: text,
  returnCount: int,
  remainingCount: int,
  newStreamPosition: text,
  customObjList: nillable(reply('ArrayOfCustomObj', { customObj: repeated(CustomObj) })),
});

const SyncCustomObjStatus = reply('SyncCustomObjStatus', {
  objTypeName: text,
  customObjKeyList: nillable(ArrayOfAttribute),
  // Adobe's pages promise the last two as well.
  status: enumeration('SyncStatusEnum', ['CREATED', 'UPDATED', 'DELETED', 'FAILED', 'UNCHANGED', 'SKIPPED']),
  error: nillable(text),
});

const ArrayOfSyncCustomObjStatus = reply('ArrayOfSyncCustomObjStatus', {
  syncCustomObjStatus: repeated(SyncCustomObjStatus),
});

export const ResultSyncCustomObjects = reply('ResultSyncCustomObjects', {
  syncCustomObjStatusList: ArrayOfSyncCustomObjStatus,
});

export const ResultDeleteCustomObjects = reply('ResultDeleteCustomObjects', {
  deleteCustomObjStatusList: ArrayOfSyncCustomObjStatus,
});

// Programs

const ProgressionStatusItem = reply('ProgressionStatusItem', {
  name: text,
  description: nillable(text),
  hidden: boolean,
  type: nillable(text),
  step: nillable(int),
  success: nillable(boolean),
});

const TagStatus = reply('TagStatus', {
  tagValue: text,
  statusList: nillable(
    reply('ArrayOfProgressionStatusItem', { progressionStatusItem: repeated(ProgressionStatusItem) }),
  ),
});

export const ResultGetChannels = reply('ResultGetChannels', {
  tags: nillable(reply('ArrayOfTagStatus', { tagStatus: repeated(TagStatus) })),
});
