import type * as v from 'valibot';
import * as activity from './activity.ts';
import * as campaign from './campaign.ts';
import { type CheckedParams, checkParams } from './check-params.ts';
import * as customObject from './custom-object.ts';
import * as lead from './lead.ts';
import * as list from './list.ts';
import * as mobject from './mobject.ts';
import type { LeadReference } from './operation.ts';
import * as program from './program.ts';
import { childAt, type RecordFailures } from './record-outcome.ts';

/** The 23 operations of mktows 3_1 (facts: the WSDL's port type). */
export const OPERATION_NAMES = [
  'getLead',
  'getMultipleLeads',
  'getLeadActivity',
  'getLeadChanges',
  'syncLead',
  'syncMultipleLeads',
  'mergeLeads',
  'listOperation',
  'importToList',
  'getImportToListStatus',
  'getCampaignsForSource',
  'requestCampaign',
  'scheduleCampaign',
  'listMObjects',
  'describeMObject',
  'getMObjects',
  'syncMObjects',
  'deleteMObjects',
  'getCustomObjects',
  'syncCustomObjects',
  'deleteCustomObjects',
  'getChannels',
  'getTags',
] as const;

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

export function isOperationName(value: unknown): value is OperationName {
  return typeof value === 'string' && Object.hasOwn(OPERATIONS, value);
}

/**
 * Answers the params as they will be sent, or every problem there is. Checking the answer again gives the same answer.
 * Never throws, whatever the value.
 */
export function validateParams(operation: OperationName, params: unknown): CheckedParams {
  return checkParams(OPERATIONS[operation].params, params);
}

/** Whether a second run would do what the first did once more. Params that cannot be read count as unsafe. */
export function isUnsafe(operation: OperationName, params: unknown): boolean {
  return OPERATIONS[operation].isUnsafe(params);
}

/** Whether it changes nothing at Marketo. */
export function isRead(operation: OperationName, params: unknown): boolean {
  return OPERATIONS[operation].isRead(params);
}

/** Every lead the params name, by one key each: the one that Marketo would find it by. */
export function leadKeysOf(operation: OperationName, params: unknown): readonly LeadReference[] {
  return OPERATIONS[operation].leads(params);
}

/** How many records or keys the params carry, at least 1. */
export function itemCount(operation: OperationName, params: unknown): number {
  return OPERATIONS[operation].items(params);
}

/** The failure inside an answer that says success, or null. `result` is the answer's `result`, bare or still wrapped. */
export function recordFailures(
  operation: OperationName,
  params: unknown,
  result: unknown,
): RecordFailures | null {
  return OPERATIONS[operation].failures(params, payloadOf(result));
}

/** The params with the failed records alone, for a redrive; null if nothing failed or the whole must be sent again. */
export function failedOnly(operation: OperationName, params: unknown, result: unknown): unknown {
  return OPERATIONS[operation].failedOnly(params, payloadOf(result));
}

function payloadOf(result: unknown): unknown {
  return childAt(result, 'result') ?? result;
}

export function paramsElement(operation: OperationName): string {
  return `params${capitalised(operation)}`;
}

export function successElement(operation: OperationName): string {
  return `success${capitalised(operation)}`;
}

function capitalised(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Total deadline of one call, in ms. */
export function timeoutMs(operation: OperationName): number {
  return OPERATIONS[operation].timeoutMs;
}
