// Written by schema/operation-params.ts, from the types of the WSDL.

/** What a completed job has as its `result`, by operation. */
export interface OperationResults {
  readonly getLead: { readonly result: ResultGetLead };
  readonly getMultipleLeads: { readonly result: ResultGetMultipleLeads };
  readonly getLeadActivity: { readonly leadActivityList: LeadActivityList };
  readonly getLeadChanges: { readonly result: ResultGetLeadChanges };
  readonly syncLead: { readonly result: ResultSyncLead };
  readonly syncMultipleLeads: { readonly result: ResultSyncMultipleLeads };
  readonly mergeLeads: { readonly result: ResultMergeLeads };
  readonly listOperation: { readonly result: ResultListOperation };
  readonly importToList: { readonly result: ResultImportToList };
  readonly getImportToListStatus: { readonly result: ResultGetImportToListStatus };
  readonly getCampaignsForSource: { readonly result: ResultGetCampaignsForSource };
  readonly requestCampaign: { readonly result: ResultRequestCampaign };
  readonly scheduleCampaign: { readonly result: ResultScheduleCampaign };
  readonly listMObjects: { readonly result: ResultListMObjects };
  readonly describeMObject: { readonly result: ResultDescribeMObject };
  readonly getMObjects: { readonly result: ResultGetMObjects };
  readonly syncMObjects: { readonly result: ResultSyncMObjects };
  readonly deleteMObjects: { readonly result: ResultDeleteMObjects };
  readonly getCustomObjects: { readonly result: ResultGetCustomObjects };
  readonly syncCustomObjects: { readonly result: ResultSyncCustomObjects };
  readonly deleteCustomObjects: { readonly result: ResultDeleteCustomObjects };
  readonly getChannels: { readonly result: ResultGetChannels };
  readonly getTags: { readonly result: ResultGetTags };
}

export type ForeignSysType = 'CUSTOM' | 'SFDC' | 'NETSUITE';

export interface Attribute {
  readonly attrName: string;
  readonly attrType?: string | null | undefined;
  readonly attrValue: string;
}

export interface ArrayOfAttribute {
  readonly attribute: readonly Attribute[];
}

export interface LeadRecord {
  readonly Id?: number | null | undefined;
  readonly Email?: string | null | undefined;
  readonly ForeignSysPersonId?: string | null | undefined;
  readonly ForeignSysType?: ForeignSysType | null | undefined;
  readonly leadAttributeList?: ArrayOfAttribute | null | undefined;
}

export interface ArrayOfLeadRecord {
  readonly leadRecord: readonly LeadRecord[];
}

export interface ResultGetLead {
  readonly count: number;
  readonly leadRecordList?: ArrayOfLeadRecord | null | undefined;
}

export interface ResultGetMultipleLeads {
  readonly returnCount: number;
  readonly remainingCount: number;
  readonly newStreamPosition?: string | null | undefined;
  readonly leadRecordList?: ArrayOfLeadRecord | null | undefined;
}

export interface StreamPosition {
  readonly latestCreatedAt?: string | null | undefined;
  readonly oldestCreatedAt?: string | null | undefined;
  readonly activityCreatedAt?: string | null | undefined;
  readonly offset?: string | null | undefined;
}

export interface ActivityRecord {
  readonly id?: string | number | null | undefined;
  readonly marketoGUID?: string | null | undefined;
  readonly activityDateTime: string;
  readonly activityType: string;
  readonly mktgAssetName?: string | null | undefined;
  readonly activityAttributes?: ArrayOfAttribute | null | undefined;
  readonly campaign?: string | null | undefined;
  readonly personName?: string | null | undefined;
  readonly mktPersonId: string;
  readonly foreignSysId?: string | null | undefined;
  readonly orgName?: string | null | undefined;
  readonly foreignSysOrgId?: string | null | undefined;
}

export interface ArrayOfActivityRecord {
  readonly activityRecord: readonly ActivityRecord[];
}

export interface LeadActivityList {
  readonly returnCount: number;
  readonly remainingCount: number;
  readonly newStartPosition: StreamPosition;
  readonly activityRecordList?: ArrayOfActivityRecord | null | undefined;
}

export interface LeadChangeRecord {
  readonly id?: string | number | null | undefined;
  readonly marketoGUID?: string | null | undefined;
  readonly activityDateTime: string;
  readonly activityType: string;
  readonly mktgAssetName?: string | null | undefined;
  readonly activityAttributes?: ArrayOfAttribute | null | undefined;
  readonly campaign?: string | null | undefined;
  readonly mktPersonId: string;
}

