import { leadReference } from '../../operations/lead-reference.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { LeadKeyRef } from '../../operations/types.ts';
import { refused } from '../call/call-ended.ts';
import { refusal } from '../call/findings.ts';
import { type Done, done, type Finding, type Mapping } from '../call/mapping.ts';
import type { Session } from '../call/session.ts';
import { SEVERAL_LEADS } from './lead-duplicates.ts';
import { findLeads, keyFindings, type LeadKeyInput } from './lead-keys.ts';

type Params = CheckedParamsOf<'mergeLeads'>;

/** Marketo refuses more (1080) and merges none. */
const MOST_LOSERS = 25;
const LEAD_NOT_FOUND = 1004;

/** One request, which is announced; keys other than IDNUM are looked up before. */
export const mergeLeads: Mapping<'mergeLeads'> = {
  check: findingsOf,
  run: async (params, session) => {
    const [finding] = findingsOf(params);
    if (finding !== undefined) throw refused(finding.code, finding.message);
    const [winner = null, ...losers] = await idsOf(session, keysOf(params));
    if (winner === null) throw refused(LEAD_NOT_FOUND, 'no lead has the winner’s key');
    const missing = losers.flatMap((id, index) => (id === null ? [index + 1] : []));
    if (missing.length > 0)
      return failed(`Losing lead not found: key ${missing.join(', ')}; nothing was sent`);
    const ids = losers.filter((id) => id !== null);
    if (new Set([winner, ...ids]).size <= ids.length) throw refused(1003, TWICE);
    await session.ask({
      endpoint: 'mergeLeads',
      path: { id: winner },
      // What is not merged in the CRM too is Marketo's own default, and only instances with a CRM know the word.
      query: { leadIds: ids, mergeInCRM: params.mergeInSales === true ? true : undefined },
      announces: true,
      // A merge is answered by success alone.
      isReply: ({ result }) => (result.length === 0 ? null : 'it has rows'),
    });
    return merged(winner, ids);
  },
};

const TWICE =
  'two keys are of the same lead: a lead can be merged into another one once, and not into itself';

function findingsOf(params: Params): readonly Finding[] {
  const keys = [params.winningLeadKeyList, ...params.losingLeadKeyLists.keyList].map(keyOf);
  const known = keys.filter((key) => key !== null);
  const spelled = known.map(({ type, value }) => `${type}:${leadReference(type, value).value}`);
  return [
    ...(known.length < keys.length ? [refusal(NO_KEY)] : []),
    ...(new Set(spelled).size < spelled.length ? [refusal(TWICE)] : []),
    ...(keys.length > 1 + MOST_LOSERS
      ? [refusal(`${keys.length - 1} leads would be merged, and Marketo takes ${MOST_LOSERS} at once`, 1080)]
      : []),
    ...keyFindings(known),
  ];
}

const NO_KEY = `a key list has no attribute that names a lead key, which are ${LeadKeyRef.options.join(', ')}`;

const KEY_WORDS: ReadonlySet<string> = new Set(LeadKeyRef.options);

/** The first attribute that is a lead key. */
function keyOf({ attribute }: Params['winningLeadKeyList']): LeadKeyInput | null {
  const key = attribute.find(({ attrName }) => KEY_WORDS.has(attrName.toUpperCase()));
  return key === undefined ? null : { type: key.attrName.toUpperCase(), value: key.attrValue };
}

const keysOf = (params: Params): readonly LeadKeyInput[] =>
  [params.winningLeadKeyList, ...params.losingLeadKeyLists.keyList].map(keyOf).filter((key) => key !== null);

/** Null: no lead has the key. A key of several leads merges none of them: a merge cannot be undone. */
async function idsOf(session: Session, keys: readonly LeadKeyInput[]): Promise<readonly (number | null)[]> {
  const found = await findLeads(
    session,
    keys.filter(({ type }) => type !== 'IDNUM'),
    [],
  );
  let next = 0;
  return keys.map((key, index) => {
    if (key.type === 'IDNUM') return idOf(key);
    const leads = found[next] ?? [];
    next += 1;
    if (leads.length > 1)
      throw refused(
        SEVERAL_LEADS,
        `key ${index + 1} is of several leads: ${leads.map(({ id }) => id).join(', ')}`,
      );
    return leads[0]?.id ?? null;
  });
}

/** No lead has an id that a number does not hold, and another one must not be merged for it. */
function idOf({ type, value }: LeadKeyInput): number | null {
  const id = Number(leadReference(type, value).value);
  return Number.isSafeInteger(id) ? id : null;
}

const merged = (winner: number, losers: readonly number[]): Done => {
  const mergeStatus = {
    winningLeadId: winner,
    losingLeadIdList: { integerItem: losers },
    status: 'MERGED',
  };
  return done({ result: { mergeStatus } }, { result: mergeStatus });
};

function failed(error: string): Done {
  const mergeStatus = { status: 'FAILED', error: `${LEAD_NOT_FOUND} - ${error}` };
  const message = mergeStatus.error;
  return done({ result: { mergeStatus } }, { ok: false, code: LEAD_NOT_FOUND, message, result: mergeStatus });
}
