import { isObject } from '../../kernel/is-object.ts';
import { payloadAt } from './answers.ts';
import type { Packing } from './freight.ts';
import { bytesOf } from './identity.ts';
import { keyIdentity, sharedKeyTypeOf } from './lead-keys.ts';

/**
 * Of one campaign with the same tokens, the leads of all by one type of key. Only of jobs whose senders say that a repeat is
 * harmless: nobody else's doubt may be made by a call of others.
 */
export const requestCampaign: Packing<'requestCampaign'> = {
  freightOf(params, { bounds, workspace, mayRepeat }) {
    const { leadList, ...campaign } = params;
    const keys = leadList?.leadKey ?? [];
    const keyType = sharedKeyTypeOf(keys);
    if (!mayRepeat || keyType === null || workspace !== null) return null;
    return {
      lane: JSON.stringify([campaign, keyType]),
      records: keys.length,
      bytes: bytesOf(keys),
      values: keys.map(keyIdentity),
      room: { records: bounds.campaignLeads, bytes: bounds.bytes },
    };
  },

  packed: ([first, ...others]) => ({
    operation: 'requestCampaign',
    params: {
      ...first,
      leadList: { leadKey: [first, ...others].flatMap(({ leadList }) => leadList?.leadKey ?? []) },
    },
  }),

  unpacked(params, { result, records, inOrder }) {
    const [record, ...others] = records;
    if (!inOrder || others.length > 0 || !isObject(payloadAt(result))) return null;
    // `success` false means that nobody was triggered, for the sake of one of them.
    return params.map(() =>
      record.ok ? { kind: 'answered', result, records, inOrder } : { kind: 'again-halved' },
    );
  },
};