export interface ArrayOfLeadChangeRecord {
  readonly leadChangeRecord: readonly LeadChangeRecord[];
}

export interface ResultGetLeadChanges {
  readonly returnCount: number;
  readonly remainingCount: number;
  readonly newStartPosition: StreamPosition;
  readonly leadChangeRecordList?: ArrayOfLeadChangeRecord | null | undefined;
}

export type LeadSyncStatus = 'CREATED' | 'UPDATED' | 'FAILED';

export interface SyncStatus {
  readonly leadId: number;
  readonly status: LeadSyncStatus;
  readonly error?: string | null | undefined;
}

export interface ResultSyncLead {
  readonly leadId: number;
  readonly syncStatus: SyncStatus;
  readonly leadRecord?: LeadRecord | null | undefined;
}

export interface ArrayOfSyncStatus {
  readonly syncStatus: readonly SyncStatus[];
}

export interface ResultSyncMultipleLeads {
  readonly syncStatusList: ArrayOfSyncStatus;
}

export interface ArrayOfInteger {
  readonly integerItem: readonly number[];
}

export type LeadMergeStatusEnum = 'MERGED' | 'FAILED';

export interface MergeStatus {
  readonly winningLeadId?: number | null | undefined;
  readonly losingLeadIdList?: ArrayOfInteger | null | undefined;
  readonly status: LeadMergeStatusEnum;
  readonly error?: string | null | undefined;
}

export interface ResultMergeLeads {
  readonly mergeStatus: MergeStatus;
}

export type LeadKeyRef =
  | 'IDNUM'
  | 'COOKIE'
  | 'EMAIL'
  | 'LEADOWNEREMAIL'
  | 'SFDCACCOUNTID'
  | 'SFDCCONTACTID'
  | 'SFDCLEADID'
  | 'SFDCLEADOWNERID'
  | 'SFDCOPPTYID';

export interface LeadKey {
  readonly keyType: LeadKeyRef;
  readonly keyValue: string;
}

export interface LeadStatus {
  readonly leadKey: LeadKey;
  readonly status: boolean;
}

export interface ArrayOfLeadStatus {
  readonly leadStatus: readonly LeadStatus[];
}

export interface ResultListOperation {
  readonly success: boolean;
  readonly statusList?: ArrayOfLeadStatus | null | undefined;
}

export type ImportToListStatusEnum = 'PROCESSING' | 'COMPLETE' | 'FAILED' | 'CANCELED';

export interface ResultImportToList {
  readonly importStatus: ImportToListStatusEnum;
}

export interface ResultGetImportToListStatus {
  readonly status: ImportToListStatusEnum;
  readonly startedTime?: string | null | undefined;
  readonly endedTime?: string | null | undefined;
  readonly estimatedTime?: number | null | undefined;
  readonly estimatedRows?: number | null | undefined;
  readonly rowsImported?: number | null | undefined;
  readonly rowsFailed?: number | null | undefined;
  readonly rowsIgnored?: number | null | undefined;
  readonly importSummary?: string | null | undefined;
}

export interface CampaignRecord {
  readonly id: number;
  readonly name: string;
  readonly description?: string | null | undefined;
}

export interface ArrayOfCampaignRecord {
  readonly campaignRecord: readonly CampaignRecord[];
}

export interface ResultGetCampaignsForSource {
  readonly returnCount: number;
  readonly campaignRecordList?: ArrayOfCampaignRecord | null | undefined;
}

export interface ResultRequestCampaign {
  readonly success: boolean;
}

export interface ResultScheduleCampaign {
  readonly success: boolean;
}

export interface ResultListMObjects {
  readonly objects: readonly string[];
}

export interface MObjFieldMetadata {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly displayName?: string | null | undefined;
  readonly sourceObject?: string | null | undefined;
  readonly dataType: string;
  readonly size?: number | null | undefined;
  readonly isReadonly: boolean;
  readonly isUpdateBlocked: boolean;
  readonly isName?: boolean | null | undefined;
  readonly isPrimaryKey: boolean;
  readonly isCustom: boolean;
  readonly isDynamic: boolean;
  readonly dynamicFieldRef?: string | null | undefined;
  readonly updatedAt: string;
}

export interface ArrayOfMObjFieldMetadata {
  readonly field: readonly MObjFieldMetadata[];
}

export interface MObjectMetadata {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly isCustom: boolean;
  readonly isVirtual: boolean;
  readonly fieldList?: ArrayOfMObjFieldMetadata | null | undefined;
  readonly updatedAt: string;
}

export interface ResultDescribeMObject {
  readonly metadata: MObjectMetadata;
}

