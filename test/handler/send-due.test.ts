import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../shared/kernel/clock.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { sendDue } from '../../shared/tend/send-due.ts';
import { createWorld, deliveryOf, syncLeadJob, type World } from '../support/work-world.ts';

/** Parks one job after the other, each due at `dueAt`. */
async function park(world: World, jobs: readonly (readonly [id: string, dueAt: string])[]): Promise<void> {
  for (const [id, notBefore] of jobs) {
    const job = syncLeadJob(id, 'a@example.com', { notBefore });
    await runBatch([deliveryOf(job)], world.invocation(), world.ports);
    expect(world.ledger.row(id)?.state.kind).toBe('parked');
  }
}

const idsIn = (world: World) => world.jobsQueue.messages().map(({ body }) => JSON.parse(body).id);

describe('sendDue', () => {
  test('parked jobs of one lead are sent in the order in which they are due, then in that of their messages', async () => {
    const world = createWorld();
    await park(world, [
      ['last', '2026-11-22T20:00:00Z'],
      ['first', '2026-11-22T19:00:00Z'],
      ['second', '2026-11-22T19:00:00Z'],
    ]);
    world.advance(3 * HOUR_MS);
    expect(await sendDue(world.invocation(), world.ports)).toBe(3);
    expect(idsIn(world)).toEqual(['first', 'second', 'last']);
  });

  test('a parked job that SQS refuses stays parked, and is sent in the next minute', async () => {
    let broken = true;
    const world = createWorld({
      faults: { jobsQueue: (method) => (method === 'send' && broken ? 'throw' : null) },
    });
    await park(world, [['j1', '2026-11-22T19:00:00Z']]);
    world.advance(2 * HOUR_MS);
    expect(await sendDue(world.invocation(), world.ports)).toBe(0);
    expect(world.ledger.row('j1')?.state.kind).toBe('parked');
    broken = false;
    expect(await sendDue(world.invocation(), world.ports)).toBe(1);
    expect(idsIn(world)).toEqual(['j1']);
    expect(world.ledger.row('j1')?.state.kind).toBe('queued');
  });

  test.each([
    ['could not be delivered', 'failed', [], ['first', 'second']],
    ['will never be taken', 'refused', ['second'], []],
  ] as const)(
    'a parked job whose message %s keeps back the later ones of its lead only if it may still go',
    async (_what, kind, sent, parked) => {
      const world = createWorld();
      await park(world, [
        ['first', '2026-11-22T19:00:00Z'],
        ['second', '2026-11-22T20:00:00Z'],
      ]);
      world.advance(3 * HOUR_MS);
      const send: typeof world.jobsQueue.send = async (messages) =>
        JSON.parse(messages[0]?.body ?? '{}').id === 'first'
          ? [{ kind, message: 'no' }]
          : world.jobsQueue.send(messages);
      const ports = { ...world.ports, jobsQueue: { ...world.jobsQueue, send } };
      expect(await sendDue(world.invocation(), ports)).toBe(sent.length);
      expect(idsIn(world)).toEqual(sent);
      const isParked = (id: string) => world.ledger.row(id)?.state.kind === 'parked';
      expect(['first', 'second'].filter(isParked)).toEqual(parked);
    },
  );

  test('a parked job whose message will never be taken becomes a letter with its text and the queue’s words', async () => {
    const world = createWorld();
    await park(world, [['j1', '2026-11-22T19:00:00Z']]);
    world.advance(2 * HOUR_MS);
    const send = async () => [{ kind: 'refused', message: 'InvalidMessageContents' } as const];
    await sendDue(world.invocation(), { ...world.ports, jobsQueue: { ...world.jobsQueue, send } });
    expect(world.archive.letters()).toMatchObject([
      { letterId: 'j1', class: 'internal', message: expect.stringContaining('InvalidMessageContents') },
    ]);
    expect(world.ledger.row('j1')?.state.kind).toBe('dead-lettered');
  });

  test('a hundred due jobs whose texts are gone become letters, and keep nobody else from being sent', async () => {
    const world = createWorld();
    await park(world, [['good', '2026-11-22T19:30:00Z']]);
    const good = world.ledger.row('good');
    if (good?.state.kind !== 'parked') throw new Error('not parked');
    const body = { kind: 'parts', key: 'gone', count: 1, bytes: 70_000 } as const;
    for (let n = 0; n < 150; n += 1) {
      const until = Date.parse('2026-11-22T19:00:00Z');
      world.ledger.put({
        ...good,
        jobId: `gone-${n}`,
        state: { ...good.state, until, groupId: `g${n}`, body },
      });
    }
    world.advance(2 * HOUR_MS);
    expect(await sendDue(world.invocation(), world.ports)).toBe(1);
    expect(idsIn(world)).toEqual(['good']);
    expect(world.archive.letters()).toHaveLength(150);
    expect(new Set(world.archive.letters().map((letter) => letter.message))).toEqual(
      new Set(['the text of the parked job is gone']),
    );
    expect(await sendDue(world.invocation(), world.ports)).toBe(0);
  });

  test('a parked job that cannot be read is told of by name, and keeps nobody else from being sent', async () => {
    const world = createWorld();
    await park(world, [['good', '2026-11-22T19:00:00Z']]);
    world.advance(2 * HOUR_MS);
    const errors: unknown[] = [];
    const ledger: typeof world.ledger = {
      ...world.ledger,
      due: (now, limit, onUnreadable) => {
        onUnreadable?.('bad', new Error('schema 99'));
        return world.ledger.due(now, limit);
      },
    };
    const log = { ...world.ports.log, error: (_text: string, about: unknown) => void errors.push(about) };
    expect(await sendDue(world.invocation(), { ...world.ports, ledger, log })).toBe(1);
    expect(idsIn(world)).toEqual(['good']);
    expect(errors).toEqual([{ jobId: 'bad', error: 'schema 99' }]);
  });
});
