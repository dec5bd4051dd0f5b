// Written by schema/operation-params.ts, from the schemas that validate.

/** What a sender passes as `params`, by operation. */
export interface OperationParams {
  readonly getLead: ParamsGetLead;
  readonly getMultipleLeads: ParamsGetMultipleLeads;
  readonly getLeadActivity: ParamsGetLeadActivity;
  readonly getLeadChanges: ParamsGetLeadChanges;
  readonly syncLead: ParamsSyncLead;
  readonly syncMultipleLeads: ParamsSyncMultipleLeads;
  readonly mergeLeads: ParamsMergeLeads;
  readonly listOperation: ParamsListOperation;
  readonly importToList: ParamsImportToList;
  readonly getImportToListStatus: ParamsGetImportToListStatus;
  readonly getCampaignsForSource: ParamsGetCampaignsForSource;
  readonly requestCampaign: ParamsRequestCampaign;
  readonly scheduleCampaign: ParamsScheduleCampaign;
  readonly listMObjects: Readonly<Record<string, never>>;
  readonly describeMObject: ParamsDescribeMObject;
  readonly getMObjects: ParamsGetMObjects;
  readonly syncMObjects: ParamsSyncMObjects;
  readonly deleteMObjects: ParamsDeleteMObjects;
  readonly getCustomObjects: ParamsGetCustomObjects;
  readonly syncCustomObjects: ParamsSyncCustomObjects;
  readonly deleteCustomObjects: ParamsDeleteCustomObjects;
  readonly getChannels: ParamsGetChannels;
  readonly getTags: ParamsGetTags;
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
  readonly keyValue: string | number;
}

export interface ParamsGetLead {
  readonly leadKey: LeadKey;
}

export interface ArrayOfString {
  readonly stringItem: readonly (string | number | boolean)[];
}

export interface LeadKeySelector {
  readonly 'xsi:type'?: string | undefined;
  readonly attributes?: { readonly 'xsi:type': string } | undefined;
  readonly keyType: LeadKeyRef;
  readonly keyValues: ArrayOfString;
}

export interface StaticListSelector {
  readonly 'xsi:type'?: string | undefined;
  readonly attributes?: { readonly 'xsi:type': string } | undefined;
  readonly staticListName?: string | undefined;
  readonly staticListId?: number | undefined;
}

export interface LastUpdateAtSelector {
  readonly 'xsi:type'?: string | undefined;
  readonly attributes?: { readonly 'xsi:type': string } | undefined;
  readonly latestUpdatedAt?: string | undefined;
  readonly oldestUpdatedAt: string;
}

export type LeadSelector = LeadKeySelector | StaticListSelector | LastUpdateAtSelector;

export interface ParamsGetMultipleLeads {
  readonly leadSelector?: LeadSelector | undefined;
  readonly lastUpdatedAt?: string | undefined;
  readonly streamPosition?: string | undefined;
  readonly batchSize?: number | undefined;
  readonly includeAttributes?: ArrayOfString | undefined;
}

export type ActivityType =
  | 'VisitWebpage'
  | 'FillOutForm'
  | 'ClickLink'
  | 'SendEmail'
  | 'EmailDelivered'
  | 'EmailBounced'
  | 'UnsubscribeEmail'
  | 'OpenEmail'
  | 'ClickEmail'
  | 'NewLead'
  | 'ChangeDataValue'
  | 'LeadAssigned'
  | 'NewSFDCOpprtnty'
  | 'Wait'
  | 'RunSubflow'
  | 'RemoveFromFlow'
  | 'PushLeadToSales'
  | 'CreateTask'
  | 'ConvertLead'
  | 'ChangeScore'
  | 'ChangeOwner'
  | 'AddToList'
  | 'RemoveFromList'
  | 'SFDCActivity'
  | 'EmailBouncedSoft'
  | 'PushLeadUpdatesToSales'
  | 'DeleteLeadFromSales'
  | 'SFDCActivityUpdated'
  | 'SFDCMergeLeads'
  | 'MergeLeads'
  | 'ResolveConflicts'
  | 'AssocWithOpprtntyInSales'
  | 'DissocFromOpprtntyInSales'
  | 'UpdateOpprtntyInSales'
  | 'DeleteLead'
  | 'SendAlert'
  | 'SendSalesEmail'
  | 'OpenSalesEmail'
  | 'ClickSalesEmail'
  | 'AddtoSFDCCampaign'
  | 'RemoveFromSFDCCampaign'
  | 'ChangeStatusInSFDCCampaign'
  | 'ReceiveSalesEmail'
  | 'InterestingMoment'
  | 'RequestCampaign'
  | 'SalesEmailBounced'
  | 'ChangeLeadPartition'
  | 'ChangeRevenueStage'
  | 'ChangeRevenueStageManually'
  | 'ComputeDataValue'
  | 'ChangeStatusInProgression'
  | 'ChangeFieldInProgram'
  | 'EnrichWithDatacom'
  | 'ChangeSegment'
  | 'ResolveRuleset'
  | 'SmartCampaignTest'
  | 'SmartCampaignTestTrigger';

