import { describe, expect, test } from 'vitest';
import { holdsInForce } from '../../../shared/budget/holds.ts';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { lineChunkId } from '../../../shared/ledger/chunks.ts';
import { pauseAccount } from '../../../shared/operate/hold.ts';
import { resultFor, type SenderPorts, sentJobOf } from '../../../shared/operate/result.ts';
import { rowsTogether } from '../../../shared/operate/rows-together.ts';
import { leadJob, NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';
import { jobRow } from '../../support/rows.ts';

function senderWorld() {
  const world = operateWorld();
  const { ports } = world;
  const sleep: typeof ports.sleep = async (ms) => {
    await ports.sleep(ms);
    await here.onSleep();
  };
  const sender: SenderPorts = {
    ...ports,
    sleep,
    random: seededRandom(3),
    rowOf: rowsTogether(ports.ledger, sleep),
    obstacles: async () => {
      const state = await ports.budgetStore.get();
      return { holds: state === null ? [] : holdsInForce(state, ports.clock()), narrowings: [] };
    },
  };
  const complete = async (jobId: string, text: string) => {
    const result = await ports.bodies.save(`${jobId}/result`, text, null);
    await world.putRow(
      jobRow({ jobId, state: { kind: 'completed', at: NOON, result, resultDropped: false } }),
    );
  };
  const here = { ...world, sender, complete, onSleep: async (): Promise<void> => {} };
  return here;
}

describe('the result of a job', () => {
  test('is what Marketo answered, as soon as it has, and for a job of which nothing was known before', async () => {
    const world = senderWorld();
    let sleeps = 0;
    world.onSleep = async () => {
      sleeps += 1;
      if (sleeps === 20) await world.complete('job-1', '{"result":{"leadId":7}}');
    };
    expect(await resultFor(world.sender, 'job-1', {})).toEqual({
      kind: 'completed',
      id: 'job-1',
      operation: 'syncLead',
      result: { result: { leadId: 7 } },
      resultDropped: false,
    });
  });

  test('comes whole where it is longer than a row keeps', async () => {
    const world = senderWorld();
    const result = { result: { text: 'ä'.repeat(200_000) } };
    await world.complete('job-1', JSON.stringify(result));
    expect(await resultFor(world.sender, 'job-1', {})).toMatchObject({ kind: 'completed', result });
  });

  test('is null and says so where the answer could not be kept', async () => {
    const world = senderWorld();
    const state = { kind: 'completed', at: NOON, result: null, resultDropped: true } as const;
    await world.putRow(jobRow({ state }));
    expect(await resultFor(world.sender, 'job-1', {})).toMatchObject({ result: null, resultDropped: true });
  });

  test('is a value where the job is dead: what went wrong, what to do, and where an operator finds it', async () => {
    const world = senderWorld();
    await world.deadLetter(leadJob('job-1'));
    expect(await resultFor(world.sender, 'job-1', {})).toEqual({
      kind: 'dead-lettered',
      id: 'job-1',
      operation: 'syncLead',
      class: 'invalid-request',
      code: 20105,
      message: 'syncLead operation failed: unknown fields for import: pants (20105)',
      advice: expect.stringContaining('describeMObject'),
      letterId: 'job-1',
    });
  });

  test('says by the last attempt why the job is dead where the letter was removed', async () => {
    const world = senderWorld();
    const attempt = { callId: 'c', at: NOON, durationMs: 1, httpStatus: 500, counted: true } as const;
    const attempts = [{ ...attempt, class: 'not-found', code: 20103, message: 'No lead found' }] as const;
    const state = { kind: 'dead-lettered', at: NOON, letterId: 'job-1', quietUntil: null } as const;
    await world.putRow(jobRow({ attempts, state }));
    const answer = await resultFor(world.sender, 'job-1', {});
    expect(answer).toMatchObject({ class: 'not-found', code: 20103, message: 'No lead found' });
  });

  test('is not there while the letter is about to be filed, nor while the job is redriven', async () => {
    const world = senderWorld();
    await world.deadLetter(leadJob('job-1'), {}, { kind: 'queued' });
    expect(await resultFor(world.sender, 'job-1', { timeoutMs: 1_000 })).toMatchObject({ kind: 'pending' });
  });

  test('is a value where its batch was cancelled', async () => {
    const world = senderWorld();
    await world.putRow(jobRow({ state: { kind: 'cancelled', at: NOON } }));
    expect(await resultFor(world.sender, 'job-1', {})).toEqual({
      kind: 'cancelled',
      id: 'job-1',
      operation: 'syncLead',
    });
  });
});

describe('when the time is up', () => {
  test('an id that nobody has heard of is pending, and unknown', async () => {
    const { sender } = senderWorld();
    const answer = await resultFor(sender, 'job-1', { timeoutMs: 60_000 });
    expect(answer).toEqual({ kind: 'pending', id: 'job-1', pending: 'unknown', reason: null, until: null });
    // The last look is read with whoever asks in the same moment.
    expect(sender.clock()).toBe(NOON + 60_020);
  });

  test('a job that only a chunk tells of is queued, and waits for what holds the account', async () => {
    const world = senderWorld();
    const sent = { id: 'b-7', digest: '', operation: 'syncLead', at: NOON } as const;
    world.ports.chunks.put(lineChunkId('b', 7), { jobs: [sent] });
    const queued = { kind: 'pending', id: 'b-7', pending: 'queued', reason: null, until: null };
    expect(await resultFor(world.sender, 'b-7', { timeoutMs: 1_000 })).toEqual(queued);
    await pauseAccount(world.ports, 'maintenance');
    const held = { ...queued, pending: 'waiting', reason: 'operator' };
    expect(await resultFor(world.sender, 'b-7', { timeoutMs: 1_000 })).toEqual(held);
    expect(await resultFor(world.sender, 'none', { timeoutMs: 1_000 })).toMatchObject({
      pending: 'unknown',
      reason: 'operator',
    });
  });

  test('a job in its backoff says until when', async () => {
    const world = senderWorld();
    const until = NOON + 600_000;
    await world.putRow(jobRow({ state: { kind: 'waiting', reason: 'backoff', until } }));
    expect(await resultFor(world.sender, 'job-1', { timeoutMs: 1_000 })).toEqual({
      kind: 'pending',
      id: 'job-1',
      pending: 'waiting',
      reason: 'backoff',
      until: '2026-11-22T12:10:00.000Z',
    });
  });
});

test('a job is shown as it is, with its result, and one that nothing tells of is null', async () => {
  const world = senderWorld();
  await world.complete('job-1', '{"result":{}}');
  expect(await sentJobOf(world.sender, 'job-1')).toEqual({
    id: 'job-1',
    operation: 'syncLead',
    state: 'completed',
    attempts: [],
    waiting: null,
    result: { result: {} },
  });
  expect(await sentJobOf(world.sender, 'job-2')).toBeNull();
});
