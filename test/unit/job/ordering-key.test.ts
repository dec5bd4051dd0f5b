import { describe, expect, test } from 'vitest';
import { groupIdOf, orderingKeyOf } from '../../../shared/job/ordering-key.ts';
import { leadJob } from '../../support/letters.ts';

const campaign = (...emails: readonly string[]) =>
  ({
    id: 'j1',
    operation: 'requestCampaign',
    params: {
      source: 'MKTOWS',
      campaignId: 1,
      leadList: { leadKey: emails.map((keyValue) => ({ keyType: 'EMAIL' as const, keyValue })) },
    },
  }) as const;

describe('what keeps jobs in order', () => {
  test('is the one lead that they name', () => {
    expect(orderingKeyOf(leadJob('j1', 'Ann@Example.com'))).toBe('lead:EMAIL:ann@example.com');
    expect(orderingKeyOf(campaign('ann@example.com'))).toBe('lead:EMAIL:ann@example.com');
  });

  test('is the sender’s own key, whatever they name', () => {
    expect(orderingKeyOf(leadJob('j1', 'ann@example.com', { orderingKey: 'crm-1' }))).toBe('crm-1');
  });

  test('is nothing where they name many leads, or none', () => {
    expect(orderingKeyOf(campaign('a@example.com', 'b@example.com'))).toBe('job:j1');
    expect(orderingKeyOf({ id: 'j2', operation: 'getTags', params: {} })).toBe('job:j2');
  });

  test('shows no address where its group is seen', () => {
    expect(groupIdOf('lead:EMAIL:ann@example.com')).toMatch(/^[0-9a-f]{64}$/);
    expect(groupIdOf('a')).not.toBe(groupIdOf('b'));
  });
});
