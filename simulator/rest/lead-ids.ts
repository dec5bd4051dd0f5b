import type { Lead } from '../instance/instance.ts';
import type { LeadMention } from '../witness.ts';
import type { RestCall } from './endpoint.ts';
import { isObject, recordsIn } from './json.ts';
import { mention } from './lead-mention.ts';
import { integer, listParameter } from './query.ts';
import { RestError } from './rest-error.ts';

type Asked = Pick<RestCall, 'request'>;

/** An id in a body is a number, and no text of one. */
export function idMember(record: unknown): number {
  const id = isObject(record) ? record['id'] : undefined;
  if (id === undefined || id === null) throw new RestError(1003, 'Lead id is not specified');
  if (typeof id !== 'number') throw new RestError(1001, `Invalid value '${id}'. Required of type 'Integer'`);
  return integer(String(id));
}

/** The ids of a list call: `id=1,2`, or `input` of `{id}`. */
export function leadIds(call: Asked, most: number): number[] {
  const inQuery = listParameter(call, 'id').map(integer);
  const ids = inQuery.length > 0 ? inQuery : recordsIn(call).map(idMember);
  if (ids.length === 0) throw new RestError(1003, 'Lead ids not specified');
  if (ids.length > most) throw new RestError(1003, `More than ${most} leads`);
  return ids;
}

/** What the books see of such a call. */
export function idsMentioned(call: Asked): LeadMention[] {
  const inBody = recordsIn(call).flatMap(({ id }) => (id === undefined ? [] : [String(id)]));
  return [...listParameter(call, 'id'), ...inBody].map((id) => mention('id', id));
}

export function requireLeadById({ instance }: Pick<RestCall, 'instance'>, id: number): Lead {
  const lead = instance.leads.get(id);
  if (lead === undefined) throw new RestError(1004, `Lead '${id}' not found`);
  return lead;
}
