import type { LeadReference } from '../marketo/operations/operation.ts';
import { leadKeysOf, type OperationInput } from '../marketo/operations/registry.ts';
import type { JobFields } from './job.ts';
import { orderingKeyOf } from './ordering-key.ts';

/**
 * The names under which no two calls may be under way at once: the ordering key, and where a sender chose that itself, the leads
 * that the job names, by the values Marketo tells them apart by. Two writes of a new lead at once make two leads of it.
 */
export function turnKeysOf(job: Pick<JobFields, 'id' | 'orderingKey'> & OperationInput): readonly string[] {
  const key = orderingKeyOf(job);
  const leads = leadKeysOf(job);
  const names = leads.map(nameOf);
  const isDerived = job.orderingKey === undefined;
  // A job on many leads has a key of its own and no order with others.
  if (isDerived && leads.length !== 1) return [key];
  return [...new Set(isDerived ? names : [key, ...names])];
}

const SALESFORCE_TYPE = /^SFDC/;
const LONG_ID = 18;
const SHORT_ID = 15;

/** A Salesforce id of 18 characters is one of 15 with its checksum: one lead, though two ordering keys. */
const nameOf = ({ type, value }: LeadReference): string =>
  `lead:${type}:${SALESFORCE_TYPE.test(type) && value.length === LONG_ID ? value.slice(0, SHORT_ID) : value}`;
