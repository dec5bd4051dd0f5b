import { isObject } from '../../../kernel/is-object.ts';
import type { Fault } from '../../faults/fault.ts';
import { recordReference } from '../../operations/lead-reference.ts';
import { isGiven, type LeadRecordParams } from '../../operations/types.ts';
import type { RecordOutcome } from '../../transport.ts';
import type { Request } from '../call/asking.ts';
import type { RestReply } from '../call/read-reply.ts';
import { reasonsOf } from '../call/reasons.ts';
import type { RestSettings } from '../call/settings.ts';
import { foreignFieldOf, type RestValues } from './lead-attributes.ts';

/** How Sync Leads treats all records of a request. */
export interface LeadWrite {
  readonly action: 'createOrUpdate' | 'createOnly' | 'updateOnly' | 'createDuplicate';
  /** The REST name of the field that finds the leads; null: none does. */
  readonly lookupField: string | null;
}

/** One record, ready to be sent. */
export interface PlannedLead extends LeadWrite {
  /** What its lead is found by, in one spelling; empty: nothing. */
  readonly key: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What became of one record. `id` is null where Marketo names none, and `message` is empty where it is done. */
export interface SyncedLead {
  readonly id: number | null;
  readonly status: 'CREATED' | 'UPDATED' | 'FAILED';
  readonly code: number | null;
  readonly message: string;
  /** What a call of this record alone would have met, where it was not sent. */
  readonly fault?: Fault;
  /** Its failure is that of a request with others in it. */
  readonly ofRequest?: true;
}

/**
 * The record as its key has it: by Id, by the field of its foreign id, or by Email. Null: it has no key.
 * `emailBeside`: whether an Email that is not the key is written, as syncLead does and syncMultipleLeads does not.
 */
export function planLead(
  record: LeadRecordParams,
  attributes: RestValues,
  settings: RestSettings,
  emailBeside: boolean,
): PlannedLead | null {
  const reference = recordReference(record);
  if (reference === null) return null;
  const email = isGiven(record.Email) ? record.Email.trim() : null;
  const named = Object.fromEntries(attributes);
  const values = email === null || !emailBeside ? named : { email, ...named };
  if (record.Id !== undefined) return byId(record.Id, values);
  const foreignField = foreignFieldOf(record, settings);
  if (reference.type !== 'EMAIL' && foreignField !== null) {
    const key = reference.value.toLowerCase();
    return { action: 'createOrUpdate', lookupField: foreignField, key, values };
  }
  return {
    action: 'createOrUpdate',
    lookupField: 'email',
    key: reference.value,
    values: { email, ...named },
  };
}

export const byId = (id: number, values: Readonly<Record<string, unknown>>): PlannedLead => ({
  action: 'updateOnly',
  lookupField: 'id',
  key: String(id),
  values: { id, ...values },
});

/** `partitionName` is left out of an update by id, where Marketo does not take it. */
export function syncRequest(
  { action, lookupField }: LeadWrite,
  leads: readonly PlannedLead[],
  partitionName: string | undefined,
  over: Pick<Request, 'announces' | 'step'> = {},
): Request {
  return {
    endpoint: 'syncLeads',
    json: {
      action,
      ...(lookupField === null ? {} : { lookupField }),
      ...(partitionName === undefined || action === 'updateOnly' ? {} : { partitionName }),
      input: leads.map(({ values }) => values),
    },
    isReply: (reply) => syncProblem(reply, leads.length),
    ...over,
  };
}

function syncProblem({ result }: RestReply, count: number): string | null {
  if (result.length !== count) return `it has ${result.length} rows for ${count} records`;
  return result.every((row) => syncedOf(row) !== null)
    ? null
    : 'a row does not say what became of its record';
}

/** In the order of the request's records. */
export const syncedLeads = ({ result }: RestReply): readonly SyncedLead[] =>
  result.map((row) => syncedOf(row) ?? failedLead(null, 'the answer does not say what became of it'));

const WRITTEN: ReadonlyMap<unknown, 'CREATED' | 'UPDATED'> = new Map([
  ['created', 'CREATED'],
  ['updated', 'UPDATED'],
]);

function syncedOf(row: unknown): SyncedLead | null {
  if (!isObject(row)) return null;
  const id = Number.isSafeInteger(row['id']) && Number(row['id']) > 0 ? Number(row['id']) : null;
  if (row['status'] === 'skipped') return { id, status: 'FAILED', ...reasonsOf(row) };
  const status = WRITTEN.get(row['status']);
  return status === undefined || id === null ? null : { id, status, code: null, message: '' };
}

export const failedLead = (code: number | null, message: string): SyncedLead => ({
  id: null,
  status: 'FAILED',
  code,
  message,
});

/** SOAP's `syncStatus`. */
export const syncStatusOf = ({ id, status, message }: SyncedLead) => ({
  leadId: id ?? 0,
  status,
  ...(status === 'FAILED' ? { error: message } : {}),
});

export const outcomeOf = (synced: SyncedLead): RecordOutcome => ({
  ok: synced.status !== 'FAILED',
  code: synced.code,
  message: synced.message,
  result: syncStatusOf(synced),
  ...(synced.fault === undefined ? {} : { fault: synced.fault }),
  ...(synced.ofRequest === undefined ? {} : { ofRequest: synced.ofRequest }),
});
