import { isObject } from '../../kernel/is-object.ts';
import type { RecordOutcome } from '../transport.ts';
import { failureIn, partsOf, payloadAt, payloadsAt } from './answers.ts';
import type { Own, Packing } from './freight.ts';
import { bytesOf } from './identity.ts';
import { keyIdentity, sharedKeyTypeOf } from './lead-keys.ts';

/** Of one list and one action; the leads of all by one type of key. */
export const listOperation: Packing<'listOperation'> = {
  freightOf(params, { bounds, workspace }) {
    const { listOperation: wanted, listKey, listMemberList, strict = false } = params;
    const keys = listMemberList.leadKey;
    const keyType = sharedKeyTypeOf(keys);
    if (keyType === null || workspace !== null || listKey.keyType !== 'MKTOLISTNAME') return null;
    // Only `success` answers it then: whether all of them are members.
    if (strict && wanted === 'ISMEMBEROFLIST') return null;
    return {
      lane: JSON.stringify([wanted, listKey.keyValue, strict, keyType]),
      records: keys.length,
      bytes: bytesOf(keys),
      values: keys.map(keyIdentity),
      room: { records: bounds.listMembers, bytes: bounds.bytes },
    };
  },

  // Those of one lane have all but their members in common.
  packed: ([first, ...others]) => ({
    operation: 'listOperation',
    params: {
      ...first,
      listMemberList: { leadKey: [first, ...others].flatMap(({ listMemberList }) => listMemberList.leadKey) },
    },
  }),

  unpacked(params, { result, records, inOrder }) {
    const counts = params.map(({ listMemberList }) => listMemberList.leadKey.length);
    const parts = inOrder ? partsOf(records, counts) : null;
    const { success } = asObject(payloadAt(result));
    if (parts === null || typeof success !== 'boolean') return null;
    const hasStatuses = payloadsAt(result, 'statusList', 'leadStatus').length > 0;
    // Without a status for each, as where Marketo names a lead by another key, nobody knows whose is whose.
    const isUntold = hasStatuses && records.some((record) => !isObject(record.result));
    const isRefusedAsOne = !success && !records.some((record) => isNo(record));
    return parts.map((own) =>
      isUntold || isRefusedAsOne ? { kind: 'again-halved' } : ownOf(own, payloadAt(result), hasStatuses),
    );
  },
};

const asObject = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

const isNo = ({ result }: RecordOutcome): boolean => asObject(result)['status'] === false;

function ownOf(
  records: readonly [RecordOutcome, ...RecordOutcome[]],
  payload: unknown,
  hasStatuses: boolean,
): Own {
  const statusList = hasStatuses ? { statusList: { leadStatus: records.map(({ result }) => result) } } : {};
  return (
    failureIn(records) ?? {
      kind: 'answered',
      result: { result: { ...asObject(payload), success: !records.some(isNo), ...statusList } },
      records,
      inOrder: true,
    }
  );
}
