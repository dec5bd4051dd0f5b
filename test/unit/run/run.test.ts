import { describe, expect, test } from 'vitest';
import {
  createWorld,
  deliveryOf,
  marketoFault,
  networkFault,
  ok,
  requestCampaignJob,
  syncLeadJob,
  type World,
} from '../../support/work-world.ts';

/** A ledger that takes no record of the call, and then what is written next: with no time to try again, that is the giving back. */
function failingAfterSending() {
  let refused = 0;
  const world: World = createWorld({
    faults: {
      // The record, and the record without its texts.
      ledger: (method) => (method === 'replace' && world.sends.length > 0 && ++refused <= 2 ? 'throw' : null),
    },
  });
  const { settings } = world.ports;
  const timings = { ...settings.timings, settleReserveMs: 5_000 };
  return { world, ports: { settings: { ...settings, timings } } };
}

describe('run', () => {
  test('completes a job by one call and keeps its result without its params', async () => {
    const world = createWorld({ answer: () => ok({ result: { leadId: 7 } }) });
    expect(await world.run(syncLeadJob('j1'))).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(1);
    const row = world.ledger.row('j1');
    expect(row?.state).toMatchObject({
      kind: 'completed',
      result: { kind: 'inline', text: '{"result":{"leadId":7}}' },
    });
    expect(row).toMatchObject({ counted: 1, starts: 0 });
    expect(JSON.stringify(row)).not.toContain('Ann');
  });

  test('acknowledges a second delivery of a completed job without a call', async () => {
    const world = createWorld();
    await world.run(syncLeadJob('j1'));
    expect(await world.run(syncLeadJob('j1'))).toEqual({ kind: 'acknowledge' });
    expect(world.calls).toHaveLength(1);
  });

  test('files what is not a job as malformed, with the raw body, and touches no row', async () => {
    const world = createWorld();
    const delivery = { ...deliveryOf(syncLeadJob('j1')), body: '{"version":2' };
    expect(await world.run(delivery)).toEqual({ kind: 'acknowledge' });
    const [letter] = world.archive.letters();
    expect(letter).toMatchObject({
      letterId: `msg-${delivery.messageId}`,
      class: 'malformed',
      job: { text: '{"version":2' },
    });
    expect(world.ledger.rows()).toEqual([]);
  });

  test('files an id that was used for other contents as malformed, and leaves the job of that id alone', async () => {
    const world = createWorld();
    await world.run(syncLeadJob('j1', 'a@example.com'));
    const before = world.ledger.row('j1');
    const reused = deliveryOf(syncLeadJob('j1', 'b@example.com'));
    expect(await world.run(reused)).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toMatchObject([
      { letterId: `msg-${reused.messageId}`, class: 'malformed', jobId: 'j1' },
    ]);
    expect(world.ledger.row('j1')).toEqual(before);
    expect(world.calls).toHaveLength(1);
  });

  test('dead-letters an invalid request with the request and the response', async () => {
    const world = createWorld({
      answer: () => marketoFault(20105, 'unknown fields for import: Socks (20105)'),
    });
    expect(await world.run(syncLeadJob('j1'))).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toMatchObject([
      {
        letterId: 'j1',
        class: 'invalid-request',
        code: 20105,
        request: { text: '<request/>' },
        response: { text: '<response/>' },
        attempts: [{ class: 'invalid-request', code: 20105, counted: true }],
      },
    ]);
    expect([...world.deadLetters.sent.keys()]).toEqual(['j1']);
    expect(world.ledger.row('j1')?.state).toMatchObject({ kind: 'dead-lettered', letterId: 'j1' });
  });

  test('retries a transient fault after a backoff and counts the attempt', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20011) : ok()) });
    const job = syncLeadJob('j1');
    const first = await world.run(job);
    expect(first).toMatchObject({ kind: 'hide', held: false });
    expect(world.ledger.row('j1')).toMatchObject({
      counted: 1,
      state: { kind: 'waiting', reason: 'backoff' },
    });
    world.advance(10_000);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')).toMatchObject({ counted: 2, state: { kind: 'completed' } });
  });

  test('a job that comes back before its backoff is over is hidden again without a call', async () => {
    const world = createWorld({ answer: () => marketoFault(20106) });
    const job = syncLeadJob('j1');
    await world.run(job);
    expect(await world.run(job)).toMatchObject({ kind: 'hide' });
    expect(world.calls).toHaveLength(1);
  });

  test('a throttle answer never spends an attempt, however often it comes', async () => {
    const world = createWorld({ answer: () => marketoFault(20024) });
    const job = syncLeadJob('j1', undefined, { maxAttempts: 1 });
    for (let round = 0; round < 30; round += 1) {
      expect(await world.run(job)).toMatchObject({ kind: 'hide' });
      world.advance(120_000);
    }
    expect(world.ledger.row('j1')).toMatchObject({ counted: 0 });
    expect(world.archive.letters()).toEqual([]);
  });

  test('signs an expired signature again and sends once more at once', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? marketoFault(20016) : ok()) });
    expect(await world.run(syncLeadJob('j1'))).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(2);
    expect(world.corrected()).toBeNull();
    expect(world.ledger.row('j1')).toMatchObject({
      counted: 1,
      attempts: [{ counted: false }, { counted: true }],
    });
  });

  test('corrects the clock by the response if the signature is refused twice', async () => {
    const world = createWorld({ answer: () => marketoFault(20016) });
    expect(await world.run(syncLeadJob('j1'))).toMatchObject({ kind: 'hide' });
    expect(world.sends).toHaveLength(2);
    expect(world.corrected()).toBe(world.now());
    expect(world.ledger.row('j1')).toMatchObject({ counted: 1 });
  });

  test('an unsafe call whose answer never came is in doubt and is not sent again', async () => {
    const world = createWorld({ answer: () => networkFault(true) });
    const job = requestCampaignJob('j1');
    const settlement = await world.run(job);
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1', class: 'in-doubt' }]);
    // The group waits until Marketo must be done: a write behind the call must not overtake it.
    expect(settlement).toMatchObject({ kind: 'hide', until: world.now() + 182_000 });
    expect(await world.run(job)).toMatchObject({ kind: 'hide' });
    world.advance(182_000);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(1);
  });

  test('the same job is sent again if its sender says that a repeat is harmless', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? networkFault(true) : ok()) });
    const job = requestCampaignJob('j1', undefined, { onInDoubt: 'retry' });
    await world.run(job);
    world.advance(200_000);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(2);
  });

  test('an unsafe call that provably never left is retried, and its intent is closed', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? networkFault(false) : ok()) });
    const job = requestCampaignJob('j1');
    expect(await world.run(job)).toMatchObject({ kind: 'hide' });
    expect(world.ledger.row('j1')).toMatchObject({ counted: 0, state: { kind: 'waiting' } });
    world.advance(60_000);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(1);
  });

  test('a safe call whose answer never came is sent again, but not before Marketo must be done with it', async () => {
    const world = createWorld({ answer: (_call, nth) => (nth === 1 ? networkFault(true) : ok()) });
    const job = syncLeadJob('j1');
    const settlement = await world.run(job);
    expect(settlement).toMatchObject({ kind: 'hide', until: world.now() + 182_000 });
    world.advance(182_000);
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.sends).toHaveLength(2);
  });

  test('the intent of an unsafe call is in the ledger when its first byte leaves, and only then', async () => {
    const seen: unknown[] = [];
    const world: World = createWorld({
      answer: () => {
        seen.push(world.ledger.row('u1')?.state);
        seen.push(world.ledger.row('s1')?.state);
        return ok();
      },
    });
    await world.run(requestCampaignJob('u1'));
    expect(seen[0]).toMatchObject({ kind: 'running', intentAt: world.now() });
    await world.run(syncLeadJob('s1'));
    expect(seen[3]).toMatchObject({ kind: 'running', intentAt: null });
  });

  test('a run that has lost its claim before sending sends nothing and settles nothing', async () => {
    const world: World = createWorld();
    const { ledger } = world.ports;
    const stolen = {
      ...world.ports,
      trace: async (step: string) => {
        const row = await ledger.get('j1');
        if (step !== 'admitted' || row === null) return;
        const state = {
          kind: 'running',
          owner: 'run.other',
          leaseUntil: world.now() + 1e6,
          intentAt: null,
        } as const;
        world.ledger.put({ ...row, state });
      },
    };
    const delivery = deliveryOf(requestCampaignJob('j1'));
    const settlement = await world.run(delivery, stolen);
    expect(settlement).toEqual({ kind: 'leave' });
    expect(world.sends).toHaveLength(0);
    expect(world.ledger.row('j1')?.state).toMatchObject({ owner: 'run.other' });
  });

  test('an answer that comes after the claim was lost is kept as a late outcome, and changes nothing else', async () => {
    const world: World = createWorld({
      answer: async () => {
        const row = await world.ledger.get('j1');
        if (row !== null) {
          const state = {
            kind: 'running',
            owner: 'run.other',
            leaseUntil: world.now() + 1e6,
            intentAt: 1,
          } as const;
          world.ledger.put({ ...row, state });
        }
        return ok();
      },
    });
    expect(await world.run(requestCampaignJob('j1'))).toEqual({ kind: 'leave' });
    expect(world.ledger.row('j1')).toMatchObject({
      lateOutcome: { succeeded: true },
      state: { kind: 'running', owner: 'run.other' },
    });
  });

  test('a job parked until tomorrow leaves the queue and keeps its body', async () => {
    const world = createWorld();
    const job = syncLeadJob('j1', undefined, { notBefore: '2026-11-23T18:00:00Z' });
    const delivery = deliveryOf(job);
    expect(await world.run(delivery)).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('j1')?.state).toMatchObject({
      kind: 'parked',
      until: Date.parse('2026-11-23T18:00:00Z'),
      body: { text: delivery.body },
    });
    expect(world.calls).toHaveLength(0);
  });

  test('a job that may run in ten minutes stays in the queue, hidden', async () => {
    const world = createWorld();
    const job = syncLeadJob('j1', undefined, { notBefore: '2026-11-22T18:10:00Z' });
    expect(await world.run(job)).toMatchObject({ kind: 'hide', until: world.now() + 600_000 });
    expect(world.ledger.row('j1')?.state).toMatchObject({ kind: 'waiting', reason: 'notBefore' });
  });

  test('a job past its expiresAt is dead-lettered without a call', async () => {
    const world = createWorld();
    const job = syncLeadJob('j1', undefined, { expiresAt: '2026-11-22T17:00:00Z' });
    expect(await world.run(job)).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toMatchObject([{ class: 'expired' }]);
    expect(world.calls).toHaveLength(0);
  });

  test('a message that waited thirteen days is dead-lettered before SQS deletes it', async () => {
    const world = createWorld();
    const sentAt = world.now() - 13 * 24 * 3_600_000;
    await world.run(deliveryOf(syncLeadJob('j1'), { sentAt }));
    expect(world.archive.letters()).toMatchObject([{ class: 'expired' }]);
    await world.run(deliveryOf(syncLeadJob('j2'), { sentAt: sentAt + 60_000 }));
    expect(world.ledger.row('j2')?.state.kind).toBe('completed');
  });

  test('a bug in the transport is an internal fault of that job: three attempts, then a letter', async () => {
    const world = createWorld({ answer: () => ({ kind: 'bug', sent: true }) });
    const job = syncLeadJob('j1');
    for (let round = 0; round < 3; round += 1) {
      await world.run(job);
      world.advance(200_000);
    }
    expect(world.archive.letters()).toMatchObject([{ class: 'internal' }]);
    expect(world.calls).toHaveLength(3);
  });

  test('a bug after an unsafe call has left puts it in doubt', async () => {
    const world = createWorld({ answer: () => ({ kind: 'bug', sent: true }) });
    await world.run(requestCampaignJob('j1'));
    expect(world.archive.letters()).toMatchObject([{ class: 'in-doubt' }]);
    expect(world.sends).toHaveLength(1);
  });

  test('only the job whose answer opened the credentials hold is dead-lettered', async () => {
    const world = createWorld({ answer: () => marketoFault(20014, 'Authentication failed (20014)') });
    await world.run(syncLeadJob('j1'));
    expect(world.archive.letters()).toMatchObject([{ letterId: 'j1', class: 'credentials' }]);
    expect(await world.run(syncLeadJob('j2'))).toMatchObject({ kind: 'hide', held: true });
    // A job that cannot run is not written to.
    expect(world.ledger.row('j2')).toBeNull();
    expect(world.calls).toHaveLength(1);
  });

  test('a 20015 closes the account for every job and dead-letters none', async () => {
    const world = createWorld({ answer: () => marketoFault(20015) });
    expect(await world.run(syncLeadJob('j1'))).toMatchObject({ kind: 'hide', held: true });
    expect(await world.run(syncLeadJob('j2'))).toMatchObject({ kind: 'hide', held: true });
    expect(world.calls).toHaveLength(1);
    expect(world.archive.letters()).toEqual([]);
  });

  test('a FAILED record in a successful answer is a record failure', async () => {
    const failed = {
      result: { leadId: 0, syncStatus: { leadId: 0, status: 'FAILED', error: 'Lead is locked' } },
    };
    const world = createWorld({ answer: () => ok(failed.result) });
    await world.run(syncLeadJob('j1'));
    expect(world.archive.letters()).toMatchObject([{ class: 'record-failed' }]);
    expect(world.archive.letters()[0]?.message).toContain('Lead is locked');
  });

  test('a store that fails gives the claim back, so that the next delivery need not wait', async () => {
    const { world, ports } = failingAfterSending();
    await expect(world.run(syncLeadJob('j1'), ports)).rejects.toThrow('as the test asked');
    expect(world.ledger.row('j1')?.state.kind).toBe('queued');
    expect(await world.run(syncLeadJob('j1'))).toEqual({ kind: 'acknowledge' });
  });

  test('a store that fails over an open intent keeps the claim, because the call may have been made', async () => {
    const { world, ports } = failingAfterSending();
    // Known by a cookie alone, a write is unsafe to repeat.
    const job = syncLeadJob('j1', '', {
      params: { leadRecord: {}, marketoCookie: 'id:1', returnLead: false },
    });
    await expect(world.run(job, ports)).rejects.toThrow('as the test asked');
    expect(world.ledger.row('j1')?.state).toMatchObject({ kind: 'running' });
    world.advance(400_000);
    await world.run(job).catch(() => {});
    expect(world.sends).toHaveLength(1);
  });

  test('an epoch that the sender made up is filed as malformed, with words, and touches no row', async () => {
    const world = createWorld();
    await world.run(syncLeadJob('j1'));
    const before = world.ledger.row('j1');
    expect(await world.run({ ...syncLeadJob('j1'), epoch: 3 })).toEqual({ kind: 'acknowledge' });
    expect(world.archive.letters()).toMatchObject([
      { class: 'malformed', jobId: 'j1', message: expect.stringContaining('only a redrive sets an epoch') },
    ]);
    expect(world.ledger.row('j1')).toEqual(before);
    expect(await world.run({ ...syncLeadJob('new'), epoch: 1 })).toEqual({ kind: 'acknowledge' });
    expect(world.ledger.row('new')).toBeNull();
    expect(world.sends).toHaveLength(1);
  });

  test('a sender’s enqueuedAt is for people: the age of its job is counted from SQS’s own time', async () => {
    const world = createWorld();
    const sentAt = world.now() - 60_000;
    for (const enqueuedAt of ['1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z']) {
      const job = { ...syncLeadJob(`at-${enqueuedAt.slice(0, 4)}`), enqueuedAt };
      await world.run(deliveryOf(job, { sentAt }));
      expect(world.ledger.row(job.id)?.enqueuedAt).toBe(sentAt);
    }
  });
});
