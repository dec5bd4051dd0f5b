import type { Seed } from './seed.ts';

export interface Lead {
  readonly id: number;
  email: string | null;
  foreignSysType: string | null;
  foreignSysPersonId: string | null;
  readonly cookies: Set<string>;
  readonly attributes: Map<string, string>;
  updatedAt: number;
}

export interface StaticList {
  readonly id: number;
  readonly name: string;
  readonly members: Set<number>;
}

export interface Campaign {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly program: string;
}

/** One lead that went through the flow of one campaign once. */
export interface CampaignSend {
  readonly campaignId: number;
  readonly leadId: number;
  /** The key the caller knew the lead by: `EMAIL:a@example.com`. */
  readonly leadKey: string;
  readonly at: number;
}

interface ScheduledRun {
  readonly campaignId: number;
  readonly program: string;
  readonly runAt: number;
  readonly requestedAt: number;
}

export interface Activity {
  /** Position in the instance's stream, from 1, without gaps. */
  readonly id: number;
  leadId: number;
  readonly at: number;
  /** Name of the WSDL's ActivityType: `ChangeDataValue`. */
  readonly type: string;
  readonly asset: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

export interface MObject {
  readonly id: number;
  readonly type: string;
  externalKey: readonly [name: string, value: string] | null;
  readonly attributes: Map<string, string>;
  associations: readonly MObjectAssociation[];
  readonly createdAt: number;
  updatedAt: number;
}

export interface MObjectAssociation {
  readonly type: string;
  readonly id: number;
}

interface ImportJob {
  readonly program: string;
  readonly list: string;
  readonly startedAt: number;
  readonly imported: number;
  readonly failed: number;
}

export type CustomObject = Map<string, string>;

/** One Marketo subscription. Operations change it; the same operations at the same times give the same instance again. */
export interface Instance {
  readonly leadFields: ReadonlySet<string>;
  readonly workspaces: ReadonlySet<string>;
  readonly leads: Map<number, Lead>;
  /** `EMAIL:a@example.com`, `FOREIGN:SFDC:7`, `COOKIE:…` -> lead ids. Email is not a unique key. */
  readonly leadIndex: Map<string, Set<number>>;
  readonly lists: Map<string, StaticList>;
  readonly campaigns: readonly Campaign[];
  readonly sends: CampaignSend[];
  readonly scheduledRuns: ScheduledRun[];
  readonly programs: Map<string, Seed['programs'][number]>;
  readonly activities: Activity[];
  readonly mObjects: Map<number, MObject>;
  readonly customObjectTypes: ReadonlyMap<string, Seed['customObjectTypes'][number]>;
  readonly customObjects: Map<string, Map<string, CustomObject>>;
  readonly imports: ImportJob[];
  readonly channels: Seed['channels'];
  readonly tags: Seed['tags'];
  nextId: number;
}

export function createInstance(seed: Seed): Instance {
  const instance: Instance = {
    leadFields: new Set(seed.leadFields),
    workspaces: new Set(seed.workspaces),
    leads: new Map(),
    leadIndex: new Map(),
    lists: new Map(),
    campaigns: seed.campaigns,
    sends: [],
    scheduledRuns: [],
    programs: new Map(seed.programs.map((program) => [program.name, program])),
    activities: [],
    mObjects: new Map(),
    customObjectTypes: new Map(seed.customObjectTypes.map((type) => [type.name, type])),
    customObjects: new Map(seed.customObjectTypes.map((type) => [type.name, new Map()])),
    imports: [],
    channels: seed.channels,
    tags: seed.tags,
    nextId: FIRST_ID,
  };
  for (const name of seed.lists) addList(instance, name);
  for (const program of seed.programs) addProgramObject(instance, program);
  return instance;
}

/** Above every id of the seed, so that no test mistakes a lead for a campaign. */
const FIRST_ID = 1_000_001;

export function takeId(instance: Instance): number {
  const id = instance.nextId;
  instance.nextId += 1;
  return id;
}

export function addList(instance: Instance, name: string): StaticList {
  const list: StaticList = { id: takeId(instance), name, members: new Set() };
  instance.lists.set(name, list);
  return list;
}

function addProgramObject(instance: Instance, program: Seed['programs'][number]): void {
  instance.mObjects.set(program.id, {
    id: program.id,
    type: 'Program',
    externalKey: null,
    attributes: new Map([
      ['Name', program.name],
      ['Channel', program.channel],
    ]),
    associations: [],
    createdAt: 0,
    updatedAt: 0,
  });
}

export function logActivity(
  instance: Instance,
  activity: { leadId: number; at: number; type: string; asset: string },
  attributes: Readonly<Record<string, string>> = {},
): void {
  const id = instance.activities.length + 1;
  instance.activities.push({ id, ...activity, attributes: Object.entries(attributes) });
}
