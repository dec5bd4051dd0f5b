import { DEFAULT_LEAD_FIELDS, type LeadField } from './lead-fields.ts';

export interface ObjectType {
  /** What SOAP calls it. */
  readonly name: string;
  readonly apiName: string;
  readonly displayName: string;
  readonly keys: readonly string[];
  readonly attributes: readonly string[];
  /** The fields, keys among them, that are numbers. */
  readonly integers: readonly string[];
  /** The key field that holds the id of a lead: SOAP calls it `MKTOID`, REST `leadId`. */
  readonly leadKey: string | null;
}

/** What a fresh instance knows. Leads are made by calls only. */
export interface Seed {
  readonly workspaces: readonly string[];
  /** The first one is where a lead is made that nobody names a partition for. */
  readonly partitions: readonly string[];
  /** What Marketo does with them over REST is not documented: refuse (1021) or pass over without a word. */
  readonly companyFields: 'refused' | 'ignored';
  /** How long an import over REST waits and how long it then runs. */
  readonly importMs: { readonly queued: number; readonly importing: number };
  readonly leadFields: readonly LeadField[];
  /** `program` is null for a list of the whole subscription. Names repeat across programs. */
  readonly lists: readonly { readonly name: string; readonly program: string | null }[];
  readonly programs: readonly { readonly id: number; readonly name: string; readonly channel: string }[];
  readonly campaigns: readonly {
    readonly id: number;
    readonly name: string;
    readonly description: string;
    readonly program: string;
    /** A trigger campaign is requested, a batch campaign is scheduled. */
    readonly type: 'trigger' | 'batch';
    readonly active: boolean;
  }[];
  readonly customObjectTypes: readonly ObjectType[];
  readonly channels: readonly { readonly name: string; readonly statuses: readonly string[] }[];
  readonly tags: readonly { readonly type: string; readonly values: readonly string[] }[];
}

type SeedCampaign = Seed['campaigns'][number];

function campaign(
  id: number,
  name: string,
  program: string,
  type: SeedCampaign['type'] = 'trigger',
): SeedCampaign {
  return { id, name, description: `${name} of ${program}`, program, type, active: type === 'trigger' };
}

const list = (name: string, program: string | null = null) => ({ name, program });

export const DEFAULT_SEED: Seed = {
  workspaces: ['Default', 'Europe'],
  partitions: ['Default', 'Europe'],
  companyFields: 'ignored',
  importMs: { queued: 1_000, importing: 2_000 },
  leadFields: DEFAULT_LEAD_FIELDS,
  lists: [list('Demo List'), list('Newsletter'), list('Customers'), list('Attendees', 'Webinar')],
  programs: [
    { id: 2001, name: 'Demo Program', channel: 'Email Blast' },
    { id: 2002, name: 'Webinar', channel: 'Webinar' },
  ],
  campaigns: [
    campaign(1001, 'Welcome', 'Demo Program'),
    campaign(1002, 'Follow Up', 'Demo Program'),
    campaign(1003, 'Invitation', 'Webinar'),
    campaign(1004, 'Reminder', 'Webinar', 'batch'),
  ],
  customObjectTypes: [
    {
      name: 'car_c',
      apiName: 'car_c',
      displayName: 'Car',
      keys: ['vin'],
      attributes: ['make', 'model', 'year', 'color', 'ownerEmail'],
      integers: ['year'],
      leadKey: null,
    },
    {
      name: 'RoadShow',
      apiName: 'roadShow_c',
      displayName: 'RoadShow',
      keys: ['MKTOID', 'rid'],
      attributes: ['city', 'zip', 'attendees'],
      integers: ['MKTOID', 'attendees'],
      leadKey: 'MKTOID',
    },
  ],
  channels: [
    { name: 'Email Blast', statuses: ['Not in Program', 'Member', 'Clicked'] },
    { name: 'Webinar', statuses: ['Not in Program', 'Invited', 'Registered', 'Attended'] },
  ],
  tags: [
    { type: 'Channel', values: ['Email Blast', 'Webinar'] },
    { type: 'Region', values: ['Americas', 'EMEA'] },
  ],
};
