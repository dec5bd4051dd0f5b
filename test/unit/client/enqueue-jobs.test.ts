import { describe, expect, test } from 'vitest';
import { type Candidate, type EnqueuePorts, enqueueJobs } from '../../../client/enqueue-jobs.ts';
import type { EnqueueResult } from '../../../client/types.ts';
import type { OutgoingMessage, SendResult } from '../../../shared/job/queues.ts';
import { DEFAULT_SEND_LIMITS } from '../../../shared/job/send-in-order.ts';
import { absent } from '../../../shared/kernel/document.ts';
import { type MemoryChunks, memoryChunks } from '../../memory/memory-chunks.ts';
import { memoryJobsQueue } from '../../memory/memory-jobs-queue.ts';
import { type MemoryLedger, memoryLedger } from '../../memory/memory-ledger.ts';
import { SOME_TIME } from '../../support/rows.ts';

interface World {
  readonly ports: EnqueuePorts;
  readonly ledger: MemoryLedger;
  readonly chunks: MemoryChunks;
  readonly sent: OutgoingMessage[];
}

function world(changes: Partial<EnqueuePorts> = {}): World {
  let made = 0;
  const makeId = () => `made-${++made}`;
  const ledger = memoryLedger();
  const chunks = memoryChunks();
  const queue = memoryJobsQueue(() => SOME_TIME);
  const sent: OutgoingMessage[] = [];
  const jobsQueue = {
    send: (messages: readonly OutgoingMessage[]) => {
      sent.push(...messages);
      return queue.send(messages);
    },
  };
  const isCancelled = async () => false;
  const ports = { ledger, chunks, jobsQueue, isCancelled, clock: () => SOME_TIME, makeId, ...changes };
  return { ports, ledger, chunks, sent };
}

const lead = (email: string, more: object = {}): Candidate & { readonly kind: 'job' } => ({
  kind: 'job',
  value: { operation: 'syncLead', params: { leadRecord: { Email: email }, returnLead: false }, ...more },
  line: null,
});

/** A row of a file of batch `b`, under the id of its line. */
const row = (line: number, email = `l${line}@example.com`, more: object = {}): Candidate => ({
  ...lead(email, { id: `b-${line}`, batch: 'b', ...more }),
  line,
});

async function all(results: AsyncIterable<EnqueueResult>): Promise<EnqueueResult[]> {
  return Array.fromAsync(results);
}

const ids = (sent: readonly OutgoingMessage[]): unknown[] => sent.map(({ body }) => JSON.parse(body).id);