export interface ArrayOfActivityType {
  readonly activityType: readonly ActivityType[];
}

export interface ActivityTypeFilter {
  readonly includeTypes?: ArrayOfActivityType | undefined;
  readonly excludeTypes?: ArrayOfActivityType | undefined;
}

export interface StreamPosition {
  readonly latestCreatedAt?: string | undefined;
  readonly oldestCreatedAt?: string | undefined;
  readonly activityCreatedAt?: string | undefined;
  readonly offset?: string | undefined;
}

export interface ParamsGetLeadActivity {
  readonly leadKey: LeadKey;
  readonly activityFilter?: ActivityTypeFilter | undefined;
  readonly startPosition?: StreamPosition | undefined;
  readonly batchSize?: number | undefined;
}

export interface ParamsGetLeadChanges {
  readonly startPosition: StreamPosition;
  readonly activityFilter?: ActivityTypeFilter | undefined;
  readonly activityNameFilter?: ArrayOfString | undefined;
  readonly batchSize?: number | undefined;
  readonly leadSelector?: LeadSelector | undefined;
}

export type ForeignSysType = 'CUSTOM' | 'SFDC' | 'NETSUITE';

export interface Attribute {
  readonly attrName: string;
  readonly attrType?: string | undefined;
  readonly attrValue: string | number | boolean;
}

export interface ArrayOfAttribute {
  readonly attribute: readonly Attribute[];
}

export interface LeadRecord {
  readonly Id?: number | undefined;
  readonly Email?: string | undefined;
  readonly ForeignSysPersonId?: string | number | boolean | undefined;
  readonly ForeignSysType?: ForeignSysType | undefined;
  readonly leadAttributeList?: ArrayOfAttribute | undefined;
}

export interface ParamsSyncLead {
  readonly leadRecord: LeadRecord;
  readonly returnLead: boolean;
  readonly marketoCookie?: string | undefined;
  readonly moveCookie?: boolean | undefined;
}

export interface ArrayOfLeadRecord {
  readonly leadRecord: readonly LeadRecord[];
}

export interface ParamsSyncMultipleLeads {
  readonly leadRecordList: ArrayOfLeadRecord;
  readonly dedupEnabled?: boolean | undefined;
}

export interface ArrayOfKeyList {
  readonly keyList: readonly ArrayOfAttribute[];
}

export interface ParamsMergeLeads {
  readonly winningLeadKeyList: ArrayOfAttribute;
  readonly losingLeadKeyLists: ArrayOfKeyList;
  readonly mergeInSales?: boolean | undefined;
}

export type ListOperationType = 'ADDTOLIST' | 'ISMEMBEROFLIST' | 'REMOVEFROMLIST';

export type ListKeyType = 'MKTOLISTNAME' | 'MKTOSALESUSERID' | 'SFDCLEADOWNERID';

export interface ListKey {
  readonly keyType: ListKeyType;
  readonly keyValue: string | number;
}

export interface ArrayOfLeadKey {
  readonly leadKey: readonly LeadKey[];
}

export interface ParamsListOperation {
  readonly listOperation: ListOperationType;
  readonly listKey: ListKey;
  readonly listMemberList: ArrayOfLeadKey;
  readonly strict?: boolean | undefined;
}

export type ImportToListModeEnum = 'UPSERTLEADS' | 'LISTONLY';

export interface ParamsImportToList {
  readonly programName: string;
  readonly importFileHeader: string;
  readonly importFileRows: ArrayOfString;
  readonly importListMode: ImportToListModeEnum;
  readonly listName: string;
  readonly clearList: boolean;
  readonly campaignName: string;
}

export interface ParamsGetImportToListStatus {
  readonly programName?: string | undefined;
  readonly listName?: string | undefined;
}

