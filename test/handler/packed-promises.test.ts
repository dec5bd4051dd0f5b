import { describe, expect, test } from 'vitest';
import { MAX_RECEIVE_COUNT, QUEUE_VISIBILITY_S } from '../../shared/config/limits.ts';
import type { Job } from '../../shared/job/job.ts';
import { DAY_MS, SECOND_MS } from '../../shared/kernel/clock.ts';
import { isUnsafe } from '../../shared/marketo/operations/registry.ts';
import type { Call } from '../../shared/marketo/transport.ts';
import type { RunPorts } from '../../shared/run/ports.ts';
import { createDrawingWorld, type DrawingWorld, resultOf } from '../support/drawing-world.ts';
import { mortalWorker } from '../support/mortal-worker.ts';
import { emailsIn, leadsOf } from '../support/packed-marketo.ts';
import { marketoFault, networkFault, ok, requestCampaignJob, syncLeadJob } from '../support/work-world.ts';

const leads = (count: number): readonly Job[] =>
  Array.from({ length: count }, (_, i) => syncLeadJob(`j${i}`));

/** The nth write of a lead. */
const writeOf = (name: string, nth: number): Job =>
  syncLeadJob(`${name}-${nth}`, `${name}@example.com`, {
    params: {
      leadRecord: {
        Email: `${name}@example.com`,
        leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: String(nth) }] },
      },
      returnLead: false,
    },
  });

const kindsOf = (world: DrawingWorld, jobs: readonly Job[]): readonly (string | undefined)[] =>
  jobs.map(({ id }) => world.ledger.row(id)?.state.kind);

const completed = (jobs: readonly Job[]): readonly string[] => jobs.map(() => 'completed');

const sizes = (calls: readonly Call[]): readonly number[] => calls.map((call) => emailsIn(call).length);

/** How often each lead was named in a write. */
function timesNamed(calls: readonly Call[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const email of calls.flatMap(emailsIn)) times.set(email, (times.get(email) ?? 0) + 1);
  return times;
}

/** The values that Marketo was given for the lead, in their order. */
const valuesOf = (calls: readonly Call[], name: string): readonly string[] =>
  calls
    .flatMap(leadsOf)
    .filter(({ Email }) => Email === `${name}@example.com`)
    .map(({ leadAttributeList }) => String(leadAttributeList?.attribute?.[0]?.attrValue));

/** Event after event, a quarter of a minute apart, until the queue is empty. */
async function workOff(world: DrawingWorld, over: Partial<RunPorts> = {}): Promise<void> {
  for (let events = 0; world.jobsQueue.messages().length > 0; events += 1) {
    if (events === 400) throw new Error('without end');
    await world.work(over);
    world.advance(15_000);
  }
}