describe('enqueueJobs', () => {
  test('refuses the row that JSON cannot hold, says where, and goes on with the stream', async () => {
    const { ports, sent } = world();
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level += 1) deep = [deep];
    const stubborn = {
      toJSON: () => {
        throw new Error('not today');
      },
    };
    const metas = [{ id: 1n }, cycle, { call: () => 1 }, stubborn, deep];
    const results = await all(
      enqueueJobs(ports, [
        lead('first@example.com'),
        ...metas.map((meta, i) => lead(`bad${i}@example.com`, { meta })),
        lead('last@example.com'),
      ]),
    );
    expect(results.map((result) => ('error' in result ? result.error : result.id))).toEqual([
      'made-1',
      'meta.id: is a bigint, which JSON cannot hold',
      'meta.self: contains itself, which JSON cannot hold',
      'meta.call: is a function, which JSON cannot hold',
      'meta: cannot be read: not today',
      expect.stringMatching(/^meta\[0\].*: is nested deeper than 64 levels$/),
      'made-2',
    ]);
    expect(ids(sent)).toEqual(['made-1', 'made-2']);
  });

  test('sends what it has checked, whatever a getter answers the second time', async () => {
    const { ports, sent } = world();
    let asked = 0;
    const meta = Object.defineProperty({}, 'n', { enumerable: true, get: () => (asked++ < 2 ? asked : 1n) });
    const results = await all(enqueueJobs(ports, [lead('a@example.com', { meta })]));
    expect(results).toMatchObject([{ id: 'made-1', sent: true }]);
    expect(JSON.parse(sent[0]?.body ?? '').meta).toEqual({ n: 2 });
  });

  test('sends a job with id, version and time filled in, and writes its queued row where it is the only one', async () => {
    const { ports, ledger, sent } = world();
    const results = await all(enqueueJobs(ports, [lead('a@example.com')]));
    expect(results).toEqual([{ index: 0, id: 'made-1', sent: true }]);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      version: 1,
      id: 'made-1',
      enqueuedAt: '2026-11-22T10:00:00.000Z',
    });
    expect(ledger.row('made-1')).toMatchObject({
      state: { kind: 'queued' },
      orderingKey: 'lead:EMAIL:a@example.com',
    });
  });

  test('refuses an invalid job with the path of what is wrong, and sends its neighbours', async () => {
    const { ports, sent } = world();
    const results = await all(
      enqueueJobs(ports, [
        lead('a@example.com', { id: 'a' }),
        { kind: 'job', value: { operation: 'syncLead', params: { leadrecord: {} } }, line: null },
        { kind: 'unreadable', error: 'not JSON' },
        lead('b@example.com', { id: 'b' }),
      ]),
    );
    expect(results[1]).toMatchObject({ index: 1, error: expect.stringContaining('params.lead') });
    expect(results[2]).toEqual({ index: 2, error: 'not JSON' });
    expect(ids(sent)).toEqual(['a', 'b']);
  });

  test('answers in its place for a job of which the sender knows already, and asks nobody about it', async () => {
    const { ports, sent } = world();
    const results = await all(
      enqueueJobs(ports, [
        lead('a@example.com', { id: 'a' }),
        { kind: 'known', id: 'k' },
        lead('b@example.com', { id: 'b' }),
      ]),
    );
    expect(results).toEqual([
      { index: 0, id: 'a', sent: true },
      { index: 1, id: 'k', sent: false },
      { index: 2, id: 'b', sent: true },
    ]);
    expect(ids(sent)).toEqual(['a', 'b']);
  });

  test('refuses a message larger than a queue takes, and takes one that just fits', async () => {
    const { ports, sent } = world();
    const withMeta = (letters: number) => lead('a@example.com', { id: 'x', meta: 'x'.repeat(letters) });
    const [small] = await all(enqueueJobs(ports, [withMeta(0)]));
    expect(small).toMatchObject({ id: 'x' });
    const room = 256 * 1024 - (sent[0]?.body.length ?? 0);
    const results = await all(enqueueJobs(world().ports, [withMeta(room + 1)]));
    expect(results[0]).toMatchObject({ error: expect.stringContaining('262145 bytes') });
    expect((await all(enqueueJobs(world().ports, [withMeta(room)])))[0]).toMatchObject({ sent: true });
  });

  test('refuses an epoch, which only a redrive sets', async () => {
    const [result] = await all(enqueueJobs(world().ports, [lead('a@example.com', { epoch: 1 })]));
    expect(result).toMatchObject({ error: expect.stringContaining('epoch') });
  });

  test('sends nothing the second time the same job is enqueued', async () => {
    const { ports, sent } = world();
    await all(enqueueJobs(ports, [lead('a@example.com', { id: 'a' })]));
    const again = await all(enqueueJobs(ports, [lead('a@example.com', { id: 'a' })]));
    expect(again).toEqual([{ index: 0, id: 'a', sent: false }]);
    expect(sent).toHaveLength(1);
  });

  test('refuses an id that belongs to a job with other contents, with words that say what to change', async () => {
    const { ports, sent } = world();
    const results = await all(
      enqueueJobs(ports, [lead('a@example.com', { id: 'a' }), lead('b@example.com', { id: 'a' })]),
    );
    expect(results[1]).toMatchObject({
      error: expect.stringMatching(/id a belongs to another .* another id/),
    });
    expect(sent).toHaveLength(1);
  });

  test('never has two jobs of one ordering key under way, and keeps their order', async () => {
    const underWay = new Map<string, number>();
    const order: string[] = [];
    let most = 0;
    let mostBatches = 0;
    let batches = 0;
    const jobsQueue = {
      async send(messages: readonly OutgoingMessage[]): Promise<readonly SendResult[]> {
        batches += 1;
        mostBatches = Math.max(mostBatches, batches);
        for (const { groupId, body } of messages) {
          underWay.set(groupId, (underWay.get(groupId) ?? 0) + 1);
          most = Math.max(most, underWay.get(groupId) ?? 0);
          order.push(String(JSON.parse(body).id));
        }
        await new Promise((resolve) => setImmediate(resolve));
        for (const { groupId } of messages) underWay.set(groupId, (underWay.get(groupId) ?? 0) - 1);
        batches -= 1;
        return messages.map(({ deduplicationId }) => ({
          kind: 'sent',
          messageId: deduplicationId,
          sequenceNumber: null,
        }));
      },
    };
    const { ports } = world({ jobsQueue });
    const jobs = Array.from({ length: 300 }, (_, i) =>
      lead(`${i % 7 === 0 ? 'same' : `l${i}`}@example.com`, { id: `${i}` }),
    );
    const results = await all(enqueueJobs(ports, jobs));
    expect(most).toBe(1);
    expect(mostBatches).toBeGreaterThan(1);
    expect(order.filter((id) => Number(id) % 7 === 0)).toEqual(
      Array.from({ length: 43 }, (_, i) => `${i * 7}`),
    );
    expect(results.map((result) => ('id' in result ? result.id : ''))).toEqual(jobs.map((_, i) => `${i}`));
  });

  test('reads no further ahead than the window while nothing is answered', async () => {
    let read = 0;
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { ports } = world({
      jobsQueue: {
        async send(messages) {
          await held;
          return messages.map(() => ({ kind: 'sent', messageId: 'm', sequenceNumber: null }));
        },
      },
    });
    async function* source(): AsyncGenerator<Candidate> {
      for (; read < 500; read += 1) yield lead(`l${read}@example.com`);
    }
    const results = enqueueJobs(ports, source(), { ...DEFAULT_SEND_LIMITS, windowItems: 50, batches: 2 });
    const first = results.next();
    for (let i = 0; i < 1_000; i += 1) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    // The fiftieth is yielded before it is counted.
    expect(read).toBe(49);
    release();
    await first;
    let seen = 1;
    for await (const _ of results) seen += 1;
    expect(seen).toBe(500);
  });

  test('does not keep a lone job waiting for company from a slow source', async () => {
    const { ports } = world();
    const never = new Promise<void>(() => {});
    async function* source(): AsyncGenerator<Candidate> {
      yield lead('a@example.com', { id: 'a' });
      await never;
    }
    const results = enqueueJobs(ports, source());
    expect((await results.next()).value).toMatchObject({ id: 'a', sent: true });
    await results.return();
  });

  test('answers for what was read before a source throws, then throws what it threw', async () => {
    const { ports, sent } = world();
    async function* source(): AsyncGenerator<Candidate> {
      yield lead('a@example.com', { id: 'a' });
      throw new Error('disk gone');
    }
    const results = enqueueJobs(ports, source());
    expect((await results.next()).value).toMatchObject({ id: 'a' });
    await expect(results.next()).rejects.toThrow('disk gone');
    expect(sent).toHaveLength(1);
  });

  test('waits for what is under way when its reader stops early', async () => {
    let begun = 0;
    let ended = 0;
    const { ports } = world({
      jobsQueue: {
        async send(messages) {
          begun += 1;
          await new Promise((resolve) => setImmediate(resolve));
          ended += 1;
          return messages.map(() => ({ kind: 'sent', messageId: 'm', sequenceNumber: null }));
        },
      },
    });
    let open = 0;
    const jobs = Array.from({ length: 200 }, (_, i) => lead(`l${i}@example.com`));
    for await (const _ of enqueueJobs(ports, jobs)) {
      open = begun - ended;
      break;
    }
    expect(open).toBeGreaterThan(0);
    expect(ended).toBe(begun);
  });

  test('says that no answer came, under which id to try again, when the queue throws', async () => {
    const { ports, ledger } = world({
      jobsQueue: {
        async send() {
          throw new Error('socket hang up');
        },
      },
    });
    const [result] = await all(enqueueJobs(ports, [lead('a@example.com', { id: 'a' })]));
    expect(result).toMatchObject({ error: expect.stringMatching(/socket hang up.*same id a/) });
    expect(ledger.rows()).toEqual([]);
  });

  test('passes on what the queue says of the one message it refuses', async () => {
    const { ports } = world({
      jobsQueue: {
        async send(messages) {
          return messages.map((_, i) =>
            i === 0
              ? { kind: 'refused', message: 'InvalidMessageContents' }
              : { kind: 'sent', messageId: 'm', sequenceNumber: null },
          );
        },
      },
    });
    const jobs = ['a', 'b', 'c'].map((id) => lead(`${id}@example.com`, { id }));
    const results = await all(enqueueJobs(ports, jobs, { ...DEFAULT_SEND_LIMITS, batches: 1 }));
    // The first leaves alone, the other two together.
    expect(results).toMatchObject([
      { error: 'InvalidMessageContents' },
      { error: 'InvalidMessageContents' },
      { id: 'c' },
    ]);
  });

  test('sends nothing of a lead after a job of it that could not be sent, and everything of the others', async () => {
    const taken: unknown[] = [];
    const { ports } = world({
      jobsQueue: {
        async send(messages) {
          taken.push(...ids(messages));
          return messages.map(({ body }) =>
            JSON.parse(body).id === 'a-1'
              ? { kind: 'failed', message: 'ServiceUnavailable' }
              : { kind: 'sent', messageId: 'm', sequenceNumber: null },
          );
        },
      },
    });
    const jobs = ['a-1', 'a-2', 'b-1', 'a-3', 'b-2'].map((id) => lead(`${id[0]}@example.com`, { id }));
    const results = await all(enqueueJobs(ports, jobs));
    expect(results).toMatchObject([
      { error: 'ServiceUnavailable' },
      { error: expect.stringContaining('an earlier job on the same lead') },
      { id: 'b-1' },
      { error: expect.stringContaining('an earlier job on the same lead') },
      { id: 'b-2' },
    ]);
    expect(taken).toEqual(['a-1', 'b-1', 'b-2']);
  });

  test('goes on with a lead after a job of it that was refused for its contents', async () => {
    const { ports } = world();
    await all(enqueueJobs(ports, [lead('a@example.com', { id: 'a', workspace: 'X' })]));
    const results = await all(
      enqueueJobs(ports, [lead('a@example.com', { id: 'a' }), lead('a@example.com', { id: 'b' })]),
    );
    expect(results).toMatchObject([{ error: expect.any(String) }, { id: 'b', sent: true }]);
  });

  test('sends nothing under an id that the ledger could not be asked about', async () => {
    const { ports, sent } = world({
      ledger: {
        get: async () => {
          throw new Error('timeout');
        },
        change: async (at) => ({ kind: 'left', copy: typeof at === 'string' ? absent(at) : at }),
      },
    });
    const results = await all(
      enqueueJobs(ports, [lead('a@example.com', { id: 'a' }), lead('b@example.com')]),
    );
    expect(results[0]).toMatchObject({ error: expect.stringContaining('nothing was sent') });
    expect(results[1]).toMatchObject({ sent: true });
    expect(sent).toHaveLength(1);
  });

  test('accepts a job whose row could not be written: the queue has it, and the worker writes the row', async () => {
    const { ports } = world({
      ledger: {
        get: async () => null,
        change: async () => {
          throw new Error('throttled');
        },
      },
    });
    const unrecorded: number[] = [];
    const onUnrecorded = (jobs: number) => void unrecorded.push(jobs);
    const [result] = await all(enqueueJobs({ ...ports, onUnrecorded }, [lead('a@example.com', { id: 'a' })]));
    expect(result).toEqual({ index: 0, id: 'a', sent: true });
    expect(unrecorded).toEqual([1]);
  });

  test('never overwrites a row that the worker wrote first', async () => {
    const { ports, ledger } = world();
    const jobsQueue = {
      async send(messages: readonly OutgoingMessage[]): Promise<readonly SendResult[]> {
        await all(
          enqueueJobs({ ...ports, clock: () => SOME_TIME - 1 }, [lead('a@example.com', { id: 'a' })]),
        );
        return messages.map(() => ({ kind: 'sent', messageId: 'm', sequenceNumber: '9' }));
      },
    };
    await all(enqueueJobs({ ...ports, jobsQueue }, [lead('a@example.com', { id: 'a' })]));
    expect(ledger.rows()).toHaveLength(1);
    expect(ledger.row('a')).toMatchObject({ enqueuedAt: SOME_TIME - 1 });
  });
});

