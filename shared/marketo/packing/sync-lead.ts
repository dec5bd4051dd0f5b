import { isObject } from '../../kernel/is-object.ts';
import { recordReference } from '../operations/lead-reference.ts';
import type { CheckedParamsOf } from '../operations/registry.ts';
import type { LeadRecordParams } from '../operations/types.ts';
import type { RecordOutcome } from '../transport.ts';
import { failureIn, payloadsAt } from './answers.ts';
import type { Own, Packing } from './freight.ts';
import { bytesOf, identity } from './identity.ts';

type Params = CheckedParamsOf<'syncLead'>;

/** `syncLead` into `syncMultipleLeads`, by Id or by Email. */
export const syncLead: Packing<'syncLead'> = {
  freightOf(params, { workspace, bounds }) {
    const keyType = sharedKeyType(params);
    if (keyType === null || (workspace !== null && !bounds.workspaces)) return null;
    return {
      lane: keyType,
      records: 1,
      bytes: bytesOf(params.leadRecord),
      values: valuesOf(params.leadRecord),
      room: { records: bounds.leadRecords, bytes: bounds.bytes },
    };
  },

  packed: (params) => ({
    operation: 'syncMultipleLeads',
    params: {
      leadRecordList: { leadRecord: params.map(({ leadRecord }) => leadRecord) },
      // As a lead alone is written: what is there is updated.
      dedupEnabled: true,
    },
  }),

  unpacked(params, { result, records, inOrder }) {
    const statuses = payloadsAt(result, 'syncStatusList', 'syncStatus');
    if (!inOrder || statuses.length !== params.length || records.length !== params.length) return null;
    if (isOfOthers(params, statuses)) return null;
    return records.map((record, index) => ownOf(record, statuses[index]));
  },
};

/**
 * Null where a batch treats the record otherwise: Id and Email together, of which a batch does not write the Email
 * (docs/marketo-facts.md 7.8); a foreign id, which each transport finds in its own way; a cookie; and where the lead is to be shown.
 */
function sharedKeyType({ leadRecord, returnLead, marketoCookie, moveCookie }: Params): string | null {
  const { Id: id, Email: email, ForeignSysPersonId: foreignId, ForeignSysType: foreignType } = leadRecord;
  if (returnLead || marketoCookie !== undefined || moveCookie !== undefined) return null;
  if (foreignId !== undefined || foreignType !== undefined) return null;
  if (id !== undefined && email !== undefined) return null;
  return recordReference(leadRecord)?.type ?? null;
}

/** Its key, and what its attributes would make of its keys. */
function valuesOf(record: LeadRecordParams): readonly string[] {
  const reference = recordReference(record);
  const named = (record.leadAttributeList?.attribute ?? []).flatMap(({ attrName, attrValue }) => {
    const kind = KEY_ATTRIBUTES.get(attrName.trim().toLowerCase());
    return kind === undefined || attrValue.trim() === '' ? [] : [identity(kind, attrValue)];
  });
  return [...new Set([...(reference === null ? [] : [identity(reference.type, reference.value)]), ...named])];
}

const KEY_ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['id', 'IDNUM'],
  ['email', 'EMAIL'],
]);

/** Whether a status names the lead that another record of the call gives by its Id. */
function isOfOthers(params: readonly Params[], statuses: readonly unknown[]): boolean {
  const ids = params.map(({ leadRecord }) => leadRecord.Id);
  const known = new Set(ids);
  return statuses.some((status, index) => {
    const leadId = isObject(status) ? Number(status['leadId']) : 0;
    return leadId !== ids[index] && known.has(leadId);
  });
}

/** SOAP says of a failed record only words: its fault with its code it gets alone. */
function ownOf(record: RecordOutcome, status: unknown): Own {
  const failure = failureIn([record]);
  if (failure !== null) return failure;
  if (!record.ok && record.code === null) return { kind: 'again-alone', message: record.message };
  const leadId = isObject(status) ? status['leadId'] : undefined;
  return {
    kind: 'answered',
    result: { result: { leadId, syncStatus: status } },
    records: [record],
    inOrder: true,
  };
}
