import { type LeadField, leadFieldsOf } from '../../shared/marketo/rest/leads/lead-fields.ts';

const field = (soap: string | null, rest: string, over: Partial<LeadField> = {}): LeadField => ({
  soap,
  rest,
  displayName: soap ?? rest,
  dataType: 'string',
  readOnly: false,
  ...over,
});

/** Fields of a small instance: standard ones, one of each kind that matters, and the field of foreign ids. */
export const STUB_FIELDS = leadFieldsOf([
  field('Id', 'id', { dataType: 'integer' }),
  field('Email', 'email', { dataType: 'email' }),
  field('LastName', 'lastName', { displayName: 'Last Name' }),
  field('FirstName', 'firstName', { displayName: 'First Name' }),
  field('LeadScore', 'leadScore', { dataType: 'integer' }),
  field('Unsubscribed', 'unsubscribed', { dataType: 'boolean' }),
  field('Met_At', 'metAt', { dataType: 'datetime' }),
  field('Company', 'company'),
  field('OriginalReferrer', 'originalReferrer', { readOnly: true }),
  field(null, 'updatedAt', { dataType: 'datetime', readOnly: true }),
  field('Foreign_Id', 'foreignId'),
]);

/** A directory that knows these fields and nothing else. */
export const STUB_DIRECTORY = { leadFields: async () => STUB_FIELDS };
