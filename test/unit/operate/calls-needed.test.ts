import { describe, expect, test } from 'vitest';
import type { TransportName } from '../../../shared/config/transports.ts';
import type { Job } from '../../../shared/job/job.ts';
import { REST_BOUNDS } from '../../../shared/marketo/rest/packing-bounds.ts';
import { CallsNeeded } from '../../../shared/operate/calls-needed.ts';
import { leadJob } from '../../support/letters.ts';

const callsOf = (jobs: readonly Job[], transport: TransportName = 'rest'): number => {
  const needed = new CallsNeeded(transport);
  for (const job of jobs) needed.add(job);
  return needed.calls();
};

const leads = (count: number, more: Partial<Job> = {}): readonly Job[] =>
  Array.from({ length: count }, (_, i) => leadJob(`job-${i}`, `lead-${i}@example.com`, more));

describe('the calls that jobs need', () => {
  test('are one for 300 leads, and one more for the next', () => {
    expect(callsOf([])).toBe(0);
    expect(callsOf(leads(1))).toBe(1);
    expect(callsOf(leads(300))).toBe(1);
    expect(callsOf(leads(301))).toBe(2);
    expect(callsOf(leads(2_000))).toBe(7);
  });

  test('are more where the records are so long that fewer fit', () => {
    const note = [{ attrName: 'Note', attrValue: 'x'.repeat(100_000) }];
    const long = leads(30).map((job, i) => ({
      ...job,
      params: {
        leadRecord: { Email: `l${i}@example.com`, leadAttributeList: { attribute: note } },
        returnLead: false,
      },
    })) as readonly Job[];
    expect(callsOf(long)).toBe(Math.ceil(30 / Math.floor(REST_BOUNDS.bytes / 100_100)));
  });

  test('are counted by what may share one: a workspace, an operation, a job that travels alone', () => {
    const tags = { version: 1, id: 'tags', operation: 'getTags', params: {} } as const;
    expect(callsOf([...leads(2), ...leads(2, { workspace: 'Europe' }), tags, { ...tags, id: 'more' }])).toBe(
      4,
    );
    // Over SOAP a workspace is said of one lead alone.
    expect(callsOf(leads(2, { workspace: 'Europe' }), 'soap')).toBe(2);
  });

  test('are those of each campaign request, unless its sender says that a repeat is harmless', () => {
    const request = (i: number, more: object = {}): Job => ({
      version: 1,
      id: `c-${i}`,
      operation: 'requestCampaign',
      params: {
        source: 'MKTOWS',
        campaignId: 7,
        leadList: { leadKey: [{ keyType: 'IDNUM', keyValue: `${i + 1}` }] },
      },
      ...more,
    });
    expect(callsOf([request(0), request(1)])).toBe(2);
    expect(callsOf([request(0, { onInDoubt: 'retry' }), request(1, { onInDoubt: 'retry' })])).toBe(1);
  });
});