describe('two workers on one queue', () => {
  const NAMES = ['ann', 'bob', 'cid', 'dan', 'eve'];

  test('of which one dies over a shared call: the other ends every job, in the order of each lead, and nothing unsafe runs twice', async () => {
    let isTakenOver = false;
    const world = createDrawingWorld({
      answer: (call) => {
        // The next call of ann's fails for everybody in it: those behind in their groups must not go on.
        const isFirst = isTakenOver && emailsIn(call).includes('ann@example.com');
        if (isFirst) isTakenOver = false;
        return isFirst ? marketoFault(20011) : ok(resultOf(call));
      },
    });
    const writes = NAMES.flatMap((name) => [0, 1, 2].map((nth) => writeOf(name, nth)));
    const campaigns = ['c0', 'c1'].map((id) => requestCampaignJob(id));
    const [early, late] = [leads(400).slice(0, 20), leads(400).slice(20)];
    const safe = [...early, ...writes, ...late];
    // Behind those that fill an event: a draw brings several of a group together.
    await world.enqueue([...early, ...writes, ...campaigns, ...late]);

    const first = mortalWorker(world.ports);
    const died = Promise.withResolvers<void>();
    void world.work({
      ...first.ports,
      trace: (step) => {
        if (step !== 'sent') return;
        const isAnnSent = timesNamed(world.sends).has('ann@example.com');
        if (isAnnSent && world.sends.filter(isUnsafe).length === campaigns.length) {
          first.kill();
          died.resolve();
        }
        // No answer is ever read.
        return new Promise(() => {});
      },
    });
    await died.promise;
    const before = world.sends.length;
    const inShared = world.sends.map(emailsIn).find((emails) => emails.length > 1) ?? [];
    expect(inShared.length).toBeGreaterThan(100);
    expect(world.ledger.row('ann-0')?.state.kind).toBe('running');

    isTakenOver = true;
    const second = mortalWorker(world.ports);
    await workOff(world, second.ports);
    expect(kindsOf(world, safe)).toEqual(completed(safe));
    expect(
      world.archive
        .letters()
        .map(({ jobId, class: of }) => `${jobId} ${of}`)
        .toSorted(),
    ).toEqual(['c0 in-doubt', 'c1 in-doubt']);
    expect(world.sends.filter(isUnsafe)).toHaveLength(2);
    for (const name of NAMES) expect(valuesOf(world.sends, name).join(' ')).toMatch(/^0( 0)* 1( 1)* 2( 2)*$/);
    // Of those that were in the call over which the worker died, few share the next.
    const again = world.sends
      .slice(before)
      .map((call) => emailsIn(call).filter((one) => inShared.includes(one)));
    expect(Math.max(...again.map((emails) => emails.length))).toBeLessThanOrEqual(30);
  });
});

