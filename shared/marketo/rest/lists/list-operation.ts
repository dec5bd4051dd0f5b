import type { CheckedParamsOf } from '../../operations/registry.ts';
import type { RecordOutcome } from '../../transport.ts';
import { refused } from '../call/call-ended.ts';
import { nameFindings, refusal, unlike } from '../call/findings.ts';
import type { Done, Finding, Mapping } from '../call/mapping.ts';
import { MOST_REQUESTS, type Session } from '../call/session.ts';
import { type LeadOfKey, leadsOfKeys, type MemberKey } from '../leads/lead-ids.ts';
import { keyFindings, type LeadKeyInput, readsFor } from '../leads/lead-keys.ts';
import { listMembers, type MemberAction, type MemberAnswer, MOST_MEMBERS_A_REQUEST } from './list-members.ts';

type Params = CheckedParamsOf<'listOperation'>;

const ACTIONS: Readonly<Record<Params['listOperation'], MemberAction>> = {
  ADDTOLIST: 'add',
  REMOVEFROMLIST: 'remove',
  ISMEMBEROFLIST: 'ask',
};

/**
 * Adds leads to a static list, removes them, or asks whether they are in it. A lead that is not found has the status false, and
 * the others are sent. `strict` looks first, and then sends all or nothing.
 */
export const listOperation: Mapping<'listOperation'> = {
  check: (params) => [
    ...listFindings(params.listKey),
    ...keyFindings(inputsOf(params)),
    ...requestFindings(params),
    ...differences(params),
  ],

  async run(params, session) {
    const strict = params.strict === true;
    const keys = params.listMemberList.leadKey;
    const leads = await leadsOfKeys(session, keys, { askIds: strict });
    if (strict) refuseUnfound(leads);
    const ids = [...new Set(leads.flatMap((lead) => (lead.kind === 'lead' ? [lead.id] : [])))];
    const answers = await ofList(params, session, async (listId) => {
      if (strict && params.listOperation === 'REMOVEFROMLIST') await refuseStrangers(session, listId, ids);
      return listMembers(session, ACTIONS[params.listOperation], listId, ids);
    });
    return doneOf(
      keys.map((key, index) => statusOf(params, key, leads[index], answers)),
      params,
    );
  },
};

const inputsOf = ({ listMemberList }: Params): readonly LeadKeyInput[] =>
  listMemberList.leadKey.map(({ keyType, keyValue }) => ({ type: keyType, value: keyValue }));

/** `Program.List` may take as many to find. */
const LIST_READS = 4;

function requestFindings(params: Params): readonly Finding[] {
  const strict = params.strict === true;
  const keys = inputsOf(params);
  const reads = readsFor(keys.filter(({ type }) => strict || type !== 'IDNUM'));
  const asksFirst = strict && params.listOperation === 'REMOVEFROMLIST';
  const requests = LIST_READS + reads + Math.ceil(keys.length / MOST_MEMBERS_A_REQUEST) * (asksFirst ? 2 : 1);
  return requests <= MOST_REQUESTS
    ? []
    : [refusal(`it may take ${requests} requests, and a job makes ${MOST_REQUESTS} at most: split it`)];
}

const differences = ({ listOperation: wanted, strict }: Params): readonly Finding[] => [
  ...(wanted === 'REMOVEFROMLIST' && strict !== true
    ? [unlike('a lead that is not in the list counts as removed; over SOAP it failed')]
    : []),
  ...(wanted !== 'ISMEMBEROFLIST' && strict === true
    ? [unlike('strict is all or nothing only as far as a look at the leads before can tell')]
    : []),
];

function listFindings({ keyType, keyValue }: Params['listKey']): readonly Finding[] {
  if (keyType === 'MKTOLISTNAME') return nameFindings({ listKey: keyValue });
  return [refusal(`REST has no lists of the key type ${keyType}; use MKTOLISTNAME`)];
}

const ofList = <T>(
  { listKey }: Params,
  session: Session,
  use: (listId: number) => Promise<T>,
): Promise<T> => {
  const { directory } = session;
  return directory.using(
    session,
    () => directory.list(session, listKey.keyValue.trim()),
    ({ id }) => use(id),
  );
};