describe('a file of a batch', () => {
  const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i));
  const chunked = ({ chunks }: World) => chunks.all().map(({ jobs }) => jobs.length);

  test('costs a write per 300 lines and no row', async () => {
    const here = world();
    let writes = 0;
    const chunks = {
      ...here.chunks,
      change: (...args: Parameters<MemoryChunks['change']>) => {
        writes += 1;
        return here.chunks.change(...args);
      },
    };
    await all(enqueueJobs({ ...here.ports, chunks }, rows(2, 902)));
    expect(here.ledger.rows()).toEqual([]);
    expect(chunked(here)).toEqual([298, 300, 300, 2]);
    expect(writes).toBe(4);
  });

  test('is written down only once the queue has acknowledged it', async () => {
    const here = world();
    const failing = { send: async () => [{ kind: 'failed', message: 'ServiceUnavailable' }] as const };
    await all(enqueueJobs({ ...here.ports, jobsQueue: failing }, [row(2)]));
    expect(here.chunks.all()).toEqual([]);
    await all(enqueueJobs(here.ports, [row(2), row(3)]));
    expect(chunked(here)).toEqual([2]);
  });

  test('is sent once, however often it is enqueued, and its new lines are', async () => {
    const here = world();
    await all(enqueueJobs(here.ports, rows(2, 400)));
    const later = { ...here.ports, clock: () => SOME_TIME + 60_000 };
    const again = await all(enqueueJobs(later, rows(2, 410)));
    expect(again.filter((result) => 'sent' in result && !result.sent)).toHaveLength(398);
    expect(here.sent).toHaveLength(408);
    expect(chunked(here)).toEqual([298, 110]);
  });

  test('asks for a chunk once for all of its lines, and for no row', async () => {
    const here = world();
    await all(enqueueJobs(here.ports, rows(2, 600)));
    const reads: string[] = [];
    const chunks = {
      ...here.chunks,
      read: (id: string) => {
        reads.push(id);
        return here.chunks.read(id);
      },
    };
    const ledger = { ...here.ledger, get: () => Promise.reject(new Error('a row was asked for')) };
    const again = await all(enqueueJobs({ ...here.ports, chunks, ledger }, rows(2, 600)));
    expect(again.every((result) => 'sent' in result && !result.sent)).toBe(true);
    expect(reads).toHaveLength(2);
  });

  test('sends again what was sent and not written down before the sender was killed, under the same id', async () => {
    const here = world();
    const killed = {
      ...here.chunks,
      change: () => new Promise<never>(() => {}),
    };
    void all(enqueueJobs({ ...here.ports, chunks: killed }, rows(2, 302)));
    while (here.sent.length < 300) await new Promise((resolve) => setImmediate(resolve));
    const later = { ...here.ports, clock: () => SOME_TIME + 60_000 };
    await all(enqueueJobs(later, rows(2, 302)));
    expect(here.sent).toHaveLength(600);
    // The ledger knows a job by its id, however often it is sent.
    expect(new Set(here.sent.map(({ body }) => JSON.parse(body).id as string)).size).toBe(300);
  });

  test('refuses a line that was another job before, and does so while that is still in the queue', async () => {
    const here = world();
    await all(enqueueJobs(here.ports, [row(2), row(3)]));
    const [result] = await all(enqueueJobs(here.ports, [row(2, 'other@example.com'), row(3)]));
    expect(result).toMatchObject({
      error: expect.stringMatching(/^the id b-2 belongs to another syncLead job/),
    });
    expect(here.sent).toHaveLength(2);
  });

  test('goes by the row of a job that no queue can hold any more, and sends it anew without one', async () => {
    const here = world();
    await all(enqueueJobs(here.ports, [row(2), row(3)]));
    const later = { ...here.ports, clock: () => SOME_TIME + 14 * 24 * 3_600_000 };
    await all(enqueueJobs(world().ports, [row(2)]));
    const known = world();
    await all(enqueueJobs(known.ports, [row(2)]));
    const kept = known.ledger.row('b-2');
    if (kept !== null) here.ledger.put(kept);
    const again = await all(enqueueJobs(later, [row(2), row(3)]));
    expect(again).toMatchObject([{ sent: false }, { sent: true }]);
  });

  test('keeps what a second file of the batch adds under ids of its own, in as many chunks as it takes', async () => {
    const here = world();
    const file = (name: string) =>
      Array.from({ length: 300 }, (_, line) => ({
        ...lead(`${name}${line}@example.com`, { id: `${name}-x${line}`, batch: 'b' }),
        line,
      }));
    for (const name of ['one', 'two', 'three', 'four', 'five'])
      await all(enqueueJobs(here.ports, file(name)));
    expect(chunked(here)).toEqual([1_200, 300]);
  });

  test('says how many are in the queue alone when their chunk cannot be written', async () => {
    const here = world();
    const unrecorded: number[] = [];
    const chunks = { ...here.chunks, change: () => Promise.reject(new Error('throttled')) };
    const ports = { ...here.ports, chunks, onUnrecorded: (jobs: number) => void unrecorded.push(jobs) };
    const results = await all(enqueueJobs(ports, rows(2, 302)));
    expect(results.every((result) => 'sent' in result && result.sent)).toBe(true);
    expect(unrecorded).toEqual([298, 2]);
  });

  test('writes at its end what the store refused in the middle of the stream', async () => {
    const here = world();
    const unrecorded: number[] = [];
    let refusals = 1;
    const change: EnqueuePorts['chunks']['change'] = (at, reduce) =>
      refusals-- > 0 ? Promise.reject(new Error('throttled')) : here.chunks.change(at, reduce);
    const chunks = { ...here.chunks, change };
    const ports = { ...here.ports, chunks, onUnrecorded: (jobs: number) => void unrecorded.push(jobs) };
    await all(enqueueJobs(ports, rows(2, 302)));
    expect(chunked(here).sort()).toEqual([2, 298]);
    expect(unrecorded).toEqual([]);
  });

  test('sends nothing of a chunk that cannot be read', async () => {
    const here = world();
    const chunks = { ...here.chunks, read: () => Promise.reject(new Error('timeout')) };
    const results = await all(enqueueJobs({ ...here.ports, chunks }, rows(2, 12)));
    expect(results.every((result) => 'error' in result && result.error.includes('nothing was sent'))).toBe(
      true,
    );
    expect(here.sent).toEqual([]);
  });
});

