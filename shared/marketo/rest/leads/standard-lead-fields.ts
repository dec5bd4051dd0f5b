import { type LeadField, type LeadFields, leadFieldsOf } from './lead-fields.ts';

/** REST name, SOAP name (null: SOAP never had it), label where it is not the REST name in words, type where it is not a string. */
type Row = readonly [rest: string, soap: string | null, label?: string | null, dataType?: string];

const ROWS: readonly Row[] = [
  ['id', 'Id', null, 'integer'],
  ['email', 'Email', 'Email Address', 'email'],
  ['address', 'Address', null, 'text'],
  ['annualRevenue', 'AnnualRevenue', null, 'currency'],
  ['anonymousIP', 'AnonymousIP', 'Anonymous IP'],
  ['billingCity', 'BillingCity'],
  ['billingCountry', 'BillingCountry'],
  ['billingPostalCode', 'BillingPostalCode'],
  ['billingState', 'BillingState'],
  ['billingStreet', 'BillingStreet', 'Billing Address', 'text'],
  ['city', 'City'],
  ['company', 'Company', 'Company Name'],
  ['country', 'Country'],
  ['dateOfBirth', 'DateofBirth', 'Date of Birth', 'date'],
  ['department', 'Department'],
  ['doNotCall', 'DoNotCall', null, 'boolean'],
  ['doNotCallReason', 'DoNotCallReason', null, 'text'],
  ['fax', 'Fax', 'Fax Number', 'phone'],
  ['firstName', 'FirstName'],
  ['industry', 'Industry'],
  ['inferredCompany', 'InferredCompany'],
  ['inferredCountry', 'InferredCountry'],
  ['lastName', 'LastName'],
  ['leadRole', 'LeadRole', 'Role'],
  ['leadScore', 'LeadScore', null, 'integer'],
  ['leadSource', 'LeadSource'],
  ['leadStatus', 'LeadStatus'],
  ['mainPhone', 'MainPhone', null, 'phone'],
  ['jigsawContactId', 'Marketo Jigsaw Contact Id', 'Marketo Data.com ID'],
  ['jigsawContactStatus', 'Marketo Jigsaw Contact Status', 'Marketo Data.com Status'],
  ['middleName', 'MiddleName'],
  ['mobilePhone', 'MobilePhone', 'Mobile Phone Number', 'phone'],
  ['numberOfEmployees', 'NumberOfEmployees', 'Num Employees', 'integer'],
  ['phone', 'Phone', 'Phone Number', 'phone'],
  ['postalCode', 'PostalCode'],
  ['rating', 'Rating', 'Lead Rating'],
  ['salutation', 'Salutation'],
  ['sicCode', 'SICCode', 'SIC Code'],
  ['site', 'Site'],
  ['state', 'State'],
  ['title', 'Title', 'Job Title'],
  ['unsubscribed', 'Unsubscribed', null, 'boolean'],
  ['unsubscribedReason', 'UnsubscribedReason', null, 'text'],
  ['website', 'Website', null, 'url'],
  // Not in Adobe's list, but described by live instances with these SOAP names.
  ['emailInvalid', 'EmailInvalid', null, 'boolean'],
  ['emailInvalidCause', 'EmailInvalidCause'],
  ['personType', 'PersonType'],
  ['isLead', 'IsLead', null, 'boolean'],
  ['mktoCompanyNotes', 'MktoCompanyNotes', null, 'text'],
  ['mktoPersonNotes', 'MktoPersonNotes', null, 'text'],
  ['registrationSourceType', 'RegistrationSourceType'],
  ['registrationSourceInfo', 'RegistrationSourceInfo'],
  ['originalSourceType', 'OriginalSourceType'],
  ['originalSourceInfo', 'OriginalSourceInfo'],
  ['originalReferrer', 'OriginalReferrer'],
  ['originalSearchEngine', 'OriginalSearchEngine'],
  ['originalSearchPhrase', 'OriginalSearchPhrase'],
  ['leadPartitionId', 'Lead Partition ID', 'Lead Partition ID', 'integer'],
  ['acquisitionProgramId', 'Acquisition Program ID', 'Acquisition Program ID', 'integer'],
  ['contactCompany', 'Contact Company', null, 'integer'],
  ['leadPerson', 'Lead Person', null, 'integer'],
  ['personPrimaryLeadInterest', 'Person Primary Lead Interest', null, 'integer'],
  ['leadRevenueCycleModelId', 'Lead Revenue Cycle Model ID', 'Lead Revenue Cycle Model ID', 'integer'],
  ['leadRevenueStageId', 'Lead Revenue Stage ID', 'Lead Revenue Stage ID', 'integer'],
  ['createdAt', null, null, 'datetime'],
  ['updatedAt', null, null, 'datetime'],
  ['inferredCity', null],
  ['inferredStateRegion', null],
  ['inferredPostalCode', null],
  ['inferredMetropolitanArea', null],
  ['inferredPhoneAreaCode', null],
  ['isAnonymous', null, null, 'boolean'],
  ['priority', null, null, 'integer'],
  ['relativeScore', null, null, 'integer'],
  ['urgency', null, null, 'integer'],
  ['cookies', null],
  ['ecids', null, 'ECIDs'],
  ['externalCompanyId', null],
  ['externalSalesPersonId', null],
];

/** What Marketo fills in itself, as live instances describe it. */
const READ_ONLY =
  /^(?:original|inferred|id$|contactCompany$|leadPerson$|personPrimaryLeadInterest$|createdAt$|updatedAt$|ecids$)/;

const inWords = (rest: string): string =>
  rest.replace(/^[a-z]/, (letter) => letter.toUpperCase()).replace(/([a-z])([A-Z])/g, '$1 $2');

/** The fields that every instance has, by Adobe's list: where an instance cannot be asked for its own. */
export const STANDARD_LEAD_FIELDS: readonly LeadField[] = ROWS.map(
  ([rest, soap, label = null, dataType = 'string']) => ({
    rest,
    soap,
    displayName: label ?? inWords(rest),
    dataType,
    readOnly: READ_ONLY.test(rest),
  }),
);

let standard: LeadFields | null = null;

/** The same, to find a field in. Indexed when it is first asked for: most processes never do. */
export function standardFields(): LeadFields {
  standard ??= leadFieldsOf(STANDARD_LEAD_FIELDS);
  return standard;
}

const SOAP_NAMES: ReadonlyMap<string, string | null> = new Map(
  STANDARD_LEAD_FIELDS.map(({ rest, soap }) => [rest, soap]),
);

/** The SOAP name of a standard field, for descriptions that no longer say it. Null: SOAP never had it, or it is none of these. */
export const standardSoapName = (rest: string): string | null => SOAP_NAMES.get(rest) ?? null;

/** REST names of a lead's company: Marketo no longer lets a lead write them (1021), or ignores them. */
export const COMPANY_FIELDS: ReadonlySet<string> = new Set([
  'company',
  'site',
  'billingStreet',
  'billingCity',
  'billingState',
  'billingCountry',
  'billingPostalCode',
  'website',
  'mainPhone',
  'annualRevenue',
  'numberOfEmployees',
  'industry',
  'sicCode',
  'mktoCompanyNotes',
]);
