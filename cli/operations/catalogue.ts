import type { OperationName, OperationParams } from '../../shared/marketo/operations/registry.ts';

interface Entry<O extends OperationName> {
  /** What it does, in a few words. */
  readonly summary: string;
  /** Params that are valid as they are. */
  readonly example: OperationParams[O];
}

const ann = { keyType: 'EMAIL', keyValue: 'ann@example.com' } as const;

/** Of each operation what a newcomer asks first; its params are told by its schema. */
export const CATALOGUE: { readonly [O in OperationName]: Entry<O> } = {
  getLead: { summary: 'read the leads of one key', example: { leadKey: ann } },
  getMultipleLeads: {
    summary: 'read leads by keys, by static list, or by when they were changed',
    example: {
      leadSelector: {
        keyType: 'EMAIL',
        keyValues: { stringItem: ['ann@example.com', 'bob@example.com'] },
      },
      batchSize: 100,
      includeAttributes: { stringItem: ['FirstName', 'LeadScore'] },
    },
  },
  getLeadActivity: {
    summary: 'read what one lead did, page by page',
    example: {
      leadKey: ann,
      activityFilter: { includeTypes: { activityType: ['OpenEmail', 'ClickEmail'] } },
      startPosition: { oldestCreatedAt: '2026-11-01T00:00:00Z' },
      batchSize: 100,
    },
  },
  getLeadChanges: {
    summary: 'read what changed for all leads since a moment',
    example: {
      startPosition: { oldestCreatedAt: '2026-11-22T00:00:00Z' },
      activityFilter: { includeTypes: { activityType: ['ChangeDataValue'] } },
      batchSize: 1_000,
    },
  },
  syncLead: {
    summary: 'write one lead: create it, or update the one of its key',
    example: {
      leadRecord: {
        Email: 'ann@example.com',
        leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: 'Ann' }] },
      },
      returnLead: false,
    },
  },
  syncMultipleLeads: {
    summary: 'write up to 300 leads',
    example: {
      leadRecordList: {
        leadRecord: [
          {
            Email: 'ann@example.com',
            leadAttributeList: { attribute: [{ attrName: 'LeadScore', attrValue: 42 }] },
          },
          { Email: 'bob@example.com' },
        ],
      },
      dedupEnabled: true,
    },
  },
  mergeLeads: {
    summary: 'merge leads into the winning one; it cannot be undone',
    example: {
      winningLeadKeyList: { attribute: [{ attrName: 'IDNUM', attrValue: '4711' }] },
      losingLeadKeyLists: { keyList: [{ attribute: [{ attrName: 'IDNUM', attrValue: '4712' }] }] },
    },
  },
  listOperation: {
    summary: 'add leads to a static list, remove them, or ask whether they are in it',
    example: {
      listOperation: 'ADDTOLIST',
      listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Webinar.Registered' },
      listMemberList: { leadKey: [{ keyType: 'IDNUM', keyValue: '4711' }] },
      strict: false,
    },
  },
  importToList: {
    summary: 'import rows of CSV into a static list of a program',
    example: {
      programName: 'Webinar',
      importFileHeader: 'Email,FirstName',
      importFileRows: { stringItem: ['ann@example.com,Ann', 'bob@example.com,Bob'] },
      importListMode: 'UPSERTLEADS',
      listName: 'Registered',
      clearList: false,
      campaignName: '',
    },
  },
  getImportToListStatus: {
    summary: 'ask how far an import is',
    example: { programName: 'Webinar', listName: 'Registered' },
  },
  getCampaignsForSource: {
    summary: 'list the campaigns that can be requested',
    example: { source: 'MKTOWS', name: 'Welcome', exactName: false },
  },
  requestCampaign: {
    summary: 'run leads through a smart campaign now',
    example: { source: 'MKTOWS', campaignId: 1001, leadList: { leadKey: [ann] } },
  },
  scheduleCampaign: {
    summary: 'run a batch campaign of a program at a time',
    example: {
      programName: 'Newsletter',
      campaignName: 'Send',
      campaignRunAt: '2026-12-01T09:00:00Z',
      programTokenList: { attrib: [{ name: '{{my.subject}}', value: 'News of December' }] },
    },
  },
  listMObjects: { summary: 'list the names of the object types', example: {} },
  describeMObject: { summary: 'list the fields of an object type', example: { objectName: 'LeadRecord' } },
  getMObjects: {
    summary: 'read opportunities, their roles, or programs',
    example: {
      type: 'Program',
      mObjCriteriaList: {
        mObjCriteria: [{ attrName: 'Name', comparison: 'EQ', attrValue: 'Webinar' }],
      },
      includeDetails: false,
    },
  },
  syncMObjects: {
    summary: 'write opportunities, their roles, or costs and tags of programs',
    example: {
      mObjectList: {
        mObject: [
          {
            type: 'Opportunity',
            externalKey: { name: 'ExternalOpportunityId', value: 'crm-7' },
            attribList: { attrib: [{ name: 'Name', value: 'Renewal' }] },
          },
        ],
      },
      operation: 'UPSERT',
    },
  },
  deleteMObjects: {
    summary: 'delete opportunities or their roles',
    example: { mObjectList: { mObject: [{ type: 'Opportunity', id: 7 }] } },
  },
  getCustomObjects: {
    summary: 'read custom objects by their keys',
    example: {
      objTypeName: 'Car',
      customObjKeyList: { attribute: [{ attrName: 'vin', attrValue: 'WDB1' }] },
      includeAttributes: { stringItem: ['model', 'year'] },
    },
  },
  syncCustomObjects: {
    summary: 'write up to 100 custom objects of a type',
    example: {
      objTypeName: 'Car',
      customObjList: {
        customObj: [
          {
            customObjKeyList: { attribute: [{ attrName: 'vin', attrValue: 'WDB1' }] },
            customObjAttributeList: { attribute: [{ attrName: 'model', attrValue: 'T1' }] },
          },
        ],
      },
      operation: 'UPSERT',
    },
  },
  deleteCustomObjects: {
    summary: 'delete up to 100 custom objects of a type',
    example: {
      objTypeName: 'Car',
      customObjKeyLists: { keyList: [{ attribute: [{ attrName: 'vin', attrValue: 'WDB1' }] }] },
    },
  },
  getChannels: {
    summary: 'list the channels of programs and their statuses',
    example: { tag: { type: 'Channel', values: { stringItem: ['Webinar'] } } },
  },
  getTags: {
    summary: 'list the tags of programs and their values',
    example: { tagList: { tag: [{ type: 'Region' }] } },
  },
};