describe('many jobs of no file', () => {
  test('are written down by their batch, and not at all without one', async () => {
    const here = world();
    const jobs = Array.from({ length: 700 }, (_, i) => lead(`l${i}@example.com`, { batch: 'b' }));
    await all(enqueueJobs(here.ports, jobs));
    await all(enqueueJobs(here.ports, [lead('x@example.com'), lead('y@example.com')]));
    expect(here.ledger.rows()).toEqual([]);
    const sizes = here.chunks.all().map(({ jobs: { length } }) => length);
    expect(sizes.reduce((all, size) => all + size, 0)).toBe(700);
    expect(sizes.length).toBeLessThanOrEqual(3);
  });

  test('are written down within seconds while their source is slow', async () => {
    let now = SOME_TIME;
    const here = world({ clock: () => now });
    async function* source(): AsyncGenerator<Candidate> {
      for (let n = 0; n < 4; n += 1) {
        yield lead(`l${n}@example.com`, { batch: 'b' });
        now += 3_000;
      }
      await new Promise(() => {});
    }
    const results = enqueueJobs(here.ports, source());
    for (let n = 0; n < 4; n += 1) await results.next();
    expect(here.chunks.all().map(({ jobs }) => jobs.length)).toEqual([3]);
    await results.return();
    expect(here.chunks.all().map(({ jobs }) => jobs.length)).toEqual([3, 1]);
  });
});

