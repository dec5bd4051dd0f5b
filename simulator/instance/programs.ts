import type { Instance, MObject, ProgramDetails } from './instance.ts';
import { Refusal } from './refusal.ts';

export interface ProgramChange {
  readonly name: string | null;
  readonly description: string | null;
  readonly costs: ProgramDetails['costs'] | null;
  /** Whether the costs replace those that there are; else they are added to them. */
  readonly replacesCosts: boolean;
  readonly tags: ProgramDetails['tags'] | null;
}

export function programs(instance: Instance): MObject[] {
  return [...instance.mObjects.values()].filter(({ type }) => type === 'Program');
}

export function programById(instance: Instance, id: number): MObject | undefined {
  return programs(instance).find((program) => program.id === id);
}

export function detailsOf(instance: Instance, program: MObject): ProgramDetails {
  return instance.programDetails.get(program.id) ?? { costs: [], tags: [] };
}

/** Changes what is given. Adding costs twice adds them twice, which is what makes a repeat dangerous. */
export function changeProgram(instance: Instance, id: number, change: ProgramChange, now: number): MObject {
  const program = programById(instance, id);
  if (program === undefined) throw new Refusal('program-not-found', `Program '${id}' not found`);
  for (const tag of change.tags ?? []) refuseUnknownTag(instance, tag);
  const { costs, tags } = detailsOf(instance, program);
  instance.programDetails.set(id, {
    costs: change.costs === null ? costs : [...(change.replacesCosts ? [] : costs), ...change.costs],
    tags: change.tags ?? tags,
  });
  if (change.name !== null) program.attributes.set('Name', change.name);
  if (change.description !== null) program.attributes.set('Description', change.description);
  program.updatedAt = now;
  return program;
}

function refuseUnknownTag(instance: Instance, { tagType, tagValue }: ProgramDetails['tags'][number]): void {
  const known = instance.tags.find(({ type }) => type === tagType);
  if (known?.values.includes(tagValue) !== true)
    throw new Refusal('bad-value', `Invalid value '${tagValue}' for tag '${tagType}'`);
}
