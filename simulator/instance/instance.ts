import { type LeadFields, leadFieldsOf } from './lead-fields.ts';
import type { LeadRecord, Lookup } from './lead-record.ts';
import type { Seed } from './seed.ts';

export interface Lead {
  readonly id: number;
  email: string | null;
  foreignSysType: string | null;
  foreignSysPersonId: string | null;
  readonly cookies: Set<string>;
  /** Name of the lead partition; over SOAP nobody names one. */
  readonly partition: string;
  /** By the stored name of the field; the e-mail address is not among them. */
  readonly attributes: Map<string, string>;
  readonly createdAt: number;
  updatedAt: number;
}

export interface StaticList {
  readonly id: number;
  readonly name: string;
  readonly program: string | null;
  readonly members: Set<number>;
}

export type Campaign = Seed['campaigns'][number];

/** One lead that went through the flow of one campaign once. */
export interface CampaignSend {
  readonly campaignId: number;
  readonly leadId: number;
  /** The key the caller knew the lead by: `EMAIL:a@example.com`. REST knows ids only: there it is the address, if the lead has one. */
  readonly leadKey: string;
  readonly at: number;
}

interface ScheduledRun {
  readonly campaignId: number;
  readonly program: string;
  readonly runAt: number;
  readonly requestedAt: number;
}

export interface ProgramDetails {
  costs: readonly { readonly startDate: string; readonly cost: number; readonly note: string | null }[];
  tags: readonly { readonly tagType: string; readonly tagValue: string }[];
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

/** A row of an import as it stood in the file: what to write, or why it cannot be. */
export type ImportRow =
  | { readonly kind: 'lead'; readonly raw: string; readonly lookup: Lookup; readonly record: LeadRecord }
  | { readonly kind: 'bad'; readonly raw: string; readonly reason: string };

/** An import that is under way until `endsAt`, and whose rows are written then. */
export interface ImportBatch {
  readonly id: number;
  readonly listId: number | null;
  readonly partition: string | null;
  /** First row of the file, and what stands between its cells. */
  readonly header: string;
  readonly separator: string;
  readonly rows: readonly ImportRow[];
  readonly startsAt: number;
  readonly endsAt: number;
  /** Null until the rows are written. */
  outcome: {
    readonly imported: number;
    readonly failures: readonly { readonly raw: string; readonly reason: string }[];
  } | null;
}

export interface CustomObject {
  /** By SOAP name, the key fields among them. */
  readonly values: ReadonlyMap<string, string>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One Marketo subscription. Verbs change it; the same verbs at the same times give the same instance again. */
export interface Instance {
  readonly leadFields: LeadFields;
  readonly workspaces: ReadonlySet<string>;
  /** Names; a partition's id is its place, from 1. */
  readonly partitions: readonly string[];
  /** Whether a write of a company field through a lead is refused, or passed over. */
  readonly companyFields: Seed['companyFields'];
  readonly leads: Map<number, Lead>;
  /** `EMAIL:a@example.com`, `FOREIGN:SFDC:7`, `COOKIE:…` -> lead ids. Email is not a unique key. */
  readonly leadIndex: Map<string, Set<number>>;
  /** By id. */
  readonly lists: Map<number, StaticList>;
  readonly campaigns: readonly Campaign[];
  readonly sends: CampaignSend[];
  readonly scheduledRuns: ScheduledRun[];
  readonly programs: Map<string, Seed['programs'][number]>;
  /** Period costs and tags, by program id. */
  readonly programDetails: Map<number, ProgramDetails>;
  readonly activities: Activity[];
  readonly mObjects: Map<number, MObject>;
  readonly customObjectTypes: ReadonlyMap<string, Seed['customObjectTypes'][number]>;
  readonly customObjects: Map<string, Map<string, CustomObject>>;
  /** What SOAP imported. */
  readonly imports: ImportJob[];
  /** What REST imports, by batch id. */
  readonly batches: Map<number, ImportBatch>;
  readonly importMs: Seed['importMs'];
  readonly channels: Seed['channels'];
  readonly tags: Seed['tags'];
  nextId: number;
}

export function createInstance(seed: Seed): Instance {
  const instance: Instance = {
    leadFields: leadFieldsOf(seed.leadFields),
    workspaces: new Set(seed.workspaces),
    partitions: seed.partitions,
    companyFields: seed.companyFields,
    leads: new Map(),
    leadIndex: new Map(),
    lists: new Map(),
    campaigns: seed.campaigns,
    sends: [],
    scheduledRuns: [],
    programs: new Map(seed.programs.map((program) => [program.name, program])),
    programDetails: new Map(),
    activities: [],
    mObjects: new Map(),
    customObjectTypes: new Map(seed.customObjectTypes.map((type) => [type.name, type])),
    customObjects: new Map(seed.customObjectTypes.map((type) => [type.name, new Map()])),
    imports: [],
    batches: new Map(),
    importMs: seed.importMs,
    channels: seed.channels,
    tags: seed.tags,
    nextId: FIRST_ID,
  };
  for (const { name, program } of seed.lists) addList(instance, name, program);
  for (const program of seed.programs) addProgramObject(instance, program, 0);
  return instance;
}

/** Above every id of the seed, so that no test mistakes a lead for a campaign. */
const FIRST_ID = 1_000_001;

export function takeId(instance: Instance): number {
  const id = instance.nextId;
  instance.nextId += 1;
  return id;
}

export function addList(instance: Instance, name: string, program: string | null): StaticList {
  const list: StaticList = { id: takeId(instance), name, program, members: new Set() };
  instance.lists.set(list.id, list);
  return list;
}

/** A program as the object that both APIs read. */
export function addProgramObject(instance: Instance, program: Seed['programs'][number], now: number): void {
  instance.mObjects.set(program.id, {
    id: program.id,
    type: 'Program',
    externalKey: null,
    attributes: new Map([
      ['Name', program.name],
      ['Channel', program.channel],
    ]),
    associations: [],
    createdAt: now,
    updatedAt: now,
  });
  instance.programDetails.set(program.id, { costs: [], tags: [] });
}

export function logActivity(
  instance: Instance,
  activity: { leadId: number; at: number; type: string; asset: string },
  attributes: Readonly<Record<string, string>> = {},
): void {
  const id = instance.activities.length + 1;
  instance.activities.push({ id, ...activity, attributes: Object.entries(attributes) });
}
