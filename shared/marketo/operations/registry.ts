import type * as v from 'valibot';
import * as activity from './activity.ts';
import * as campaign from './campaign.ts';
import { checkParams, type Problem } from './check-params.ts';
import * as customObject from './custom-object.ts';
import * as lead from './lead.ts';
import * as list from './list.ts';
import * as mobject from './mobject.ts';
import type { LeadReference, Operation } from './operation.ts';
import type { OPERATION_NAMES } from './operation-names.ts';
import * as program from './program.ts';
import type { Schema } from './xsd.ts';

export type OperationName = (typeof OPERATION_NAMES)[number];

/** Everything known about each operation; validation, types, WSDL and JSON Schema all come from here. */
export const OPERATIONS = {
  getLead: lead.getLead,
  getMultipleLeads: lead.getMultipleLeads,
  getLeadActivity: activity.getLeadActivity,
  getLeadChanges: activity.getLeadChanges,
  syncLead: lead.syncLead,
  syncMultipleLeads: lead.syncMultipleLeads,
  mergeLeads: lead.mergeLeads,
  listOperation: list.listOperation,
  importToList: list.importToList,
  getImportToListStatus: list.getImportToListStatus,
  getCampaignsForSource: campaign.getCampaignsForSource,
  requestCampaign: campaign.requestCampaign,
  scheduleCampaign: campaign.scheduleCampaign,
  listMObjects: mobject.listMObjects,
  describeMObject: mobject.describeMObject,
  getMObjects: mobject.getMObjects,
  syncMObjects: mobject.syncMObjects,
  deleteMObjects: mobject.deleteMObjects,
  getCustomObjects: customObject.getCustomObjects,
  syncCustomObjects: customObject.syncCustomObjects,
  deleteCustomObjects: customObject.deleteCustomObjects,
  getChannels: program.getChannels,
  getTags: program.getTags,
} as const satisfies Record<OperationName, unknown>;

/** What a sender passes as `params`, by operation. */
export type OperationParams = {
  readonly [O in OperationName]: v.InferInput<(typeof OPERATIONS)[O]['params']>;
};

export type ParamsOf<O extends OperationName> = OperationParams[O];

/** Params as `validateParams` answers them: children in schema order, repeated elements always lists. */
export type CheckedParamsOf<O extends OperationName> = v.InferOutput<(typeof OPERATIONS)[O]['params']>;

/** An operation with its own params, checked. */
export type OperationInput = {
  readonly [O in OperationName]: { readonly operation: O; readonly params: CheckedParamsOf<O> };
}[OperationName];

export function isOperationName(value: unknown): value is OperationName {
  return typeof value === 'string' && Object.hasOwn(OPERATIONS, value);
}

export type Validated =
  | { readonly kind: 'valid'; readonly input: OperationInput }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/**
 * Answers the params as they will be sent, or every problem there is. Checking the answer again gives the same answer.
 * Never throws, whatever the value.
 */
export function validateParams(operation: OperationName, params: unknown): Validated {
  const checked = checkParams(OPERATIONS[operation].params, params);
  if (checked.kind === 'invalid') return checked;
  return { kind: 'valid', input: paired(operation, checked.params) };
}

/** The pair alone, out of what carries it. */
export const inputOf = ({ operation, params }: OperationInput): OperationInput => paired(operation, params);

/** Only for params that the schema of this very operation has checked: TypeScript cannot follow the two by one name. */
const paired = (operation: OperationName, params: unknown): OperationInput =>
  ({ operation, params }) as OperationInput;

/** Whether a second run would do what the first did once more. */
export const isUnsafe = (input: OperationInput): boolean => rowOf(input).isUnsafe(input.params);

/** Whether it changes nothing at Marketo. */
export const isRead = (input: OperationInput): boolean => rowOf(input).isRead(input.params);

/** Every lead the params name, by one key each: the one that Marketo would find it by. */
export const leadKeysOf = (input: OperationInput): readonly LeadReference[] =>
  rowOf(input).leads(input.params);

/** The params with the records of these positions alone; null if they cannot be taken apart. */
export function paramsWithOnly(input: OperationInput, positions: ReadonlySet<number>): unknown {
  const { records } = rowOf(input);
  if (records === null) return null;
  const kept = records.of(input.params).filter((_, position) => positions.has(position));
  return records.put(input.params, kept);
}

/** The row of the params' own operation: that they fit each other is what `OperationInput` says. */
const rowOf = ({ operation }: OperationInput): Operation<Schema, unknown> => OPERATIONS[operation];

/** Total deadline of one call, in ms. */
export function timeoutMs(operation: OperationName): number {
  return OPERATIONS[operation].timeoutMs;
}
