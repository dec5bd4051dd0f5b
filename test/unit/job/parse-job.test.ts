import { describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../../shared/config/limits.ts';
import { parseJob } from '../../../shared/job/parse-job.ts';
import { syncLeadJob } from '../../support/work-world.ts';

const parse = (value: unknown) => parseJob(JSON.stringify(value));

const messageOf = (value: unknown): string => {
  const parsed = parse(value);
  return parsed.kind === 'malformed' ? parsed.message : 'a job';
};

describe('parseJob', () => {
  test('reads a job', () => {
    expect(parse(syncLeadJob('j1'))).toMatchObject({ kind: 'job', job: { id: 'j1', operation: 'syncLead' } });
  });

  test.each([
    ['', /not JSON.*empty/],
    ['{"version":1,', /not JSON/],
    ['hello', /not JSON/],
  ])('says that %j is not JSON', (body, words) => {
    const parsed = parseJob(body);
    expect(parsed.kind === 'malformed' && parsed.message).toMatch(words);
  });

  test('keeps what follows a syntax error out of the message', () => {
    const parsed = parseJob('{"email": secret@example.com }');
    expect(JSON.stringify(parsed)).not.toContain('secret@');
  });

  test.each([
    [
      { Type: 'Notification', MessageId: 'm', TopicArn: 'arn', Message: '{}' },
      /SNS; turn on raw message delivery/,
    ],
    [{ version: '0', id: 'x', 'detail-type': 'Job', source: 's', detail: {} }, /EventBridge; .*InputPath/],
    [{ Records: [{ eventSource: 'aws:s3', s3: {} }] }, /an event of S3, and no job/],
    [{ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }, /an event of S3, and no job/],
    [{ Records: [{ eventSource: 'aws:sqs', body: '{}' }] }, /an event of sqs with its records/],
    [{ Records: [{ EventSource: 'aws:sns', Sns: {} }] }, /an event of sns with its records/],
    [[syncLeadJob('j1')], /not a list; send each job as a message of its own/],
    [JSON.stringify(syncLeadJob('j1')), /it was made JSON twice/],
    [{ ...syncLeadJob('j1'), TopicArn: 'arn', Message: '{}' }, /^TopicArn: unknown key/],
    [null, /must be a JSON object/],
    [[], /must be a JSON object/],
    [{ ...syncLeadJob('j1'), version: 2 }, /^version: must be 1/],
    [{ ...syncLeadJob('j1'), operation: 'synclead' }, /did you mean syncLead/],
    [{ ...syncLeadJob('j1'), operation: 'nope' }, /^operation: must be one of the 23/],
    [{ ...syncLeadJob('j1'), id: 'has blank' }, /^id: must be 1 to 100/],
    [{ ...syncLeadJob('j1'), extra: 1 }, /^extra: unknown key/],
    [{ ...syncLeadJob('j1'), notBefore: 'tomorrow' }, /^notBefore: must be an ISO-8601 time/],
    [{ ...syncLeadJob('j1'), notBefore: '2026-11-31T10:00:00Z' }, /^notBefore: must be .* that exists/],
    [{ ...syncLeadJob('j1'), expiresAt: '2027-02-29T10:00:00+02:00' }, /^expiresAt: must be .* that exists/],
    [{ ...syncLeadJob('j1'), enqueuedAt: '2026-02-30T10:00Z' }, /^enqueuedAt: must be .* that exists/],
    [
      { ...syncLeadJob('j1'), notBefore: '2026-11-28T01:00:00+02:00', expiresAt: '2026-11-27T23:00:00Z' },
      /^expiresAt: is not after notBefore/,
    ],
    [{ ...syncLeadJob('j1'), maxAttempts: 101 }, /^maxAttempts: must be at most 100/],
    [{ ...syncLeadJob('j1'), maxAttempts: 0 }, /^maxAttempts: must be at least 1/],
    [{ ...syncLeadJob('j1'), onInDoubt: 'hope' }, /^onInDoubt: must be "dead-letter" or "retry"/],
    [{ ...syncLeadJob('j1'), operation: 'getLead', params: {}, workspace: 'Default' }, /leadKey/],
    [
      { version: 1, id: 'j1', operation: 'listMObjects', params: {}, workspace: 'Default' },
      /^workspace: only syncLead/,
    ],
  ])('says what to change in %j', (value, words) => {
    expect(messageOf(value)).toMatch(words);
  });

  test.each([
    { notBefore: '2028-02-29T10:00:00Z' },
    { notBefore: '2026-11-30T23:59:59-14:00' },
    { notBefore: '2026-11-28T01:00:00+02:00', expiresAt: '2026-11-28T00:00:00Z' },
  ])('takes %j', (times) => {
    expect(parse({ ...syncLeadJob('j1'), ...times }).kind).toBe('job');
  });

  test('names a missing key', () => {
    const { id: _id, ...rest } = syncLeadJob('j1');
    expect(messageOf(rest)).toMatch(/^id: is missing/);
  });

  test.each([
    [{}, 'params: is missing'],
    [{ params: [] }, 'params: must be an object, not a list'],
  ])('says once of %j what is wrong with its params', (params, message) => {
    const { params: _params, ...rest } = syncLeadJob('j1');
    expect(messageOf({ ...rest, ...params })).toBe(message);
  });

  test('names the path of a wrong name in the params', () => {
    const job = {
      ...syncLeadJob('j1'),
      params: { leadRecord: { email: 'a@example.com' }, returnLead: false },
    };
    expect(messageOf(job)).toMatch(/params\.leadRecord\.email.*did you mean Email/);
  });

  test('refuses a body past 256 KiB and takes one of just that size', () => {
    const job = syncLeadJob('j1');
    const room = MAX_BODY_BYTES - JSON.stringify({ ...job, meta: '' }).length;
    expect(parse({ ...job, meta: 'x'.repeat(room) }).kind).toBe('job');
    expect(messageOf({ ...job, meta: 'x'.repeat(room + 1) })).toMatch(/at most 262144/);
  });

  test('tells id and operation of what is not a job, if they can be read', () => {
    expect(parse({ ...syncLeadJob('j1'), version: 9 })).toMatchObject({ jobId: 'j1', operation: 'syncLead' });
    expect(parse({ id: { not: 'text' } })).toMatchObject({ jobId: null, operation: null });
  });
});
