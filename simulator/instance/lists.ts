import { type Instance, logActivity, type StaticList } from './instance.ts';

/** A list by the name people give it: one of the whole subscription first, then `Program.List`. */
export function listNamed(instance: Instance, name: string): StaticList | undefined {
  const lists = [...instance.lists.values()];
  return (
    lists.find((list) => list.program === null && list.name === name) ??
    lists.find((list) => list.program !== null && `${list.program}.${list.name}` === name)
  );
}

export function listInProgram(instance: Instance, program: string, name: string): StaticList | undefined {
  return [...instance.lists.values()].find((list) => list.program === program && list.name === name);
}

/** False if the lead was a member already. */
export function addMember(instance: Instance, list: StaticList, leadId: number, now: number): boolean {
  if (list.members.has(leadId)) return false;
  list.members.add(leadId);
  logMembership(instance, list, leadId, 'AddToList', now);
  return true;
}

/** False if the lead was no member. */
export function removeMember(instance: Instance, list: StaticList, leadId: number, now: number): boolean {
  if (!list.members.delete(leadId)) return false;
  logMembership(instance, list, leadId, 'RemoveFromList', now);
  return true;
}

function logMembership(
  instance: Instance,
  list: StaticList,
  leadId: number,
  type: 'AddToList' | 'RemoveFromList',
  now: number,
): void {
  logActivity(instance, { leadId, at: now, type, asset: list.name }, { 'List ID': String(list.id) });
}