export interface Attrib {
  readonly name: string;
  readonly value: string;
}

export interface ArrayOfAttrib {
  readonly attrib: readonly Attrib[];
}

export interface TypeAttrib {
  readonly attrType: string;
  readonly attrList?: ArrayOfAttrib | null | undefined;
}

export interface ArrayOfTypeAttrib {
  readonly typeAttrib: readonly TypeAttrib[];
}

export interface MObjAssociation {
  readonly mObjType: string;
  readonly id?: number | null | undefined;
  readonly externalKey?: Attrib | null | undefined;
}

export interface ArrayOfMObjAssociation {
  readonly mObjAssociation: readonly MObjAssociation[];
}

export interface MObject {
  readonly type: string;
  readonly id?: number | null | undefined;
  readonly externalKey?: Attrib | null | undefined;
  readonly createdAt?: string | null | undefined;
  readonly updatedAt?: string | null | undefined;
  readonly attribList?: ArrayOfAttrib | null | undefined;
  readonly typeAttribList?: ArrayOfTypeAttrib | null | undefined;
  readonly associationList?: ArrayOfMObjAssociation | null | undefined;
}

export interface ArrayOfMObject {
  readonly mObject: readonly MObject[];
}

export interface ResultGetMObjects {
  readonly returnCount: number;
  readonly hasMore: boolean;
  readonly newStreamPosition?: string | null | undefined;
  readonly mObjectList?: ArrayOfMObject | null | undefined;
}

export type MObjStatusEnum = 'CREATED' | 'UPDATED' | 'DELETED' | 'FAILED' | 'UNCHANGED' | 'SKIPPED';

export interface MObjStatus {
  readonly id: number;
  readonly externalKey?: Attrib | null | undefined;
  readonly status: MObjStatusEnum;
  readonly error?: string | null | undefined;
}

export interface ArrayOfMObjStatus {
  readonly mObjStatus: readonly MObjStatus[];
}

export interface ResultSyncMObjects {
  readonly mObjStatusList: ArrayOfMObjStatus;
}

export interface ResultDeleteMObjects {
  readonly mObjStatusList: ArrayOfMObjStatus;
}

export interface CustomObj {
  readonly customObjKeyList?: ArrayOfAttribute | null | undefined;
  readonly customObjAttributeList?: ArrayOfAttribute | null | undefined;
}

export interface ArrayOfCustomObj {
  readonly customObj: readonly CustomObj[];
}

export interface ResultGetCustomObjects {
  readonly objTypeName: string;
  readonly returnCount: number;
  readonly remainingCount: number;
  readonly newStreamPosition?: string | null | undefined;
  readonly customObjList?: ArrayOfCustomObj | null | undefined;
}

export type SyncStatusEnum = 'CREATED' | 'UPDATED' | 'DELETED' | 'FAILED' | 'UNCHANGED' | 'SKIPPED';

export interface SyncCustomObjStatus {
  readonly objTypeName: string;
  readonly customObjKeyList?: ArrayOfAttribute | null | undefined;
  readonly status: SyncStatusEnum;
  readonly error?: string | null | undefined;
}

export interface ArrayOfSyncCustomObjStatus {
  readonly syncCustomObjStatus: readonly SyncCustomObjStatus[];
}

export interface ResultSyncCustomObjects {
  readonly syncCustomObjStatusList: ArrayOfSyncCustomObjStatus;
}

export interface ResultDeleteCustomObjects {
  readonly deleteCustomObjStatusList: ArrayOfSyncCustomObjStatus;
}

export interface ProgressionStatusItem {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly hidden: boolean;
  readonly type?: string | null | undefined;
  readonly step?: number | null | undefined;
  readonly success?: boolean | null | undefined;
}

export interface ArrayOfProgressionStatusItem {
  readonly progressionStatusItem: readonly ProgressionStatusItem[];
}

export interface TagStatus {
  readonly tagValue: string;
  readonly statusList?: ArrayOfProgressionStatusItem | null | undefined;
}

export interface ArrayOfTagStatus {
  readonly tagStatus: readonly TagStatus[];
}

export interface ResultGetChannels {
  readonly tags?: ArrayOfTagStatus | null | undefined;
}

export interface ArrayOfString {
  readonly stringItem: readonly string[];
}

export interface Tag {
  readonly type?: string | null | undefined;
  readonly values?: ArrayOfString | null | undefined;
}

export interface ArrayOfTag {
  readonly tag: readonly Tag[];
}

export interface ResultGetTags {
  readonly tagList?: ArrayOfTag | null | undefined;
}
