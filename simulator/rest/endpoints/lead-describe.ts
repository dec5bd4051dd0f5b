import type { LeadField } from '../../instance/lead-fields.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { paged } from '../page-token.ts';

const read = { method: 'GET', body: 'get', writes: false } as const;

export const leadDescribeEndpoints: readonly Endpoint[] = [
  { ...read, pattern: '/rest/v1/leads/describe.json', serve: describe },
  { ...read, pattern: '/rest/v1/leads/describe2.json', serve: describe2 },
  { ...read, pattern: '/rest/v1/leads/partitions.json', serve: partitions },
];

/** The types that have a length. */
const WITH_LENGTH: ReadonlySet<string> = new Set(['string', 'email', 'phone', 'url']);
const LENGTH = 255;

/** A name that one API does not have is left out, and not null (docs/marketo-facts.md). */
function describe({ instance }: RestCall): RestResult {
  const names = (rest: string | null, soap: string | null, readOnly: boolean) => ({
    ...(rest === null ? {} : { rest: { name: rest, readOnly } }),
    ...(soap === null ? {} : { soap: { name: soap, readOnly: false } }),
  });
  const id = { id: 1, displayName: 'Id', dataType: 'integer', ...names('id', 'Id', true) };
  const rows = instance.leadFields.all.map((field, index) => ({
    id: index + 2,
    displayName: field.displayName,
    dataType: field.dataType,
    ...lengthOf(field),
    ...names(field.rest, field.soap, field.readOnly),
  }));
  return rowsOf([id, ...rows]);
}

const lengthOf = ({ dataType }: LeadField) => (WITH_LENGTH.has(dataType) ? { length: LENGTH } : {});

function describe2({ instance }: RestCall): RestResult {
  const known = instance.leadFields.all.filter(({ rest }) => rest !== null);
  const searchable = known.filter((field) => field.searchable).map(({ rest }) => [rest]);
  const fields = known.map((field) => ({
    name: field.rest,
    displayName: field.displayName,
    dataType: field.dataType,
    ...lengthOf(field),
    updateable: !field.readOnly,
    crmManaged: false,
  }));
  const id = { name: 'id', displayName: 'Id', dataType: 'integer', updateable: false, crmManaged: false };
  return rowsOf([{ name: 'API Lead', searchableFields: [['id'], ...searchable], fields: [id, ...fields] }]);
}

function partitions(call: RestCall): RestResult {
  const rows = call.instance.partitions.map((name, index) => ({ id: index + 1, name, description: null }));
  return paged(call, rows, (row) => row);
}