describe('a stream that names a batch for each of its jobs', () => {
  const named = (n: number) => lead(`l${n}@example.com`, { batch: `b${n}` });

  test('keeps no more of them than a thousand, and what it has under way', async () => {
    const here = world();
    let written = 0;
    let mostKept = 0;
    const chunks = {
      ...here.chunks,
      change: (...args: Parameters<MemoryChunks['change']>) => {
        written += 1;
        return here.chunks.change(...args);
      },
    };
    function* source(): Generator<Candidate> {
      for (let n = 0; n < 4_000; n += 1) {
        yield named(n);
        mostKept = Math.max(mostKept, n - written);
      }
    }
    await all(enqueueJobs({ ...here.ports, chunks }, source()));
    expect(mostKept).toBeGreaterThan(1_000);
    expect(mostKept).toBeLessThanOrEqual(1_000 + DEFAULT_SEND_LIMITS.windowItems);
    expect(written).toBe(4_000);
  });

  test('writes one that it goes on with later in full chunks', async () => {
    const here = world();
    const jobs = Array.from({ length: 1_700 }, (_, n) =>
      n < 1_100 ? named(n) : lead(`l${n}@example.com`, { batch: 'b' }),
    );
    const oneByOne = { ...DEFAULT_SEND_LIMITS, batchSize: 1, batches: 1, windowItems: 1 };
    await all(enqueueJobs(here.ports, jobs, oneByOne));
    expect(here.chunks.all().filter(({ jobs: { length } }) => length === 300)).toHaveLength(2);
  });
});

