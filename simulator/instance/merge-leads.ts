import { type Instance, type Lead, logActivity } from './instance.ts';
import { change } from './write-lead.ts';

/** Folds leads into one, which keeps its own values and takes what it lacks. The losers are gone. */
export function mergeLeads(instance: Instance, winner: Lead, losers: ReadonlySet<Lead>, now: number): void {
  for (const loser of losers) absorb(instance, winner, loser, now);
}

function absorb(instance: Instance, winner: Lead, loser: Lead, now: number): void {
  for (const [name, value] of loser.attributes) {
    if ((winner.attributes.get(name) ?? '') === '') winner.attributes.set(name, value);
  }
  for (const list of instance.lists.values()) {
    if (list.members.delete(loser.id)) list.members.add(winner.id);
  }
  for (const activity of instance.activities) if (activity.leadId === loser.id) activity.leadId = winner.id;
  removeLead(instance, loser);
  winner.updatedAt = now;
  const details = { 'Merged Lead': String(loser.id) };
  logActivity(instance, { leadId: winner.id, at: now, type: 'MergeLeads', asset: String(loser.id) }, details);
}

export function deleteLead(instance: Instance, lead: Lead, now: number): void {
  const { id } = lead;
  const asset = lead.email ?? String(id);
  removeLead(instance, lead);
  logActivity(instance, { leadId: id, at: now, type: 'DeleteLead', asset });
}

function removeLead(instance: Instance, lead: Lead): void {
  change(instance, lead, () => {
    lead.email = null;
    lead.foreignSysPersonId = null;
    lead.cookies.clear();
  });
  for (const list of instance.lists.values()) list.members.delete(lead.id);
  instance.leads.delete(lead.id);
}
