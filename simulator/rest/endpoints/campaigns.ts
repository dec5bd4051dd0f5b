import { campaignById, requestCampaign, scheduleCampaign } from '../../instance/campaigns.ts';
import type { Campaign, Instance, Lead } from '../../instance/instance.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { isObject, type JsonObject, textMember } from '../json.ts';
import { idMember } from '../lead-ids.ts';
import { mention, mentionKey } from '../lead-mention.ts';
import { named } from '../named.ts';
import { paged } from '../page-token.ts';
import { dateOut, instant, integer, optionalBoolean } from '../query.ts';
import { RestError } from '../rest-error.ts';

export const campaignEndpoints: readonly Endpoint[] = [
  { method: 'GET', pattern: '/rest/v1/campaigns.json', body: 'get', writes: false, serve: campaigns },
  { method: 'GET', pattern: '/rest/v1/campaigns/{id}.json', body: 'get', writes: false, serve: one },
  {
    method: 'POST',
    pattern: '/rest/v1/campaigns/{id}/trigger.json',
    body: 'json',
    writes: true,
    serve: trigger,
    leads: ({ request }) =>
      listIn(inputIn(request.json), 'leads')
        .filter(isObject)
        .map(({ id }) => mention('id', id)),
  },
  {
    method: 'POST',
    pattern: '/rest/v1/campaigns/{id}/schedule.json',
    body: 'optional-json',
    writes: true,
    serve: schedule,
  },
];

function campaigns(call: RestCall): RestResult {
  const triggerable = optionalBoolean(call, 'isTriggerable') ?? false;
  const rows = named(call, call.instance.campaigns).filter(
    (campaign) => !triggerable || isTriggerable(campaign),
  );
  return paged(call, rows, (campaign) => campaignRow(call.instance, campaign));
}

const isTriggerable = ({ type, active }: Campaign): boolean => type === 'trigger' && active;

function one(call: RestCall): RestResult {
  return rowsOf([campaignRow(call.instance, campaignIn(call))]);
}

function campaignRow(instance: Instance, { id, name, description, type, program, active }: Campaign) {
  return {
    id,
    name,
    description,
    type,
    programName: program,
    programId: instance.programs.get(program)?.id ?? null,
    workspaceName: 'Default',
    createdAt: dateOut(0),
    updatedAt: dateOut(0),
    active,
  };
}

function campaignIn({ instance, path }: RestCall): Campaign {
  return campaignById(instance, integer(path['id'] ?? ''));
}

const inputIn = (json: JsonObject | null): JsonObject => {
  const input = json?.['input'];
  return isObject(input) ? input : {};
};

function listIn(input: JsonObject, name: string): readonly unknown[] {
  const list = input[name] ?? [];
  return Array.isArray(list) ? list : [];
}

/** Leads and tokens of one request (docs/marketo-facts.md). */
const MOST_LEADS = 100;
const MOST_TOKENS = 100;

/** All or nothing: with one lead that does not exist nobody is sent through the flow. */
function trigger(call: RestCall): RestResult {
  const campaign = campaignIn(call);
  if (!isTriggerable(campaign)) throw new RestError(1003, `Campaign '${campaign.id}' is not triggerable`);
  const input = inputIn(call.request.json);
  const ids = listIn(input, 'leads').map(idMember);
  if (ids.length === 0) throw new RestError(1003, 'Lead ids not specified');
  if (ids.length > MOST_LEADS) throw new RestError(1003, `More than ${MOST_LEADS} leads`);
  checkTokens(input);
  const missing = ids.filter((id) => !call.instance.leads.has(id));
  if (missing.length > 0) throw new RestError(1004, `Lead [${missing.join(', ')}] not found`);
  const leads = ids.map((id) => call.instance.leads.get(id)).filter((lead) => lead !== undefined);
  for (const lead of leads) requestCampaign(call.instance, campaign, sent(lead), call.now);
  return rowsOf([{ id: campaign.id }]);
}

/** Over REST a lead is known by its id alone; the books name it by its address, as SOAP's callers do, if it has one. */
function sent({ id, email }: Lead) {
  return { id, key: email === null ? mentionKey('id', id) : mentionKey('email', email) };
}

function checkTokens(input: JsonObject): void {
  const tokens = listIn(input, 'tokens');
  if (tokens.length > MOST_TOKENS) throw new RestError(1003, `More than ${MOST_TOKENS} tokens`);
  for (const token of tokens) {
    const name = isObject(token) ? String(token['name'] ?? '') : '';
    if (!/^\{\{my\.[^{}]+\}\}$/.test(name)) throw new RestError(1003, `Invalid token value: [${name}]`);
  }
}

const SOONEST_MS = 5 * 60_000;
const TWO_YEARS_MS = 2 * 365 * 24 * 3_600_000;
const MOST_CLONES_PER_DAY = 20;

/** Never sooner than in five minutes. What Marketo does with a time that has passed is not documented: here it is 1003. */
function schedule(call: RestCall): RestResult {
  const campaign = campaignIn(call);
  if (campaign.type !== 'batch')
    throw new RestError(1003, `Campaign '${campaign.id}' is not a batch campaign`);
  const input = inputIn(call.request.json);
  checkTokens(input);
  const asked = textMember(input, 'runAt');
  const runAt = asked === null ? call.now : instant(asked);
  if (runAt < call.now) throw new RestError(1003, `runAt '${asked}' is in the past`);
  if (runAt > call.now + TWO_YEARS_MS) throw new RestError(1042);
  const cloneTo = textMember(input, 'cloneToProgramName');
  const run = {
    runAt: Math.max(runAt, call.now + SOONEST_MS),
    cloneTo,
    mostClonesPerDay: MOST_CLONES_PER_DAY,
  };
  scheduleCampaign(call.instance, campaign, run, call.now);
  return rowsOf([{ id: campaign.id }]);
}
