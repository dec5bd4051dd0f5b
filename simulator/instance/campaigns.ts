import { addProgramObject, type Campaign, type Instance, logActivity, takeId } from './instance.ts';
import { Refusal } from './refusal.ts';

const DAY_MS = 24 * 3_600_000;

export function campaignById(instance: Instance, id: number): Campaign {
  const campaign = instance.campaigns.find((candidate) => candidate.id === id);
  if (campaign === undefined) throw new Refusal('campaign-not-found', `No campaign found with id = ${id}`);
  return campaign;
}

export function campaignNamed(instance: Instance, program: string, name: string): Campaign {
  const campaign = instance.campaigns.find(
    (candidate) => candidate.program === program && candidate.name === name,
  );
  if (campaign === undefined)
    throw new Refusal('campaign-not-found', `No campaign ${name} found in program ${program}`);
  return campaign;
}

/** Runs one lead through the flow: asking twice sends twice, which is what makes a repeat dangerous. */
export function requestCampaign(
  instance: Instance,
  campaign: Campaign,
  lead: { readonly id: number; readonly key: string },
  now: number,
): void {
  instance.sends.push({ campaignId: campaign.id, leadId: lead.id, leadKey: lead.key, at: now });
  const details = { Source: 'Web service API', 'Campaign ID': String(campaign.id) };
  logActivity(instance, { leadId: lead.id, at: now, type: 'RequestCampaign', asset: campaign.name }, details);
}

/** Books a run, of a clone of the whole program if `cloneTo` names one. */
export function scheduleCampaign(
  instance: Instance,
  campaign: Campaign,
  run: { readonly runAt: number; readonly cloneTo: string | null; readonly mostClonesPerDay: number },
  now: number,
): void {
  const { cloneTo, runAt } = run;
  if (cloneTo !== null) clone(instance, campaign.program, cloneTo, run.mostClonesPerDay, now);
  const program = cloneTo ?? campaign.program;
  instance.scheduledRuns.push({ campaignId: campaign.id, program, runAt, requestedAt: now });
}

function clone(instance: Instance, program: string, name: string, mostPerDay: number, now: number): void {
  if (instance.programs.has(name)) throw new Refusal('program-exists', `A program named ${name} exists`);
  if (clonesToday(instance, now) >= mostPerDay)
    throw new Refusal('clones-used-up', `Programs can be cloned ${mostPerDay} times a day`);
  const original = instance.programs.get(program);
  if (original === undefined) return;
  const copy = { ...original, id: takeId(instance), name };
  instance.programs.set(name, copy);
  addProgramObject(instance, copy, now);
}

function clonesToday(instance: Instance, now: number): number {
  const origin = new Map(instance.campaigns.map((campaign) => [campaign.id, campaign.program]));
  const cloned = instance.scheduledRuns.filter((run) => run.program !== origin.get(run.campaignId));
  return cloned.filter((run) => run.requestedAt > now - DAY_MS).length;
}
