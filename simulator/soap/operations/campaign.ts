import {
  campaignById,
  campaignNamed,
  requestCampaign as request,
  scheduleCampaign as schedule,
} from '../../instance/campaigns.ts';
import type { Campaign, Instance } from '../../instance/instance.ts';
import { keyString, requireLead } from '../../instance/lead-key.ts';
import { ServiceFault } from '../fault.ts';
import { leadKeysOf } from '../lead-key-element.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { boolean, child, dateTime, integer, items, oneOf, requiredText, text } from '../params.ts';
import type { Element } from '../xml.ts';
import type { Call, OperationTable } from './operation.ts';

export const campaignOperations: OperationTable = {
  getCampaignsForSource: { writes: false, run: getCampaignsForSource },
  requestCampaign: { writes: true, run: requestCampaign },
  scheduleCampaign: { writes: true, run: scheduleCampaign },
};

const SOURCES = ['MKTOWS', 'SALES'] as const;
/** Further keys are ignored without a word (docs/marketo-facts.md). */
const MOST_CAMPAIGN_LEADS = 100;
const MOST_CLONES_PER_DAY = 10;

function getCampaignsForSource(instance: Instance, { params }: Call): Markup {
  const source = sourceOf(params);
  const name = text(params, 'name') ?? '';
  const exact = boolean(params, 'exactName') ?? false;
  const matches = (campaign: Campaign) =>
    exact ? [campaign.name, fullName(campaign)].includes(name) : fullName(campaign).includes(name);
  const found = instance.campaigns.filter(
    (campaign) => source === 'MKTOWS' && isRequestable(campaign) && matches(campaign),
  );
  const records = found.map((campaign) =>
    tag(
      'campaignRecord',
      tag('id', campaign.id),
      tag('name', fullName(campaign)),
      tag('description', campaign.description),
    ),
  );
  const list = records.length === 0 ? nil('campaignRecordList') : tag('campaignRecordList', ...records);
  return tag('result', tag('returnCount', records.length), list);
}

const isRequestable = ({ type, active }: Campaign): boolean => type === 'trigger' && active;

/** How SOAP listed a campaign inside a program (docs/marketo-facts.md). */
const fullName = ({ program, name }: Campaign): string => `${program}.${name}`;

function requestCampaign(instance: Instance, { params, now }: Call): Markup {
  sourceOf(params);
  const campaign = requestedCampaign(instance, params);
  const keys = leadKeysOf(child(params, 'leadList'), MOST_CAMPAIGN_LEADS);
  if (keys.length === 0) throw new ServiceFault(20101);
  const leads = keys.map((key) => ({ id: requireLead(instance, key).id, key: keyString(key) }));
  for (const lead of leads) request(instance, campaign, lead, now);
  return tag('result', tag('success', true));
}

function sourceOf(params: Element): (typeof SOURCES)[number] {
  return oneOf(SOURCES, requiredText(params, 'source'), 20110, 'source');
}

function requestedCampaign(instance: Instance, params: Element): Campaign {
  const id = integer(params, 'campaignId');
  const names = ['programName', 'campaignName', 'programTokenList'];
  const beside = id === null ? undefined : names.find((name) => child(params, name) !== null);
  if (beside !== undefined) throw new ServiceFault(20110, `${beside} cannot stand beside campaignId`);
  checkTokens(params);
  return id === null ? namedCampaign(instance, params) : campaignById(instance, id);
}

function checkTokens(params: Element): void {
  const names = items(params, 'programTokenList', 'attrib').map((token) =>
    requiredText(token, 'name').trim(),
  );
  if (new Set(names).size < names.length) throw new ServiceFault(20110, 'A token is given twice');
}

function namedCampaign(instance: Instance, params: Element): Campaign {
  const program = requiredText(params, 'programName');
  return campaignNamed(instance, program, requiredText(params, 'campaignName'));
}

function scheduleCampaign(instance: Instance, { params, now }: Call): Markup {
  const campaign = namedCampaign(instance, params);
  checkTokens(params);
  const cloneTo = text(params, 'cloneToProgramName')?.trim() || null;
  const runAt = dateTime(params, 'campaignRunAt') ?? now;
  schedule(instance, campaign, { runAt, cloneTo, mostClonesPerDay: MOST_CLONES_PER_DAY }, now);
  return tag('result', tag('success', true));
}
