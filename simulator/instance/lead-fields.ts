/** What a value of a field may look like; the words are those that both describes use. */
export type DataType =
  | 'string'
  | 'text'
  | 'email'
  | 'phone'
  | 'url'
  | 'integer'
  | 'float'
  | 'currency'
  | 'percent'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'reference';

/** One field of a lead, which either API may know by a name of its own, or not at all (docs/marketo-facts.md). */
export interface LeadField {
  readonly soap: string | null;
  readonly rest: string | null;
  readonly displayName: string;
  readonly dataType: DataType;
  readonly readOnly: boolean;
  /** Belongs to the lead's company: a write through the lead is refused, or passed over, over REST. */
  readonly ofCompany: boolean;
  /** A lead can be found by it over REST. */
  readonly searchable: boolean;
}

export interface LeadFields {
  readonly all: readonly LeadField[];
  readonly bySoapName: ReadonlyMap<string, LeadField>;
  readonly byRestName: ReadonlyMap<string, LeadField>;
}

export function leadFieldsOf(all: readonly LeadField[]): LeadFields {
  const under = (name: 'soap' | 'rest') =>
    new Map(all.flatMap((field) => (field[name] === null ? [] : [[field[name], field] as const])));
  return { all, bySoapName: under('soap'), byRestName: under('rest') };
}

/** The name under which a lead keeps the field's value: one place for both APIs. */
export function storedName(field: LeadField): string {
  return field.soap ?? field.rest ?? '';
}

type Exceptions = Partial<Omit<LeadField, 'soap' | 'dataType'>>;

/** A field by its SOAP name. REST's has a small first letter, and people read it in words, unless told. */
function field(soap: string, dataType: DataType = 'string', exceptions: Exceptions = {}): LeadField {
  return {
    soap,
    rest: soap.charAt(0).toLowerCase() + soap.slice(1),
    displayName: soap.replace(/([a-z])([A-Z])/g, '$1 $2'),
    dataType,
    readOnly: false,
    ofCompany: false,
    searchable: false,
    ...exceptions,
  };
}

const restOnly = (rest: string, displayName: string, dataType: DataType, exceptions: Exceptions = {}) => ({
  ...field(rest, dataType, { rest, displayName, ...exceptions }),
  soap: null,
});

const COMPANY = { ofCompany: true };
const READ_ONLY = { readOnly: true };
const SEARCHABLE = { searchable: true };

/** The standard fields that REST renamed among them, and some of one's own (docs/marketo-facts.md). */
export const DEFAULT_LEAD_FIELDS: readonly LeadField[] = [
  field('Email', 'email', { displayName: 'Email Address', ...SEARCHABLE }),
  field('FirstName'),
  field('LastName'),
  field('MiddleName'),
  field('Salutation'),
  field('Title', 'string', { displayName: 'Job Title' }),
  field('DateofBirth', 'date', { rest: 'dateOfBirth', displayName: 'Date of Birth' }),
  field('Gender'),
  field('Phone', 'phone', { displayName: 'Phone Number' }),
  field('MobilePhone', 'phone', { displayName: 'Mobile Phone Number' }),
  field('Fax', 'phone', { displayName: 'Fax Number' }),
  field('Address', 'text'),
  field('City'),
  field('State'),
  field('PostalCode'),
  field('Country'),
  field('Company', 'string', { displayName: 'Company Name', ...COMPANY }),
  field('MainPhone', 'phone', COMPANY),
  field('Site', 'string', COMPANY),
  field('Website', 'url', COMPANY),
  field('Industry', 'string', COMPANY),
  field('AnnualRevenue', 'currency', COMPANY),
  field('NumberOfEmployees', 'integer', { displayName: 'Num Employees', ...COMPANY }),
  field('SICCode', 'string', { rest: 'sicCode', displayName: 'SIC Code', ...COMPANY }),
  field('BillingCity', 'string', COMPANY),
  field('LeadSource'),
  field('LeadStatus'),
  field('LeadScore', 'integer'),
  field('Rating', 'string', { displayName: 'Lead Rating' }),
  field('Department'),
  field('DoNotCall', 'boolean'),
  field('Unsubscribed', 'boolean'),
  field('AnonymousIP', 'string', { rest: 'anonymousIP', displayName: 'Anonymous IP' }),
  field('LeadOwnerEmail', 'email', { rest: 'leadOwnerEmail', displayName: 'Lead Owner Email Address' }),
  field('SFDCAccountId', 'string', { rest: 'sfdcAccountId', displayName: 'SFDC Account Id', ...SEARCHABLE }),
  field('SFDCLeadOwnerId', 'string', {
    rest: 'sfdcLeadOwnerId',
    displayName: 'SFDC Lead Owner Id',
    ...SEARCHABLE,
  }),
  field('SFDCOpptyId', 'string', { rest: 'sfdcOpptyId', displayName: 'SFDC Oppty Id', ...SEARCHABLE }),
  field('OriginalSourceType', 'string', READ_ONLY),
  restOnly('sfdcLeadId', 'SFDC Lead Id', 'string', SEARCHABLE),
  restOnly('sfdcContactId', 'SFDC Contact Id', 'string', SEARCHABLE),
  restOnly('leadPartitionId', 'Lead Partition Id', 'integer', { ...READ_ONLY, ...SEARCHABLE }),
  restOnly('cookies', 'Cookies', 'string', { ...READ_ONLY, ...SEARCHABLE }),
  restOnly('createdAt', 'Created At', 'datetime', READ_ONLY),
  restOnly('updatedAt', 'Updated At', 'datetime', READ_ONLY),
  // One's own, under names that the two APIs do not derive from one another.
  field('Comments', 'text', { rest: 'Comments' }),
  field('Crm Person Key', 'string', { rest: 'crmPersonKey', displayName: 'CRM Person Key', ...SEARCHABLE }),
  field('Favourite Number', 'integer', {
    rest: 'favouriteNumber_c',
    displayName: 'Lucky Number',
    ...SEARCHABLE,
  }),
  // For tests of order: nothing in Marketo gives it a meaning.
  field('Seq', 'string', { rest: 'Seq', ...SEARCHABLE }),
];
