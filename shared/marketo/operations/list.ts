import { leadReference, referencesOf } from './lead-reference.ts';
import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { keep, listAt, type RecordOutcome, textAt } from './record-outcome.ts';
import {
  type ImportToListStatusEnum,
  ResultGetImportToListStatus,
  ResultImportToList,
  ResultListOperation,
} from './reply-types.ts';
import { arrayOfLeadKey, arrayOfString } from './types.ts';
import { boolean, enumeration, keyValue, optional, sequence, text } from './xsd.ts';

export const MOST_LIST_MEMBERS = 1_000;

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
  success: { result: ResultListOperation },
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: ({ listOperation: wanted }) => wanted === 'ISMEMBEROFLIST',
  leads: ({ listMemberList }) => referencesOf(listMemberList.leadKey),
  items: ({ listMemberList }) => listMemberList.leadKey.length,
  // "Is not a member" is an answer, not a failure.
  outcomes: (params, payload) =>
    params.listOperation === 'ISMEMBEROFLIST' ? [] : memberOutcomes(params.listMemberList.leadKey, payload),
  only: (params, positions) => ({
    ...params,
    listMemberList: { leadKey: keep(params.listMemberList.leadKey, positions) },
  }),
});

interface LeadKeyParams {
  readonly keyType: string;
  readonly keyValue: string;
}

const REFUSED = 'listOperation answered success=false';

/** A lead whose status is missing shares the fate of the whole. */
function memberOutcomes(members: readonly LeadKeyParams[], payload: unknown): readonly RecordOutcome[] {
  const result = payload;
  const whole = textAt(result, 'success');
  const statuses = new Map(
    listAt(result, 'statusList', 'leadStatus').map((one) => [keyOf(one), textAt(one, 'status')]),
  );
  const outcomes = members.map((member, position) => {
    const { type, value } = leadReference(member.keyType, member.keyValue);
    const status = statuses.get(`${type}:${value}`) ?? (statuses.size === 0 ? whole : null);
    return { failed: status === 'false', error: REFUSED, position };
  });
  if (whole !== 'false' || outcomes.some((outcome) => outcome.failed)) return outcomes;
  // The answer blames leads that were not asked for: the job failed, and nobody can say which part of it.
  return outcomes.map((outcome) => ({ ...outcome, failed: true }));
}

function keyOf(leadStatus: unknown): string {
  const { type, value } = leadReference(
    textAt(leadStatus, 'leadKey', 'keyType') ?? '',
    textAt(leadStatus, 'leadKey', 'keyValue') ?? '',
  );
  return `${type}:${value}`;
}

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
  success: { result: ResultImportToList },
  timeoutMs: CALL_TIMEOUT_MS,
  // clearList wipes what came between, and a campaign consumes the tokens of each import.
  isUnsafe: always,
  items: ({ importFileRows }) => importFileRows.stringItem.length,
  outcomes: (_, payload) => {
    const status = textAt(payload, 'importStatus') ?? '';
    return [{ failed: ENDED_BADLY.has(status), error: `importToList answered ${status}`, position: 0 }];
  },
});

const ENDED_BADLY: ReadonlySet<string> = new Set([
  'FAILED',
  'CANCELED',
] satisfies (typeof ImportToListStatusEnum.options)[number][]);

export const getImportToListStatus = operation({
  params: sequence('ParamsGetImportToListStatus', { programName: optional(text), listName: optional(text) }),
  success: { result: ResultGetImportToListStatus },
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});
