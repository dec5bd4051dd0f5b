import type { Instance, Lead } from '../../instance/instance.ts';
import type { LeadField } from '../../instance/lead-fields.ts';
import { leadsByField } from '../../instance/leads-by-field.ts';
import { type Endpoint, type RestCall, type RestResult, rowsOf } from '../endpoint.ts';
import { mention } from '../lead-mention.ts';
import { paged } from '../page-token.ts';
import { integer, listParameter, parameter, requiredParameter } from '../query.ts';
import { RestError } from '../rest-error.ts';
import { leadView } from '../rest-lead.ts';

export const leadReadEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    pattern: '/rest/v1/leads.json',
    body: 'get',
    writes: false,
    serve: leadsByFilter,
    leads: (call) => {
      const type = parameter(call, 'filterType') ?? '';
      return listParameter(call, 'filterValues').map((value) => mention(type, value));
    },
  },
  {
    method: 'GET',
    pattern: '/rest/v1/lead/{id}.json',
    body: 'get',
    writes: false,
    serve: leadById,
    leads: ({ path }) => [mention('id', path['id'])],
  },
];

/** Of one request, and of the leads that all its values find (docs/marketo-facts.md). */
const MOST_FILTER_VALUES = 300;
const MOST_MATCHES = 1000;

function leadsByFilter(call: RestCall): RestResult {
  const type = requiredParameter(call, 'filterType');
  const values = listParameter(call, 'filterValues');
  if (values.length === 0) throw new RestError(1003, 'filterValues not specified');
  if (values.length > MOST_FILTER_VALUES)
    throw new RestError(1003, `filterValues has more than ${MOST_FILTER_VALUES} values`);
  const field = filterField(call.instance, type);
  if (field === 'id') for (const value of values) integer(value);
  const found = new Set(values.flatMap((value) => leadsByField(call.instance, field, value)));
  if (found.size > MOST_MATCHES) throw new RestError(1003, 'Too many results match the filter');
  return paged(call, inOrder(found), leadView(call));
}

/** Rows come as they are found, by id, and not as they were asked for. */
const inOrder = (leads: Iterable<Lead>): Lead[] => [...leads].toSorted((one, other) => one.id - other.id);

function filterField(instance: Instance, type: string): LeadField | 'id' {
  if (type === 'id') return 'id';
  const field = instance.leadFields.byRestName.get(type);
  if (field === undefined) throw new RestError(1003, `Invalid filterType: ${type}`);
  if (!field.searchable) throw new RestError(1011, `Field '${type}' is not supported as a filterType`);
  return field;
}

/** What Marketo says of an id that is no lead's is not documented; here it is the lead that is missing. */
function leadById(call: RestCall): RestResult {
  const id = integer(call.path['id'] ?? '');
  const show = leadView(call);
  const lead = call.instance.leads.get(id);
  if (lead === undefined) throw new RestError(1004, `Lead '${id}' not found`);
  return rowsOf([show(lead)]);
}
