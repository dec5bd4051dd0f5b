import { ArrayOfMObject } from '../operations/mobject.ts';
import { ArrayOfTag } from '../operations/program.ts';
import type { OperationName } from '../operations/registry.ts';
import {
  ArrayOfAttribute,
  Attrib,
  CustomObj,
  LeadKey,
  LeadRecord,
  LeadSyncStatus,
  StreamPosition,
} from '../operations/types.ts';
import {
  boolean,
  dateTime,
  enumeration,
  int,
  long,
  nillable,
  repeated,
  reply,
  type Schema,
  text,
} from '../operations/xsd.ts';

/** What Marketo answers, for the WSDL alone: a reply is read where it matters and never refused for its shape. */

const ArrayOfInteger = reply('ArrayOfInteger', { integerItem: repeated(int) });

const ArrayOfLeadRecord = reply('ArrayOfLeadRecord', { leadRecord: repeated(LeadRecord) });

// Leads

const ResultGetLead = reply('ResultGetLead', {
  count: int,
  leadRecordList: nillable(ArrayOfLeadRecord),
});

const ResultGetMultipleLeads = reply('ResultGetMultipleLeads', {
  returnCount: int,
  remainingCount: int,
  newStreamPosition: text,
  leadRecordList: nillable(ArrayOfLeadRecord),
});

const SyncStatus = reply('SyncStatus', { leadId: int, status: LeadSyncStatus, error: nillable(text) });

const ResultSyncLead = reply('ResultSyncLead', {
  leadId: int,
  syncStatus: SyncStatus,
  leadRecord: nillable(LeadRecord),
});

const ResultSyncMultipleLeads = reply('ResultSyncMultipleLeads', {
  syncStatusList: reply('ArrayOfSyncStatus', { syncStatus: repeated(SyncStatus) }),
});

const ResultMergeLeads = reply('ResultMergeLeads', {
  mergeStatus: reply('MergeStatus', {
    winningLeadId: nillable(int),
    losingLeadIdList: nillable(ArrayOfInteger),
    status: enumeration('LeadMergeStatusEnum', ['MERGED', 'FAILED']),
    error: nillable(text),
  }),
});

// Lists

const ResultListOperation = reply('ResultListOperation', {
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

const ResultImportToList = reply('ResultImportToList', { importStatus: ImportToListStatusEnum });

const ResultGetImportToListStatus = reply('ResultGetImportToListStatus', {
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

const ResultGetCampaignsForSource = reply('ResultGetCampaignsForSource', {
  returnCount: int,
  campaignRecordList: nillable(
    reply('ArrayOfCampaignRecord', {
      campaignRecord: repeated(reply('CampaignRecord', { id: int, name: text, description: nillable(text) })),
    }),
  ),
});

const ResultRequestCampaign = reply('ResultRequestCampaign', { success: boolean });

const ResultScheduleCampaign = reply('ResultScheduleCampaign', { success: boolean });

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

const LeadActivityList = reply('LeadActivityList', {
  returnCount: int,
  remainingCount: int,
  newStartPosition: StreamPosition,
  activityRecordList: nillable(reply('ArrayOfActivityRecord', { activityRecord: repeated(ActivityRecord) })),
});

const LeadChangeRecord = reply('LeadChangeRecord', { ...activityHead, mktPersonId: text });

const ResultGetLeadChanges = reply('ResultGetLeadChanges', {
  returnCount: int,
  remainingCount: int,
  newStartPosition: StreamPosition,
  leadChangeRecordList: nillable(
    reply('ArrayOfLeadChangeRecord', { leadChangeRecord: repeated(LeadChangeRecord) }),
  ),
});

// Marketo objects

const ResultListMObjects = reply('ResultListMObjects', { objects: repeated(text) });

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

const ResultDescribeMObject = reply('ResultDescribeMObject', {
  metadata: reply('MObjectMetadata', {
    name: text,
    description: nillable(text),
    isCustom: boolean,
    isVirtual: boolean,
    fieldList: nillable(reply('ArrayOfMObjFieldMetadata', { field: repeated(MObjFieldMetadata) })),
    updatedAt: dateTime,
  }),
});

const ResultGetMObjects = reply('ResultGetMObjects', {
  returnCount: int,
  hasMore: boolean,
  newStreamPosition: text,
  mObjectList: nillable(ArrayOfMObject),
});

const MObjStatus = reply('MObjStatus', {
  id: int,
  externalKey: nillable(Attrib),
  status: enumeration('MObjStatusEnum', ['CREATED', 'UPDATED', 'DELETED', 'FAILED', 'UNCHANGED', 'SKIPPED']),
  error: nillable(text),
});

const ArrayOfMObjStatus = reply('ArrayOfMObjStatus', { mObjStatus: repeated(MObjStatus) });

const ResultSyncMObjects = reply('ResultSyncMObjects', { mObjStatusList: ArrayOfMObjStatus });

const ResultDeleteMObjects = reply('ResultDeleteMObjects', { mObjStatusList: ArrayOfMObjStatus });

// Custom objects

const ResultGetCustomObjects = reply('ResultGetCustomObjects', {
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

const ResultSyncCustomObjects = reply('ResultSyncCustomObjects', {
  syncCustomObjStatusList: ArrayOfSyncCustomObjStatus,
});

const ResultDeleteCustomObjects = reply('ResultDeleteCustomObjects', {
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

const ResultGetChannels = reply('ResultGetChannels', {
  tags: nillable(reply('ArrayOfTagStatus', { tagStatus: repeated(TagStatus) })),
});

const ResultGetTags = reply('ResultGetTags', { tagList: nillable(ArrayOfTag) });

/** The children of `success<Operation>`, by operation. */
export const REPLIES: Readonly<Record<OperationName, Readonly<Record<string, Schema>>>> = {
  getLead: { result: ResultGetLead },
  getMultipleLeads: { result: ResultGetMultipleLeads },
  getLeadActivity: { leadActivityList: LeadActivityList },
  getLeadChanges: { result: ResultGetLeadChanges },
  syncLead: { result: ResultSyncLead },
  syncMultipleLeads: { result: ResultSyncMultipleLeads },
  mergeLeads: { result: ResultMergeLeads },
  listOperation: { result: ResultListOperation },
  importToList: { result: ResultImportToList },
  getImportToListStatus: { result: ResultGetImportToListStatus },
  getCampaignsForSource: { result: ResultGetCampaignsForSource },
  requestCampaign: { result: ResultRequestCampaign },
  scheduleCampaign: { result: ResultScheduleCampaign },
  listMObjects: { result: ResultListMObjects },
  describeMObject: { result: ResultDescribeMObject },
  getMObjects: { result: ResultGetMObjects },
  syncMObjects: { result: ResultSyncMObjects },
  deleteMObjects: { result: ResultDeleteMObjects },
  getCustomObjects: { result: ResultGetCustomObjects },
  syncCustomObjects: { result: ResultSyncCustomObjects },
  deleteCustomObjects: { result: ResultDeleteCustomObjects },
  getChannels: { result: ResultGetChannels },
  getTags: { result: ResultGetTags },
};
