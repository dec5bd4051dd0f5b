import { describe, expect, test } from 'vitest';
import { turnKeysOf } from '../../../shared/job/turn-keys.ts';
import { requestCampaignJob, syncLeadJob } from '../../support/work-world.ts';

const foreign = (ForeignSysPersonId: string) => ({
  leadRecord: { ForeignSysPersonId, ForeignSysType: 'SFDC' as const },
  returnLead: false,
});

describe('the keys of a turn', () => {
  test('are the ordering key alone, for a job on one lead and for one on none', () => {
    expect(turnKeysOf(syncLeadJob('a', ' Ann@Example.com'))).toEqual(['lead:EMAIL:ann@example.com']);
    expect(turnKeysOf({ id: 'b', operation: 'getChannels', params: {} })).toEqual(['job:b']);
  });

  test('are the leads as well where the sender named a key of its own', () => {
    const job = syncLeadJob('a', 'ann@example.com', { orderingKey: 'account-7' });
    expect(turnKeysOf(job)).toEqual(['account-7', 'lead:EMAIL:ann@example.com']);
  });

  test('are no leads of a job on many, which has no order with others', () => {
    const leadKey = ['a', 'b'].map((name) => ({
      keyType: 'EMAIL' as const,
      keyValue: `${name}@example.com`,
    }));
    const params = { source: 'MKTOWS' as const, campaignId: 1, leadList: { leadKey } };
    expect(turnKeysOf(requestCampaignJob('a', '', { params }))).toEqual(['job:a']);
    expect(turnKeysOf(requestCampaignJob('a', '', { params, orderingKey: 'mine' }))).toHaveLength(3);
  });

  test('are one for both lengths of a Salesforce id, and two for two ids', () => {
    const of = (id: string) => turnKeysOf(syncLeadJob('a', '', { params: foreign(id) }));
    expect(of('003A000001abcDEIAY')).toEqual(of('003A000001abcDE'));
    expect(of('003A000001abcDE')).not.toEqual(of('003A000001abcDF'));
  });
});
