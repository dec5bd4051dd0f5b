/**
 * What each field of the params is, for readers of the JSON Schema; what docs/rest.md says at length is not repeated. By the type
 * it is in, or for all types alike by its name alone.
 */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'xsi:type': 'The name of this type; its fields say it as well, so it may be left out.',
  attributes: 'Another place for xsi:type, as some SOAP libraries write it; may be left out.',

  // Leads and their keys.
  leadKey: 'The key of a lead; in a list, one for each lead.',
  'ParamsGetLead.leadKey': 'The key whose leads are read.',
  'ParamsGetLeadActivity.leadKey': 'The lead whose activities are read.',
  'LeadKey.keyType': 'What kind of key the value is. COOKIE is the value of the _mkto_trk cookie.',
  keyType: 'What kind of key the values are.',
  keyValue: 'The key itself. Blanks around it are no part of it.',
  keyValues: 'Up to 100 keys of that kind.',
  stringItem: 'The texts, one each.',
  leadRecord:
    'The lead that is written; in a list, up to 300 of them. It is found by the first of Id, foreign id, Email.',
  leadRecordList: 'The leads that are written.',
  'LeadRecord.Id': "Marketo's own id of the lead. The key before all others.",
  'LeadRecord.Email':
    'The e-mail address: the key where there is no Id and no foreign id, else a value that is set.',
  'LeadRecord.ForeignSysPersonId': 'The id of the lead in another system; only with ForeignSysType.',
  'LeadRecord.ForeignSysType': 'Which system that is; only with ForeignSysPersonId.',
  leadAttributeList: 'The values that are set; a field that is not in it stays as it is.',
  'ParamsSyncLead.returnLead':
    'Whether the answer holds the lead as it is after the write. It costs a request more.',
  'ParamsSyncLead.marketoCookie':
    'A _mkto_trk cookie to tie to the lead; without another key it is the key, and the call unsafe to repeat.',
  'ParamsSyncLead.moveCookie':
    'Whether activity of the cookie goes to this lead. REST: new activity does, whatever it says.',
  'ParamsSyncMultipleLeads.dedupEnabled':
    'true: a lead that is there is updated. false makes a new lead of each record without an Id. Absent counts as unsafe to repeat, as false does.',
  attribute: 'One attribute each.',
  'Attribute.attrName':
    'The API name of a field of the instance, or of an attribute of the object; case counts.',
  'Attribute.attrType': 'For people: the type of a field is what the instance says.',
  'Attribute.attrValue': 'Its value. A number or a boolean is sent as its text.',
  'MObjCriteria.attrName': 'The attribute that is compared.',
  attrValue: 'What it is compared with.',
  comparison: 'How it is compared.',
  winningLeadKeyList: 'The lead that stays, by a key in an attribute, such as IDNUM.',
  losingLeadKeyLists: 'The leads that become part of it.',
  'ArrayOfKeyList.keyList': 'A key of one lead, or of one object, each.',
  keyList: 'A key of one lead, or of one object, each.',
  mergeInSales: 'Whether they are merged in Salesforce, too (REST: mergeInCRM).',

  // Reading many leads, activities and changes.
  leadSelector: 'Which leads: by keys, by a static list, or by when they were changed last.',
  staticListName: 'The name of a static list, with its program where it has one: Program.List.',
  staticListId: 'The id of a static list.',
  'LastUpdateAtSelector.latestUpdatedAt': 'Changed at this moment at the latest; absent: now.',
  'LastUpdateAtSelector.oldestUpdatedAt': 'Changed at this moment at the earliest.',
  lastUpdatedAt: 'Changed since then. Deprecated by Marketo: use a LastUpdateAtSelector.',
  streamPosition: 'Where the last page ended: its newStreamPosition. Absent: from the beginning.',
  batchSize: 'Records of a page at most.',
  includeAttributes: 'Which attributes the answer holds.',
  activityFilter: 'Which kinds of activities.',
  includeTypes: 'Only these.',
  excludeTypes: 'None of these.',
  activityType: 'One kind of activity each.',
  activityNameFilter: 'Only changes of attributes with these names.',
  startPosition: 'From where: a time to begin with, then the newStartPosition of the page before.',
  'StreamPosition.latestCreatedAt': 'Activities up to this moment.',
  'StreamPosition.oldestCreatedAt': 'Activities from this moment on.',
  'StreamPosition.activityCreatedAt': 'As newStartPosition says it.',
  'StreamPosition.offset': 'As newStartPosition says it.',

  // Lists and imports.
  listOperation: 'ADDTOLIST and REMOVEFROMLIST change who is in the list, ISMEMBEROFLIST asks.',
  listKey: 'The static list.',
  'ListKey.keyType': 'MKTOLISTNAME; REST refuses the others.',
  'ListKey.keyValue':
    'The key of the list: with MKTOLISTNAME its name, with its program where it has one: Program.List.',
  listMemberList: 'The leads.',
  strict: 'Whether one lead that cannot be done keeps all others from being done.',
  'ParamsImportToList.programName': 'The program of the list.',
  'ParamsGetImportToListStatus.programName': 'The program of the list, as in the import.',
  importFileHeader: 'The names of the fields, as the first line of a CSV file.',
  importFileRows: 'The rows, a line of CSV each.',
  importListMode:
    'UPSERTLEADS writes leads and makes them members; LISTONLY makes members of leads that are there.',
  'ParamsImportToList.listName': 'The static list.',
  listName: 'The static list, as in the import.',
  clearList: 'Whether the list is emptied first.',
  'ParamsImportToList.campaignName': 'A campaign that the leads run through afterwards; empty: none.',

  // Campaigns.
  source: 'MKTOWS: campaigns that the API may request. SALES, those of sales people, is refused over REST.',
  'ParamsGetCampaignsForSource.name': 'Only campaigns whose name holds this, or, with exactName, is this.',
  exactName: 'Whether the name has to be the whole name.',
  campaignId: 'The campaign by its id; or programName and campaignName.',
  leadList: 'Up to 100 leads that run through it.',
  'ParamsRequestCampaign.programName': 'The program of the campaign, where that is given by name.',
  'ParamsRequestCampaign.campaignName': 'The campaign by its name, with programName.',
  programTokenList: 'Values of My Tokens for this run.',
  attrib: 'A name with its value, each.',
  'Attrib.name': 'The name: of an attribute, or of a token with its braces, {{my.subject}}.',
  'Attrib.value': 'Its value. A number or a boolean is sent as its text.',
  'ParamsScheduleCampaign.programName': 'The program of the campaign.',
  cloneToProgramName:
    'Clones the program under this name and schedules there; Marketo allows few of these a day.',
  'ParamsScheduleCampaign.campaignName': 'The batch campaign.',
  campaignRunAt:
    'When it runs; absent: at once, over REST in five minutes. Without a zone it is read as UTC there.',

  // Opportunities, their roles, programs.
  objectName: 'The type, such as LeadRecord, Opportunity or OpportunityPersonRole.',
  'ParamsGetMObjects.type': 'Opportunity, OpportunityPersonRole or Program.',
  'MObject.type': 'Opportunity, OpportunityPersonRole or Program.',
  id: "Marketo's id of the object.",
  externalKey: 'A key of your own: the name of an attribute and its value.',
  mObjCriteriaList: 'What has to hold of the objects.',
  mObjCriteria: 'One condition each.',
  mObjAssociationList: 'Only those that belong to these.',
  mObjAssociation: 'One object each.',
  'MObjAssociation.mObjType': 'The type of the object that it belongs to, such as Lead.',
  includeDetails: 'Whether the answer holds the attributes of each; over REST it does in any case.',
  mObjectList: 'The objects.',
  mObject: 'Up to 100 objects, one each.',
  'MObject.createdAt': 'As an answer has it; a write ignores it.',
  'MObject.updatedAt': 'As an answer has it; a write ignores it.',
  attribList: 'Attributes of the object.',
  typeAttribList: 'Attributes by group, such as the costs and tags of a program.',
  typeAttrib: 'One group each.',
  'TypeAttrib.attrType': 'Which group: Cost or Tag.',
  attrList: 'The attributes of the group.',
  associationList: 'The objects that it belongs to: a role to an opportunity and a lead.',
  operation: 'UPSERT updates what its key finds and inserts the rest. INSERT is unsafe to repeat.',

  // Custom objects.
  objTypeName: 'The API name of the custom object type.',
  'ParamsGetCustomObjects.customObjKeyList': 'The key, by the names of its attributes.',
  'CustomObj.customObjKeyList': 'Its key: the attributes that the type is deduplicated by.',
  customObjAttributeList: 'The values that are set.',
  customObjList: 'The objects.',
  customObj: 'Up to 100 objects, one each.',
  customObjKeyLists: 'The keys of the objects that are deleted.',

  // Tags and channels.
  'ParamsGetChannels.tag': 'Which channels; absent: all.',
  tag: 'A kind of tag each.',
  tagList: 'Which tags; absent: all.',
  'Tag.type': 'The name of a kind of tag; of channels, Channel.',
  'Tag.values': 'Only these values of it.',
};

/** Undefined: nobody has said yet what it is. */
export const fieldDescription = (type: string, field: string): string | undefined =>
  DESCRIPTIONS[`${type}.${field}`] ?? DESCRIPTIONS[field];
