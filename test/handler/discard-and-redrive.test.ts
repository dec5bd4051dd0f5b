import { describe, expect, test } from 'vitest';
import { DEFAULT_RETENTION_MS } from '../../shared/config/limits.ts';
import type { LetterHead } from '../../shared/deadletter/letter.ts';
import type { Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import { firstRow } from '../../shared/ledger/row.ts';
import { discard } from '../../shared/operate/discard.ts';
import { planRedrive } from '../../shared/operate/redrive/plan-redrive.ts';
import { redrive } from '../../shared/operate/redrive/redrive.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { type Choose, Crash, everyWay, Processes } from '../support/interleave.ts';
import { letterHead } from '../support/rows.ts';
import { createWorld, syncLeadJob, type World } from '../support/work-world.ts';

const JOB = syncLeadJob('a');

/** A world with one letter: of a job that died, or of a message that was none and whose edit is redriven. */
function worldWith(kind: 'job' | 'malformed'): { readonly world: World; readonly letterId: string } {
  const world = createWorld();
  const letterId = kind === 'job' ? 'a' : 'msg-1';
  const letter: LetterHead = letterHead({
    letterId,
    jobId: kind === 'job' ? 'a' : null,
    class: kind === 'job' ? 'invalid-request' : 'malformed',
    job: { kind: 'inline', text: kind === 'job' ? messageFor(JOB).body : 'no job' },
  });
  world.archive.put(letter);
  const seen = { sequenceNumber: '1', enqueuedAt: world.now() };
  const state = { kind: 'dead-lettered', at: world.now(), letterId, quietUntil: null } as const;
  if (kind === 'job') world.ledger.put({ ...firstRow(JOB, seen), state });
  return { world, letterId };
}

/** The operator's ports of one process: it waits for its turn before each effect, and may die after each write. */
function portsOf(
  world: World,
  name: string,
  processes: Processes,
  choose: Choose,
  crashes: { left: number },
) {
  const { archive, ledger, bodies, jobsQueue } = world;
  const read = async <T>(store: string, effect: () => Promise<T>): Promise<T> => {
    await processes.turn(name, { store, writes: false });
    return effect();
  };
  const write = async <T>(store: string, effect: () => Promise<T>): Promise<T> => {
    await processes.turn(name, { store, writes: true });
    const answer = await effect();
    if (crashes.left > 0 && choose(2) === 1) {
      crashes.left -= 1;
      throw new Crash();
    }
    return answer;
  };
  return {
    ...world.ports,
    bodies,
    archive: {
      ...archive,
      get: (id: string) => read('archive', () => archive.get(id)),
      read: (id: string) => read('archive', () => archive.read(id)),
      change: ((at, reduce) => write('archive', () => archive.change(at, reduce))) as typeof archive.change,
    },
    ledger: {
      ...ledger,
      get: (id: string) => read('ledger', () => ledger.get(id)),
      change: ((at, reduce) => write('ledger', () => ledger.change(at, reduce))) as typeof ledger.change,
    },
    jobsQueue: {
      send: ((messages) => write('queue', () => jobsQueue.send(messages))) as typeof jobsQueue.send,
    },
  };
}

/** Runs what is in the queue, as the worker would. */
async function work(world: World): Promise<void> {
  const deliveries = world.jobsQueue.deliver(10, 60_000);
  const { failed } = await runBatch(deliveries, world.invocation(), world.ports);
  for (const { messageId, receiptHandle } of deliveries) {
    if (!failed.includes(messageId)) world.jobsQueue.acknowledge(receiptHandle);
  }
}

type OperatorPorts = Parameters<typeof redrive>[0] & Omit<Parameters<typeof planRedrive>[0], 'retentionMs'>;

async function redriveLetter(ports: OperatorPorts, letterId: string, edit: Job | null): Promise<unknown> {
  const choice = { by: 'id', includeInDoubt: false, superseded: false, edited: edit !== null } as const;
  const plan = await planRedrive({ ...ports, retentionMs: DEFAULT_RETENTION_MS }, [letterId], choice);
  return redrive(ports, plan, { edit: edit === null ? null : messageFor(edit).body, patienceMs: 0 });
}

describe('a discard and a redrive of one letter at the same time', () => {
  test.each([
    ['job', 'one of them dies'],
    ['job', 'the worker takes the message'],
    ['malformed', 'one of them dies'],
    ['malformed', 'the worker takes the message'],
  ] as const)(
    'end in a discard without a call or in a job that ends once (a letter of a %s, however they interleave, wherever %s)',
    async (kind, disturbed) => {
      const edit = kind === 'job' ? null : JOB;
      const ends = new Set<string>();
      const ways = await everyWay(async (choose) => {
        const { world, letterId } = worldWith(kind);
        const processes = new Processes();
        const crashes = { left: disturbed === 'one of them dies' ? 1 : 0 };
        const mayDie = crashes.left;
        const portsFor = (name: string) => portsOf(world, name, processes, choose, crashes);
        processes.start('redrive', () => redriveLetter(portsFor('redrive'), letterId, edit));
        processes.start('discard', () => discard(portsFor('discard'), letterId, 'no'));
        if (mayDie === 0) processes.start('worker', () => work(world));
        if (!(await processes.finish(choose))) return;
        const callsBefore = world.sends.length;
        const wasDiscarded = world.archive.letters()[0]?.status === 'discarded';
        await work(world);
        // Nothing of a letter that was discarded may be called afterwards, even if nobody repeats anything.
        if (wasDiscarded) expect(world.sends).toHaveLength(callsBefore);
        // Whoever died is repeated; a letter that is closed by then says so.
        if (crashes.left < mayDie) await discard(world.ports, letterId, 'again');
        await work(world);

        const status = world.archive.letters().find((letter) => letter.letterId === letterId)?.status;
        const state = world.ledger.row('a')?.state;
        ends.add(`${status} ${world.sends.length} ${state?.kind}`);
        if (status === 'discarded') expect(world.sends).toHaveLength(0);
        else expect([status, world.sends.length, state?.kind]).toEqual(['redriven', 1, 'completed']);
      });
      expect(ways).toBeGreaterThan(500);
      expect([...ends].some((end) => end.startsWith('redriven 1'))).toBe(true);
      expect([...ends].some((end) => end.startsWith('discarded 0'))).toBe(true);
    },
  );
});
