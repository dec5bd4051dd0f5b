import { isObject } from '../../../kernel/is-object.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refused } from '../call/call-ended.ts';
import { nameFindings, refusal } from '../call/findings.ts';
import { done, type Finding, type Mapping } from '../call/mapping.ts';
import { codeOf, type RestReply } from '../call/read-reply.ts';
import type { Session } from '../call/session.ts';
import { type LeadOfKey, leadsOfKeys } from '../leads/lead-ids.ts';
import { keyFindings } from '../leads/lead-keys.ts';
import { sourceFindings, tokenFindings, tokensOf } from './campaign-params.ts';

type Params = CheckedParamsOf<'requestCampaign'>;

/**
 * Runs leads through a campaign: all of them or, where one key leads to no lead or to several, none. Everything is looked up
 * before the one request that must not be done twice.
 */
export const requestCampaign: Mapping<'requestCampaign'> = {
  check: ({ source, campaignId, programName, campaignName, leadList, programTokenList }) => [
    ...sourceFindings(source),
    ...leadFindings(leadList),
    ...tokenFindings(programTokenList),
    ...(campaignId === undefined ? nameFindings({ programName, campaignName }) : []),
    ...(campaignId !== undefined && campaignName !== undefined
      ? [refusal('it has campaignId and campaignName, which may be two campaigns; give one of them')]
      : []),
  ],

  async run(params, session) {
    const keys = params.leadList?.leadKey ?? [];
    const ids = idsOf(await leadsOfKeys(session, keys));
    await ofCampaign(params, session, (campaignId) => trigger(session, campaignId, ids, params));
    const result = { success: true };
    return done({ result }, { result });
  },
};

const leadFindings = (leadList: Params['leadList']): readonly Finding[] =>
  leadList === undefined
    ? [refusal('it has no leadList; name the leads')]
    : keyFindings(leadList.leadKey.map(({ keyType, keyValue }) => ({ type: keyType, value: keyValue })));

/** Of each lead once. Throws where a key is none's or several leads': Marketo runs all of them or nobody. */
function idsOf(leads: readonly LeadOfKey[]): readonly number[] {
  const missing = positions(leads, 'missing');
  const several = positions(leads, 'several');
  if (missing.length === 0 && several.length === 0)
    return [...new Set(leads.flatMap((lead) => (lead.kind === 'lead' ? [lead.id] : [])))];
  const all = leads.flatMap((lead) => (lead.kind === 'several' ? lead.ids : []));
  const words = [
    ...(missing.length > 0 ? [`no lead has the key at ${placed(missing)}`] : []),
    ...(several.length > 0
      ? [`several leads have the key at ${placed(several)} (${shown(all, 'lead')}); merge them, or use ids`]
      : []),
  ];
  throw refused(missing.length > 0 ? 1004 : 1007, `${words.join('; ')}; nobody was triggered`);
}

const positions = (leads: readonly LeadOfKey[], kind: LeadOfKey['kind']): readonly number[] =>
  leads.flatMap((lead, index) => (lead.kind === kind ? [index + 1] : []));

const placed = (at: readonly number[]): string => shown(at, 'position');

const MOST_SHOWN = 20;

function shown(numbers: readonly number[], noun: string): string {
  const more = numbers.length > MOST_SHOWN ? ', …' : '';
  return `${noun}${numbers.length === 1 ? '' : 's'} ${numbers.slice(0, MOST_SHOWN).join(', ')}${more}`;
}

/** A number that the job itself gives is not looked up: Marketo says whether it has such a campaign. */
async function ofCampaign(
  { campaignId, programName = '', campaignName = '' }: Params,
  session: Session,
  use: (campaignId: number) => Promise<void>,
): Promise<void> {
  if (campaignId !== undefined) return use(campaignId);
  const { directory } = session;
  return directory.using(
    session,
    () => directory.campaign(session, campaignName, programName),
    ({ id, type }) => {
      if (type === 'batch') throw refused(1003, 'it is a batch campaign, which is scheduled, not requested');
      return use(id);
    },
  );
}

async function trigger(
  session: Session,
  campaignId: number,
  ids: readonly number[],
  { programTokenList }: Params,
): Promise<void> {
  const leads = ids.map((id) => ({ id }));
  await session.ask({
    endpoint: 'triggerCampaign',
    path: { id: campaignId },
    json: { input: { leads, tokens: tokensOf(programTokenList) } },
    announces: true,
    isReply: (reply) => ofAnother(reply, campaignId),
  });
}

/** The answer names the campaign, if it names anything, and no lead. */
function ofAnother({ result }: RestReply, campaignId: number): string | null {
  const isIt = (row: unknown): boolean => isObject(row) && codeOf(row['id']) === campaignId;
  return result.every(isIt) ? null : 'it is not about this campaign';
}
