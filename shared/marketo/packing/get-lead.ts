import { isObject } from '../../kernel/is-object.ts';
import { leadReference } from '../operations/lead-reference.ts';
import type { CheckedParamsOf } from '../operations/registry.ts';
import { payloadAt, payloadsAt } from './answers.ts';
import type { Own, Packing } from './freight.ts';
import { bytesOf } from './identity.ts';
import { type KeyOfLead, keyIdentity, sharedKeyTypeOf } from './lead-keys.ts';

/** The most that REST gives a page, and SOAP gives less: a few leads of one address may have room beside the others. */
const PAGE = 300;

/** `getLead` into `getMultipleLeads` by key. */
export const getLead: Packing<'getLead'> = {
  freightOf({ leadKey }, { bounds, workspace }) {
    const keyType = sharedKeyTypeOf([leadKey]);
    if (keyType === null || workspace !== null) return null;
    return {
      lane: keyType,
      records: 1,
      bytes: bytesOf(leadKey),
      values: [keyIdentity(leadKey)],
      room: { records: bounds.leadKeys, bytes: bounds.bytes },
    };
  },

  packed: ([first, ...others]) => ({
    operation: 'getMultipleLeads',
    params: {
      leadSelector: {
        keyType: first.leadKey.keyType,
        keyValues: { stringItem: [first, ...others].map(({ leadKey }) => leadKey.keyValue.trim()) },
      },
      batchSize: PAGE,
    },
  }),

  unpacked(params, { result }, bounds) {
    if (!isObject(payloadAt(result))) return null;
    const leads = payloadsAt(result, 'leadRecordList', 'leadRecord');
    const byKey = Map.groupBy(leads, (lead) => textOf(lead, params[0]?.leadKey.keyType));
    const asked = new Set(params.map(({ leadKey }) => spelled(leadKey)));
    // A lead under another key, as after a merge, is an answer to one who asks alone; whose, nobody can say here.
    const isWhole = !isMore(result) && [...byKey.keys()].every((key) => asked.has(key));
    return params.map(({ leadKey }) => {
      if (!isWhole) return { kind: 'again-halved' };
      return ownOf(leadKey, byKey.get(spelled(leadKey)) ?? [], bounds.leadNotFound);
    });
  },
};

type Params = CheckedParamsOf<'getLead'>;

const spelled = ({ keyType, keyValue }: Params['leadKey']): string => leadReference(keyType, keyValue).value;

/** What a lead is found by, spelled as a key is; empty where it has none. */
function textOf(lead: unknown, keyType = ''): string {
  const value = isObject(lead) ? lead[keyType === 'IDNUM' ? 'Id' : 'Email'] : undefined;
  return typeof value === 'string' || typeof value === 'number'
    ? leadReference(keyType, String(value)).value
    : '';
}

/** Whether leads are left that the page had no room for. */
function isMore(result: unknown): boolean {
  return Number(payloadAt(result, 'remainingCount') ?? 0) !== 0;
}

/** The oldest first, as `getLead` has them. */
function ownOf(
  { keyType, keyValue }: KeyOfLead,
  leads: readonly unknown[],
  leadNotFound: (keyType: string, keyValue: string) => Extract<Own, { kind: 'fault' }>['fault'],
): Own {
  if (leads.length === 0) return { kind: 'fault', fault: leadNotFound(keyType, keyValue.trim()) };
  const leadRecord = leads.toSorted((one, other) => idOf(one) - idOf(other));
  const payload = { count: leads.length, leadRecordList: { leadRecord } };
  return {
    kind: 'answered',
    result: { result: payload },
    records: [{ ok: true, code: null, message: '', result: payload }],
    inOrder: true,
  };
}

const idOf = (lead: unknown): number => (isObject(lead) ? Number(lead['Id']) : 0);