export type ReqCampSourceType = 'MKTOWS' | 'SALES';

export interface ParamsGetCampaignsForSource {
  readonly source: ReqCampSourceType;
  readonly name?: string | undefined;
  readonly exactName?: boolean | undefined;
}

export interface Attrib {
  readonly name: string;
  readonly value: string | number | boolean;
}

export interface ArrayOfAttrib {
  readonly attrib: readonly Attrib[];
}

export interface ParamsRequestCampaign {
  readonly source: ReqCampSourceType;
  readonly campaignId?: number | undefined;
  readonly leadList?: ArrayOfLeadKey | undefined;
  readonly programName?: string | undefined;
  readonly campaignName?: string | undefined;
  readonly programTokenList?: ArrayOfAttrib | undefined;
}

export interface ParamsScheduleCampaign {
  readonly programName: string;
  readonly cloneToProgramName?: string | undefined;
  readonly campaignName: string;
  readonly campaignRunAt?: string | undefined;
  readonly programTokenList?: ArrayOfAttrib | undefined;
}

export interface ParamsDescribeMObject {
  readonly objectName: string;
}

export type ComparisonEnum = 'EQ' | 'NE' | 'LT' | 'LE' | 'GT' | 'GE';

export interface MObjCriteria {
  readonly attrName: string;
  readonly comparison: ComparisonEnum;
  readonly attrValue: string | number | boolean;
}

export interface ArrayOfMObjCriteria {
  readonly mObjCriteria: readonly MObjCriteria[];
}

export interface MObjAssociation {
  readonly mObjType: string;
  readonly id?: number | undefined;
  readonly externalKey?: Attrib | undefined;
}

export interface ArrayOfMObjAssociation {
  readonly mObjAssociation: readonly MObjAssociation[];
}

export interface ParamsGetMObjects {
  readonly type: string;
  readonly id?: number | undefined;
  readonly externalKey?: Attrib | undefined;
  readonly mObjCriteriaList?: ArrayOfMObjCriteria | undefined;
  readonly mObjAssociationList?: ArrayOfMObjAssociation | undefined;
  readonly includeDetails?: boolean | undefined;
  readonly streamPosition?: string | undefined;
}

export interface TypeAttrib {
  readonly attrType: string;
  readonly attrList?: ArrayOfAttrib | undefined;
}

export interface ArrayOfTypeAttrib {
  readonly typeAttrib: readonly TypeAttrib[];
}

export interface MObject {
  readonly type: string;
  readonly id?: number | undefined;
  readonly externalKey?: Attrib | undefined;
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
  readonly attribList?: ArrayOfAttrib | undefined;
  readonly typeAttribList?: ArrayOfTypeAttrib | undefined;
  readonly associationList?: ArrayOfMObjAssociation | undefined;
}

export interface ArrayOfMObject {
  readonly mObject: readonly MObject[];
}

export type SyncOperationEnum = 'UPSERT' | 'INSERT' | 'UPDATE';

export interface ParamsSyncMObjects {
  readonly mObjectList: ArrayOfMObject;
  readonly operation: SyncOperationEnum;
}

export interface ParamsDeleteMObjects {
  readonly mObjectList: ArrayOfMObject;
}

export interface ParamsGetCustomObjects {
  readonly objTypeName: string;
  readonly streamPosition?: string | undefined;
  readonly batchSize?: number | undefined;
  readonly customObjKeyList?: ArrayOfAttribute | undefined;
  readonly includeAttributes: ArrayOfString;
}

export interface CustomObj {
  readonly customObjKeyList?: ArrayOfAttribute | undefined;
  readonly customObjAttributeList?: ArrayOfAttribute | undefined;
}

export interface ArrayOfCustomObj {
  readonly customObj: readonly CustomObj[];
}

export interface ParamsSyncCustomObjects {
  readonly objTypeName: string;
  readonly customObjList: ArrayOfCustomObj;
  readonly operation?: SyncOperationEnum | undefined;
}

export interface ParamsDeleteCustomObjects {
  readonly objTypeName: string;
  readonly customObjKeyLists: ArrayOfKeyList;
}

export interface Tag {
  readonly type?: string | undefined;
  readonly values?: ArrayOfString | undefined;
}

export interface ParamsGetChannels {
  readonly tag?: Tag | undefined;
}

export interface ArrayOfTag {
  readonly tag: readonly Tag[];
}

export interface ParamsGetTags {
  readonly tagList?: ArrayOfTag | undefined;
}