describe('a stream that stands still', () => {
  test('has what it sent written down within seconds, though no answer follows', async () => {
    const wakes: (() => void)[] = [];
    const sleep = (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        wakes.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      });
    const here = world({ sleep });
    async function* source(): AsyncGenerator<Candidate> {
      yield lead('a@example.com', { batch: 'b' });
      await new Promise(() => {});
    }
    const results = enqueueJobs(here.ports, source());
    await results.next();
    expect(here.chunks.all()).toEqual([]);
    for (const wake of wakes) wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(here.chunks.all().map(({ jobs }) => jobs.length)).toEqual([1]);
    await results.return();
    expect(here.chunks.all().map(({ jobs }) => jobs.length)).toEqual([1]);
  });
});

describe('a cancelled batch', () => {
  test('is sent nothing more of, from the moment that it is known to be, and other jobs go on', async () => {
    let isCancelled = false;
    const { ports, sent } = world({ isCancelled: async (batch) => batch === 'b' && isCancelled });
    async function* source(): AsyncGenerator<Candidate> {
      yield row(2);
      isCancelled = true;
      yield row(3);
      yield lead('other@example.com', { batch: 'c' });
      yield lead('l3@example.com');
    }
    const results = await all(enqueueJobs(ports, source(), { ...DEFAULT_SEND_LIMITS, windowItems: 1 }));
    expect(results).toMatchObject([
      { sent: true },
      { error: expect.stringMatching(/^the batch b was cancelled.* another batch name$/) },
      { sent: true },
      { sent: true },
    ]);
    expect(sent).toHaveLength(3);
  });

  test('is not guessed at: nothing is sent while nobody can say whether it is', async () => {
    const { ports, sent } = world({ isCancelled: () => Promise.reject(new Error('timeout')) });
    const results = await all(
      enqueueJobs(ports, [lead('a@example.com', { batch: 'b' }), lead('b@example.com')]),
    );
    expect(results).toMatchObject([{ error: expect.stringContaining('nothing was sent') }, { sent: true }]);
    expect(sent).toHaveLength(1);
  });
});