function refuseUnfound(leads: readonly LeadOfKey[]): void {
  const at = leads.findIndex(({ kind }) => kind !== 'lead');
  const lead = leads[at];
  if (lead === undefined) return;
  const [code, words] = wordsOf(lead);
  throw refused(code, `key ${at + 1}: ${words}, and strict is all or nothing`);
}

async function refuseStrangers(session: Session, listId: number, ids: readonly number[]): Promise<void> {
  const answers = [...(await listMembers(session, 'ask', listId, ids)).values()];
  const count = answers.filter(({ status }) => status !== 'memberof').length;
  if (count > 0)
    throw refused(1015, `${count} of ${ids.length} leads are not in the list, and strict is all or nothing`);
}

interface MemberStatus {
  readonly key: MemberKey;
  /** What `status` says of the lead. */
  readonly status: boolean;
  /** Null: nothing has failed, though the status may be false. */
  readonly failure: Failure | null;
}

type Failure = Pick<RecordOutcome, 'code' | 'message' | 'ofRequest'>;

function statusOf(
  { listOperation: wanted }: Params,
  key: MemberKey,
  lead: LeadOfKey | undefined,
  answers: ReadonlyMap<number, MemberAnswer>,
): MemberStatus {
  const answer = lead?.kind === 'lead' ? answers.get(lead.id) : undefined;
  if (answer === undefined) return unfound(wanted, key, lead ?? { kind: 'missing' });
  const { status, code, message } = answer;
  if (isDone(wanted, answer)) return { key, status: true, failure: null };
  const isAnswer =
    wanted === 'ISMEMBEROFLIST' && (status === 'notmemberof' || (status === 'skipped' && code === 1004));
  return {
    key,
    status: false,
    failure: isAnswer
      ? null
      : {
          code,
          message: message || `Marketo answered "${status}"`,
          ...(status === 'refused' ? { ofRequest: true } : {}),
        },
  };
}

const DONE = { ADDTOLIST: 'added', REMOVEFROMLIST: 'removed', ISMEMBEROFLIST: 'memberof' } as const;

/** A lead that is not in the list (1015) is one that needs no removing. */
const isDone = (wanted: Params['listOperation'], { status, code }: MemberAnswer): boolean =>
  status === DONE[wanted] || (wanted === 'REMOVEFROMLIST' && status === 'skipped' && code === 1015);

/** That a lead nobody knows is in no list is an answer; which of several was meant is none. */
function unfound(wanted: Params['listOperation'], key: MemberKey, lead: LeadOfKey): MemberStatus {
  const [code, words] = wordsOf(lead);
  const isAnswer = wanted === 'ISMEMBEROFLIST' && lead.kind === 'missing';
  return { key, status: false, failure: isAnswer ? null : { code, message: `${code} - ${words}` } };
}

const wordsOf = (lead: LeadOfKey): readonly [code: number, words: string] =>
  lead.kind === 'several'
    ? [1007, `several leads have the key (${lead.ids.join(', ')})`]
    : [1004, 'no lead has the key'];

function doneOf(statuses: readonly MemberStatus[], { listOperation: wanted, strict }: Params): Done {
  const leadStatuses = statuses.map(({ key, status }) => ({
    leadKey: { keyType: key.keyType, keyValue: key.keyValue },
    status,
  }));
  const success = statuses.every(({ status, failure }) =>
    wanted === 'ISMEMBEROFLIST' ? status : failure === null,
  );
  const statusList = strict === true ? null : { leadStatus: leadStatuses };
  const [first = NOBODY, ...others] = statuses.map(
    ({ failure }, index): RecordOutcome => ({
      ok: failure === null,
      ...(failure ?? { code: null, message: '' }),
      result: strict === true ? null : (leadStatuses[index] ?? null),
    }),
  );
  return { result: { result: { success, statusList } }, records: [first, ...others] };
}

/** Params without a lead are refused before they are sent. */
const NOBODY: RecordOutcome = { ok: true, code: null, message: '', result: null };
