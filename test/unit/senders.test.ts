import { describe, expect, test } from 'vitest';
import { deduplicationIdOf, messageFor } from '../../shared/job/message.ts';
import { groupIdOf, orderingKeyOf } from '../../shared/job/ordering-key.ts';
import { parseJob } from '../../shared/job/parse-job.ts';
import { fenced, textOf } from '../support/documents.ts';

const PAGE = textOf('docs/senders.md');

/** The rows of the table of groups: ordering key and group. */
const groups = [...PAGE.matchAll(/\| `(\S+)` \| `([0-9a-f]{64})` \|$/gm)].map(
  ([, key = '', group = '']) => [key, group] as const,
);

const syncLead = (leadRecord: object, over: object = {}) =>
  JSON.stringify({
    version: 1,
    id: 'import-7-1',
    operation: 'syncLead',
    params: { leadRecord, returnLead: false },
    ...over,
  });

describe('docs/senders.md', () => {
  test('gives the group of each key that it shows', () => {
    expect(groups.length).toBe(6);
    for (const [key, group] of groups) expect(groupIdOf(key)).toBe(group);
  });

  test('shows a key for each way in which a job names its lead', () => {
    const bodies = [
      syncLead({ Email: ' A@Example.com ' }),
      syncLead({ Id: 4711, Email: 'a@example.com' }),
      syncLead({ ForeignSysPersonId: '003A000001abcDE', ForeignSysType: 'SFDC', Email: 'a@example.com' }),
      syncLead({ ForeignSysPersonId: 'crm-7', ForeignSysType: 'CUSTOM' }),
      JSON.stringify({ version: 1, id: 'import-7-1', operation: 'getChannels', params: {} }),
      syncLead({ Email: 'a@example.com' }, { orderingKey: 'account-7' }),
    ];
    const keys = bodies.map((body) => {
      const parsed = parseJob(body);
      return parsed.kind === 'job' ? orderingKeyOf(parsed.job) : parsed.message;
    });
    expect(groups.map(([key]) => key)).toEqual(keys);
  });

  test('shows a body that is a job, its group and its deduplication id', () => {
    const [body = ''] = fenced(PAGE, 'json').map((text) => text.trim());
    const parsed = parseJob(body);
    if (parsed.kind !== 'job') throw new Error(parsed.message);
    expect(PAGE).toContain(`\`${deduplicationIdOf(parsed.job, body)}\``);
    expect(messageFor(parsed.job).groupId).toBe(groups[0]?.[1]);
  });

  test('has a sender that a reader can take in at a glance', () => {
    const [sender = ''] = fenced(PAGE, 'python');
    expect(sender.trim().split('\n').length).toBeLessThan(40);
  });
});
