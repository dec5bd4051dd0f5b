import { referencesOf } from './lead-reference.ts';
import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { arrayOfLeadKey, arrayOfString } from './types.ts';
import { boolean, enumeration, keyValue, optional, sequence, text } from './xsd.ts';

const MOST_LIST_MEMBERS = 1_000;

export const listOperation = operation({
  params: sequence('ParamsListOperation', {
    listOperation: enumeration('ListOperationType', ['ADDTOLIST', 'ISMEMBEROFLIST', 'REMOVEFROMLIST']),
    listKey: sequence('ListKey', {
      keyType: enumeration('ListKeyType', ['MKTOLISTNAME', 'MKTOSALESUSERID', 'SFDCLEADOWNERID']),
      keyValue,
    }),
    listMemberList: arrayOfLeadKey(MOST_LIST_MEMBERS),
    strict: optional(boolean),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: ({ listOperation: wanted }) => wanted === 'ISMEMBEROFLIST',
  leads: ({ listMemberList }) => referencesOf(listMemberList.leadKey),
  records: {
    of: ({ listMemberList }) => listMemberList.leadKey,
    put: (params, leadKey) => ({ ...params, listMemberList: { leadKey } }),
  },
});

export const importToList = operation({
  params: sequence('ParamsImportToList', {
    programName: text,
    importFileHeader: text,
    importFileRows: arrayOfString(),
    importListMode: enumeration('ImportToListModeEnum', ['UPSERTLEADS', 'LISTONLY']),
    listName: text,
    clearList: boolean,
    campaignName: text,
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  // clearList wipes what came between, and a campaign consumes the tokens of each import.
  isUnsafe: always,
});

export const getImportToListStatus = operation({
  params: sequence('ParamsGetImportToListStatus', { programName: optional(text), listName: optional(text) }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});
