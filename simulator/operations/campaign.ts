import { ServiceFault } from '../fault.ts';
import { type Campaign, type Instance, logActivity } from '../instance.ts';
import { keyString, type LeadKey, leadKeysOf, requireLead } from '../lead-key.ts';
import { type Markup, nil, tag } from '../markup.ts';
import { boolean, child, dateTime, integer, oneOf, requiredText, text } from '../params.ts';
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
const DAY_MS = 24 * 3_600_000;

function getCampaignsForSource(instance: Instance, { params }: Call): Markup {
  const source = sourceOf(params);
  const name = text(params, 'name') ?? '';
  const exact = boolean(params, 'exactName') ?? false;
  const found = instance.campaigns.filter(
    (campaign) => source === 'MKTOWS' && (exact ? campaign.name === name : campaign.name.includes(name)),
  );
  const records = found.map(({ id, name: title, description }) =>
    tag('campaignRecord', tag('id', id), tag('name', title), tag('description', description)),
  );
  const list = records.length === 0 ? nil('campaignRecordList') : tag('campaignRecordList', ...records);
  return tag('result', tag('returnCount', records.length), list);
}

function requestCampaign(instance: Instance, { params, now }: Call): Markup {
  sourceOf(params);
  const campaign = requestedCampaign(instance, params);
  const keys = leadKeysOf(child(params, 'leadList'), MOST_CAMPAIGN_LEADS);
  if (keys.length === 0) throw new ServiceFault(20101);
  const leadIds = keys.map((key) => requireLead(instance, key).id);
  for (const [index, key] of keys.entries()) send(instance, campaign, leadIds[index] ?? 0, key, now);
  return tag('result', tag('success', true));
}

function sourceOf(params: Element): (typeof SOURCES)[number] {
  return oneOf(SOURCES, requiredText(params, 'source'), 20110, 'source');
}

function requestedCampaign(instance: Instance, params: Element): Campaign {
  const id = integer(params, 'campaignId');
  if (id === null) return namedCampaign(instance, params);
  const campaign = instance.campaigns.find((candidate) => candidate.id === id);
  if (campaign === undefined) throw new ServiceFault(20113, `No campaign found with id = ${id}`);
  return campaign;
}

function namedCampaign(instance: Instance, params: Element): Campaign {
  const program = requiredText(params, 'programName');
  const name = requiredText(params, 'campaignName');
  return requireCampaign(instance, program, name);
}

export function requireCampaign(instance: Instance, program: string, name: string): Campaign {
  const campaign = instance.campaigns.find(
    (candidate) => candidate.program === program && candidate.name === name,
  );
  if (campaign === undefined)
    throw new ServiceFault(20113, `No campaign ${name} found in program ${program}`);
  return campaign;
}

/** Runs one lead through the flow: asking twice sends twice, which is what makes a repeat dangerous. */
export function send(
  instance: Instance,
  campaign: Campaign,
  leadId: number,
  key: LeadKey,
  now: number,
): void {
  instance.sends.push({ campaignId: campaign.id, leadId, leadKey: keyString(key), at: now });
  const details = { Source: 'Web service API', 'Campaign ID': String(campaign.id) };
  logActivity(instance, { leadId, at: now, type: 'RequestCampaign', asset: campaign.name }, details);
}

function scheduleCampaign(instance: Instance, { params, now }: Call): Markup {
  const campaign = namedCampaign(instance, params);
  const cloneTo = text(params, 'cloneToProgramName')?.trim() ?? '';
  const runAt = dateTime(params, 'campaignRunAt') ?? now;
  if (cloneTo !== '') refuseClone(instance, cloneTo, now);
  if (cloneTo !== '') clone(instance, campaign.program, cloneTo);
  const program = cloneTo === '' ? campaign.program : cloneTo;
  instance.scheduledRuns.push({ campaignId: campaign.id, program, runAt, requestedAt: now });
  return tag('result', tag('success', true));
}

function refuseClone(instance: Instance, name: string, now: number): void {
  if (instance.programs.has(name)) throw new ServiceFault(20110, `A program named ${name} exists`);
  const origin = new Map(instance.campaigns.map((campaign) => [campaign.id, campaign.program]));
  const cloned = instance.scheduledRuns.filter((run) => run.program !== origin.get(run.campaignId));
  const today = cloned.filter((run) => run.requestedAt > now - DAY_MS);
  if (today.length >= MOST_CLONES_PER_DAY)
    throw new ServiceFault(20110, 'Programs can be cloned 10 times a day');
}

function clone(instance: Instance, program: string, name: string): void {
  const original = instance.programs.get(program);
  if (original !== undefined) instance.programs.set(name, { ...original, name });
}
