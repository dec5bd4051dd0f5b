import { describe, expect, test } from 'vitest';
import type { Job } from '../../../shared/job/job.ts';
import { deduplicationIdOf, digestOf, messageFor } from '../../../shared/job/message.ts';
import { groupIdOf, orderingKeyOf } from '../../../shared/job/ordering-key.ts';
import { sha256Hex } from '../../../shared/kernel/hash.ts';
import { checked } from '../../support/checked.ts';
import { requestCampaignJob, syncLeadJob } from '../../support/work-world.ts';

const withLead = (leadRecord: object, params: object = {}): Job => ({
  version: 1,
  id: 'j1',
  operation: 'syncLead',
  params: { leadRecord, returnLead: false, ...params },
});

describe('orderingKeyOf', () => {
  test.each([
    [{ Id: 7, Email: 'a@example.com' }, {}, 'lead:IDNUM:7'],
    [{ Email: ' A@Example.com ' }, {}, 'lead:EMAIL:a@example.com'],
    [{}, { marketoCookie: 'id:1&token:x' }, 'lead:COOKIE:id:1&token:x'],
  ])('names the lead of %j %j by the first key present', (record, params, key) => {
    expect(orderingKeyOf(withLead(record, params))).toBe(key);
  });

  test('a foreign key goes before the e-mail address and carries its type', () => {
    const foreign = { ForeignSysType: 'CUSTOM', ForeignSysPersonId: 'p-1', Email: 'a@example.com' };
    const key = orderingKeyOf(withLead(foreign));
    expect(key).toMatch(/^lead:/);
    expect(key).toContain('CUSTOM');
    expect(key).toContain('p-1');
  });

  test('a campaign on one lead stands behind the write of that lead', () => {
    expect(orderingKeyOf(requestCampaignJob('c', 'a@example.com'))).toBe(
      orderingKeyOf(syncLeadJob('s', 'A@example.com')),
    );
  });

  test('a list operation on one lead does, too, and one on many has a key of its own', () => {
    const member = (keyValue: string) => ({ keyType: 'EMAIL' as const, keyValue });
    const listJob = (...members: ReturnType<typeof member>[]): Job => ({
      version: 1,
      id: 'l1',
      operation: 'listOperation',
      params: {
        listOperation: 'ADDTOLIST',
        listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Demo List' },
        listMemberList: { leadKey: members },
      },
    });
    expect(orderingKeyOf(listJob(member('a@example.com')))).toBe('lead:EMAIL:a@example.com');
    expect(orderingKeyOf(listJob(member('a@example.com'), member('b@example.com')))).toBe('job:l1');
  });

  test('the sender’s own key goes before every other', () => {
    expect(orderingKeyOf(syncLeadJob('s', 'a@example.com', { orderingKey: 'mine' }))).toBe('mine');
  });

  test('the group is the hash of the key, as the contract writes it down', () => {
    expect(groupIdOf('lead:EMAIL:a@example.com')).toBe(
      'b9541062e7411f0e94dcac69719e01de2caa3c9185f55e06bbedaf37632f88ce',
    );
  });
});

describe('messageFor', () => {
  test('writes ASCII only and loses nothing by it', () => {
    const job = syncLeadJob('j1', 'ä@example.com', { meta: { note: '😀 \u0007 \ud800' } });
    const { body } = messageFor(job);
    expect(/^[\x20-\x7e]*$/.test(body)).toBe(true);
    expect(JSON.parse(body)).toEqual(job);
  });

  test('the deduplication id is id, epoch and the start of the body’s hash', () => {
    const { body, deduplicationId } = messageFor(syncLeadJob('j1'));
    expect(deduplicationId).toBe(`j1#0#${sha256Hex(body).slice(0, 16)}`);
    expect(deduplicationIdOf({ id: 'j1', epoch: 3 }, body)).toBe(`j1#3#${sha256Hex(body).slice(0, 16)}`);
  });

  test('an id of the greatest length still fits SQS’s 128 characters', () => {
    expect(
      messageFor(syncLeadJob('x'.repeat(100), 'a@example.com', { epoch: 999 })).deduplicationId.length,
    ).toBeLessThanOrEqual(128);
  });
});

describe('digestOf', () => {
  test('is the same whatever the order of keys, and whatever is only about the sending', () => {
    const a: Job = { ...syncLeadJob('j1'), batch: 'b', enqueuedAt: '2026-11-22T10:00:00Z', maxAttempts: 3 };
    const b: Job = { ...syncLeadJob('j1'), params: JSON.parse(JSON.stringify(syncLeadJob('j1').params)) };
    expect(digestOf(a)).toBe(digestOf(b));
  });

  test('differs with operation, params and workspace', () => {
    const base = digestOf(syncLeadJob('j1', 'a@example.com'));
    expect(digestOf(syncLeadJob('j1', 'b@example.com'))).not.toBe(base);
    expect(digestOf(syncLeadJob('j1', 'a@example.com', { workspace: 'Default' }))).not.toBe(base);
    expect(
      digestOf(checked('getLead', { leadKey: { keyType: 'EMAIL', keyValue: 'a@example.com' } })),
    ).not.toBe(base);
  });
});
