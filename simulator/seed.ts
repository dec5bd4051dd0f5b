export interface ObjectType {
  readonly name: string;
  readonly keys: readonly string[];
  readonly attributes: readonly string[];
}

/** What a fresh instance knows. Leads are made by calls only. */
export interface Seed {
  readonly workspaces: readonly string[];
  readonly leadFields: readonly string[];
  readonly lists: readonly string[];
  readonly programs: readonly { readonly id: number; readonly name: string; readonly channel: string }[];
  readonly campaigns: readonly {
    readonly id: number;
    readonly name: string;
    readonly description: string;
    readonly program: string;
  }[];
  readonly customObjectTypes: readonly ObjectType[];
  readonly channels: readonly { readonly name: string; readonly statuses: readonly string[] }[];
  readonly tags: readonly { readonly type: string; readonly values: readonly string[] }[];
}

const campaign = (id: number, name: string, program: string) => ({
  id,
  name,
  description: `${name} of ${program}`,
  program,
});

export const DEFAULT_SEED: Seed = {
  workspaces: ['Default', 'Europe'],
  leadFields: [
    ...['Email', 'FirstName', 'LastName', 'MiddleName', 'Salutation', 'Title', 'DateofBirth', 'Gender'],
    ...['Phone', 'MobilePhone', 'Fax', 'Address', 'City', 'State', 'PostalCode', 'Country'],
    ...['Company', 'MainPhone', 'Site', 'Website', 'Industry', 'AnnualRevenue', 'NumberOfEmployees'],
    ...['LeadSource', 'LeadStatus', 'LeadScore', 'Rating', 'Department', 'DoNotCall', 'Unsubscribed'],
    ...['LeadOwnerEmail', 'SFDCAccountId', 'SFDCLeadOwnerId', 'SFDCOpptyId', 'Comments'],
    // For tests of order: nothing in Marketo gives it a meaning.
    'Seq',
  ],
  lists: ['Demo List', 'Newsletter', 'Customers'],
  programs: [
    { id: 2001, name: 'Demo Program', channel: 'Email Blast' },
    { id: 2002, name: 'Webinar', channel: 'Webinar' },
  ],
  campaigns: [
    campaign(1001, 'Welcome', 'Demo Program'),
    campaign(1002, 'Follow Up', 'Demo Program'),
    campaign(1003, 'Invitation', 'Webinar'),
    campaign(1004, 'Reminder', 'Webinar'),
  ],
  customObjectTypes: [
    { name: 'car_c', keys: ['vin'], attributes: ['make', 'model', 'year', 'color', 'ownerEmail'] },
    { name: 'RoadShow', keys: ['MKTOID', 'rid'], attributes: ['city', 'zip', 'attendees'] },
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