describe('a message that is handed out again while its call is under way', () => {
  test('in a draw of the same worker and to another names its lead once, and its job ends once', async () => {
    const gate = Promise.withResolvers<void>();
    const world = createDrawingWorld({ atMarketo: (nth) => (nth === 1 ? gate.promise : undefined) });
    const jobs = leads(10);
    const ends: string[] = [];
    const trace: RunPorts['trace'] = (step, jobId) => {
      if (step === 'settled') ends.push(jobId);
    };
    const first = mortalWorker(world.ports).ports;
    const second = mortalWorker(world.ports).ports;
    await world.enqueue(jobs);
    /** As when a visibility runs out that was never set. */
    const showAgain = (receives: number) =>
      world.jobsQueue.hide(
        jobs.map((_, i) => ({
          messageId: `message-${i + 1}`,
          receiptHandle: `message-${i + 1}/${receives}`,
        })),
        0,
        world.now(),
      );

    const drawn: number[] = [];
    const working = world.work({
      ...first,
      trace,
      jobsQueue: {
        ...first.jobsQueue,
        receive: async (hiddenMs) => {
          if (drawn.length === 0) await showAgain(1);
          const deliveries = await first.jobsQueue.receive(hiddenMs);
          drawn.push(...deliveries.map(({ receiveCount }) => receiveCount));
          return deliveries;
        },
      },
    });
    await expect.poll(() => world.did.filter((what) => what === 'receive').length).toBeGreaterThan(7);
    await world.settle();
    expect(drawn).toEqual(jobs.map(() => 2));
    await showAgain(2);
    const other = await world.work({ ...second, trace });
    expect(other.event.map(({ receiveCount }) => receiveCount)).toEqual(jobs.map(() => 3));
    // Claimed by a run that lives: they come back.
    expect(other.failed).toHaveLength(10);
    gate.resolve();
    expect((await working).failed).toEqual([]);
    expect(kindsOf(world, jobs)).toEqual(completed(jobs));

    await workOff(world, { ...second, trace });
    expect(sizes(world.sends)).toEqual([10]);
    expect([...timesNamed(world.sends).values()]).toEqual(jobs.map(() => 1));
    expect(ends.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  });
});

describe('a function that does not start for four days', () => {
  test('finds everything as it was sent: nothing is poison, nothing is dead-lettered, all travels packed', async () => {
    const world = createDrawingWorld();
    const jobs = [...leads(280), ...['c0', 'c1'].map((id) => requestCampaignJob(id))];
    await world.enqueue(jobs);
    const startsAt = world.now() + 4 * DAY_MS;
    let most = 0;
    while (world.now() < startsAt) {
      const received = world.jobsQueue.deliver(1_000, QUEUE_VISIBILITY_S * SECOND_MS);
      most = Math.max(most, ...received.map(({ receiveCount }) => receiveCount));
      world.advance(QUEUE_VISIBILITY_S * SECOND_MS);
    }
    expect(most).toBeGreaterThan(150);
    // At the thousandth SQS itself would move it away.
    expect(most).toBeLessThan(MAX_RECEIVE_COUNT);
    await workOff(world);
    expect(kindsOf(world, jobs)).toEqual(completed(jobs));
    expect(world.archive.letters()).toEqual([]);
    expect(sizes(world.sends.filter((call) => !isUnsafe(call)))).toEqual([280]);
  });
});

describe('a trickle', () => {
  test('of a job a second is not delayed at all while the quota is plentiful', async () => {
    const sentAt: number[] = [];
    const world = createDrawingWorld({
      answer: (call) => {
        sentAt.push(world.now());
        return ok(resultOf(call));
      },
    });
    const readyAt: number[] = [];
    const began = world.now();
    const jobs = leads(60);
    for (const [nth, job] of jobs.entries()) {
      world.advance(began + nth * SECOND_MS - world.now());
      readyAt.push(world.now());
      await world.enqueue([job]);
      expect((await world.work()).failed).toEqual([]);
    }
    expect(sentAt).toEqual(readyAt);
    expect(kindsOf(world, jobs)).toEqual(completed(jobs));
  });
});

describe('a shared call that nobody answered', () => {
  /** The real time of SOAP, after which Marketo is done with whatever it was sent. */
  const SERVER_DONE_MS = 180_000;

  const resentAfter = (world: DrawingWorld, sentAt: readonly number[]): number =>
    Math.min(...sentAt.slice(1)) - (sentAt[0] ?? world.now());

  test('is not sent again before Marketo must be done with it; then its jobs end', async () => {
    const sentAt: number[] = [];
    const world: DrawingWorld = createDrawingWorld({
      answer: (call) => {
        sentAt.push(world.now());
        return sentAt.length === 1 ? networkFault(true) : ok(resultOf(call));
      },
    });
    const jobs = [...leads(40), writeOf('j0', 1)];
    await world.enqueue(jobs);
    await workOff(world);
    expect(sizes(world.sends).slice(0, 1)).toEqual([40]);
    expect(resentAfter(world, sentAt)).toBeGreaterThanOrEqual(SERVER_DONE_MS);
    expect(resentAfter(world, sentAt)).toBeLessThan(SERVER_DONE_MS + 30_000);
    expect(kindsOf(world, jobs)).toEqual(completed(jobs));
    expect(valuesOf(world.sends, 'j0')).toEqual(['Ann', 'Ann', '1']);
  });

  test('because its worker died late in an invocation is not sent again before that, and the spread of the clocks', async () => {
    const sentAt: number[] = [];
    const world: DrawingWorld = createDrawingWorld({
      answer: (call) => {
        sentAt.push(world.now());
        return ok(resultOf(call));
      },
    });
    const jobs = [...leads(40), writeOf('j0', 1)];
    await world.enqueue(jobs);
    const first = mortalWorker(world.ports);
    const died = Promise.withResolvers<void>();
    void world.work({
      ...first.ports,
      // Just enough for the call: the claims have long expired when Marketo is done.
      invocation: { deadline: world.now() + 112_000 },
      trace: (step) => {
        if (step !== 'sent') return;
        first.kill();
        died.resolve();
        return new Promise(() => {});
      },
    });
    await died.promise;
    const second = mortalWorker(world.ports);
    await workOff(world, second.ports);
    expect(sizes(world.sends).slice(0, 1)).toEqual([40]);
    expect(resentAfter(world, sentAt)).toBeGreaterThanOrEqual(SERVER_DONE_MS + 2_000);
    expect(resentAfter(world, sentAt)).toBeLessThan(SERVER_DONE_MS + 32_000);
    expect(kindsOf(world, jobs)).toEqual(completed(jobs));
    expect(valuesOf(world.sends, 'j0')).toEqual(['Ann', 'Ann', '1']);
  });
});
