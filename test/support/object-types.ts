import type { Directory, ObjectField, ObjectType } from '../../shared/marketo/rest/directory/directory.ts';

const field = (name: string, displayName: string, dataType = 'string', readOnly = false): ObjectField => ({
  name,
  displayName,
  dataType,
  length: dataType === 'string' ? 255 : null,
  readOnly,
});

const OWN = [
  field('marketoGUID', 'Marketo GUID', 'string', true),
  field('createdAt', 'Created At', 'datetime', true),
  field('updatedAt', 'Updated At', 'datetime', true),
];

const base = { idField: 'marketoGUID', createdAt: null, updatedAt: null, leadField: null };

const ROAD_SHOW: ObjectType = {
  ...base,
  name: 'roadShow_c',
  displayName: 'RoadShow',
  dedupeFields: ['leadId', 'rid'],
  searchableFields: [['leadId', 'rid'], ['leadId'], ['marketoGUID']],
  fields: [
    ...OWN,
    field('leadId', 'Lead Id', 'integer'),
    field('rid', 'Ride'),
    field('city', 'City'),
    field('zip', 'Zip Code'),
    field('vip', 'VIP', 'boolean'),
  ],
  leadField: 'leadId',
};

export const CAR: ObjectType = {
  ...base,
  name: 'car_c',
  displayName: 'Car',
  dedupeFields: ['vin'],
  searchableFields: [['vin'], ['marketoGUID']],
  fields: [...OWN, field('vin', 'VIN'), field('color', 'Color'), field('year', 'Year', 'integer')],
};

export const OPPORTUNITY: ObjectType = {
  ...base,
  name: 'opportunity',
  displayName: 'Opportunity',
  dedupeFields: ['externalOpportunityId'],
  searchableFields: [['externalOpportunityId'], ['marketoGUID'], ['crmKey_c']],
  fields: [
    ...OWN,
    field('externalOpportunityId', 'External Opportunity Id'),
    field('name', 'Name'),
    field('amount', 'Amount', 'currency'),
    field('isClosed', 'Is Closed', 'boolean'),
    field('crmKey_c', 'CRM Key'),
  ],
};

export const ROLE: ObjectType = {
  ...base,
  name: 'opportunityRole',
  displayName: 'Opportunity Role',
  dedupeFields: ['externalOpportunityId', 'leadId', 'role'],
  searchableFields: [
    ['externalOpportunityId', 'leadId', 'role'],
    ['marketoGUID'],
    ['leadId'],
    ['externalOpportunityId'],
  ],
  fields: [
    ...OWN,
    field('externalOpportunityId', 'External Opportunity Id'),
    field('leadId', 'Lead Id', 'integer'),
    field('role', 'Role'),
    field('isPrimary', 'Is Primary', 'boolean'),
  ],
  leadField: 'leadId',
};

/** A directory of these types alone. */
export const OBJECT_TYPES: Partial<Directory> = {
  customObject: async (_, name) => (name === 'car_c' ? CAR : ROAD_SHOW),
  opportunity: async () => OPPORTUNITY,
  role: async () => ROLE,
};
