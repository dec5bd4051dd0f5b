import { describe, expect, test } from 'vitest';
import { STRAGGLER_MS } from '../../shared/desk/lane.ts';
import type { Delivery, Job } from '../../shared/job/job.ts';
import type { JobsQueue } from '../../shared/job/queues.ts';
import { firstRow, type JobRow } from '../../shared/ledger/row.ts';
import { SOAP_BOUNDS } from '../../shared/marketo/soap/packing-bounds.ts';
import { createDrawingWorld, type DrawingWorld, resultOf } from '../support/drawing-world.ts';
import { deliveryOf, marketoFault, ok, requestCampaignJob, syncLeadJob } from '../support/work-world.ts';

const leads = (count: number, from = 0): readonly Job[] =>
  Array.from({ length: count }, (_, i) => syncLeadJob(`j${from + i}`));

/** Several writes of one lead, told apart by a value. */
const writesOf = (email: string, count: number): readonly Job[] =>
  Array.from({ length: count }, (_, i) =>
    syncLeadJob(`${email}-${i}`.replace(/[^\w-]/g, '-'), email, {
      params: {
        leadRecord: {
          Email: email,
          leadAttributeList: { attribute: [{ attrName: 'FirstName', attrValue: `${email} ${i}` }] },
        },
        returnLead: false,
      },
    }),
  );

/** Of all calls, in their order. */
const valuesSent = (world: DrawingWorld): readonly string[] =>
  world.sends.flatMap(({ params }) =>
    [...JSON.stringify(params).matchAll(/"attrValue":"([^"]*)"/g)].map(([, value]) => value ?? ''),
  );

const leadsSent = (world: DrawingWorld): readonly string[] =>
  world.sends.flatMap(({ params }) => JSON.stringify(params).match(/[\w.]+@example\.com/g) ?? []);

/** How many leads a request is about. */
const leadsIn = (params: unknown): number => JSON.stringify(params).match(/"Email"/g)?.length ?? 0;

const gates = () => [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;

const completed = (world: DrawingWorld, jobs: readonly Job[]): number =>
  jobs.filter(({ id }) => world.ledger.row(id)?.state.kind === 'completed').length;

/** Time stands still: who waits for another look is woken by what happens alone. */
const untilWoken = async (_ms: number, signal?: AbortSignal): Promise<void> => {
  await new Promise((resolve) => {
    if (signal === undefined || signal.aborted) setImmediate(resolve);
    else signal.addEventListener('abort', resolve);
  });
};

const operatorPauses = (world: DrawingWorld) =>
  world.ports.budget.change((state, now) => ({
    ...state,
    holds: { operator: { since: now, until: null, message: 'paused', probeAt: null, openings: 1 } },
  }));

describe('drawing', () => {
  test('begins before the first call of a full event, and runs all that is there in one invocation', async () => {
    const world = createDrawingWorld();
    const jobs = leads(235);
    await world.enqueue(jobs);
    const { failed } = await world.work({
      sleep: untilWoken,
      jobsQueue: {
        ...world.ports.jobsQueue,
        // Slower than the claims of the event.
        receive: async (hiddenMs) => {
          const drawn = await world.ports.jobsQueue.receive(hiddenMs);
          await world.settle();
          return drawn;
        },
      },
    });
    expect(failed).toEqual([]);
    expect(completed(world, jobs)).toBe(235);
    expect(world.jobsQueue.messages()).toEqual([]);
    expect(world.calls).toHaveLength(1);
    const firstCall = world.did.indexOf('call');
    expect(world.did.slice(0, firstCall).every((what) => what === 'receive')).toBe(true);
    // Eight receives bring 80, then as many again as the round before made it seem worth.
    expect(firstCall).toBeGreaterThanOrEqual(24);
  });

  test('lets a backlog travel full: 3,000 jobs of a lead each in eleven calls', async () => {
    const world = createDrawingWorld();
    const jobs = leads(3_000);
    await world.enqueue(jobs);
    let events = 0;
    for (; world.jobsQueue.messages().length > 0; events += 1) await world.work();
    expect(completed(world, jobs)).toBe(3_000);
    expect(new Set(leadsSent(world)).size).toBe(3_000);
    expect(world.sends.length).toBeLessThanOrEqual(11);
    expect(events).toBeLessThanOrEqual(11);
  });

  test('does not hold up half an event: its calls go out at once', async () => {
    const world = createDrawingWorld();
    await world.enqueue(leads(5));
    await world.work({ sleep: untilWoken });
    expect(world.did).toEqual(['call']);
  });

  test('looks again after a second while work is open that others could share a call with', async () => {
    const late = leads(3, 100);
    const world = createDrawingWorld({
      atMarketo: async (nth) => {
        if (nth > 1) return;
        await world.enqueue(late);
        for (let i = 0; i < 25; i += 1) await world.ports.sleep(100);
      },
    });
    const looks: number[] = [];
    await world.enqueue(leads(1));
    const startedAt = world.now();
    await world.work({
      jobsQueue: {
        ...world.ports.jobsQueue,
        receive: (hiddenMs) => {
          looks.push(world.now() - startedAt);
          return world.jobsQueue.receive(hiddenMs);
        },
      },
    });
    expect(looks[0]).toBeGreaterThanOrEqual(1_000);
    expect(completed(world, late)).toBe(3);
  });

  test('is left alone where nothing may share a call, though the event is full', async () => {
    const world = createDrawingWorld({ bounds: null });
    await world.enqueue(leads(30));
    await world.work();
    expect(world.receives()).toBe(0);
    expect(world.jobsQueue.messages()).toHaveLength(20);
  });

  test('runs what it drew, whether it may share a call or not', async () => {
    const world = createDrawingWorld();
    const campaigns = ['c1', 'c2', 'c3'].map((id) => requestCampaignJob(id));
    await world.enqueue([...leads(10), ...campaigns]);
    expect((await world.work()).failed).toEqual([]);
    expect(completed(world, campaigns)).toBe(3);
    expect(world.jobsQueue.messages()).toEqual([]);
  });

  test('ends when so much was drawn that needs calls of its own', async () => {
    const world = createDrawingWorld();
    const campaigns = Array.from({ length: 499 }, (_, i) => requestCampaignJob(`c${i}`));
    await world.enqueue([...leads(1), ...campaigns]);
    await world.work();
    expect(world.jobsQueue.messages()).toHaveLength(410);
  });

  test('hides what it draws for the rest of the invocation and half a minute', async () => {
    const world = createDrawingWorld();
    const asked: number[] = [];
    await world.enqueue(leads(10));
    await world.work({
      sleep: untilWoken,
      jobsQueue: {
        ...world.ports.jobsQueue,
        receive: async (hiddenMs) => {
          asked.push(hiddenMs);
          return [];
        },
      },
    });
    expect(asked).toEqual(Array(8).fill(330_000));
  });

  test('takes nothing more while it holds 600 messages, and goes on when they are settled', async () => {
    const [first, second] = gates();
    const world = createDrawingWorld({ atMarketo: (nth) => [first, second][nth - 1]?.promise });
    const jobs = leads(1_000);
    await world.enqueue(jobs);
    const working = world.work({ sleep: untilWoken });
    await expect.poll(() => world.calls.length).toBe(2);
    await world.settle();
    expect((await world.jobsQueue.stats()).inFlight).toBe(600);
    first.resolve();
    await expect.poll(() => completed(world, jobs)).toBe(700);
    second.resolve();
    await working;
    expect(completed(world, jobs)).toBe(1_000);
  });

  test('takes nothing more while it holds eight megabytes', async () => {
    const [first, second] = gates();
    const world = createDrawingWorld({
      bounds: { ...SOAP_BOUNDS, leadRecords: 20 },
      atMarketo: (nth) => [first, second][nth - 1]?.promise,
    });
    const large = Array.from({ length: 120 }, (_, i) =>
      syncLeadJob(`big${i}`, undefined, { meta: 'x'.repeat(200_000) }),
    );
    await world.enqueue(large);
    const working = world.work({ sleep: untilWoken });
    await expect.poll(() => world.calls.length).toBe(2);
    await world.settle();
    expect((await world.jobsQueue.stats()).inFlight).toBe(40);
    first.resolve();
    await expect.poll(() => completed(world, large)).toBe(100);
    second.resolve();
    await working;
    expect(completed(world, large)).toBe(120);
  });

  test('does not wait for a queue that is slow to answer, and runs what it brings in the end', async () => {
    const late = Promise.withResolvers<void>();
    const world = createDrawingWorld();
    const jobs = leads(15);
    await world.enqueue(jobs);
    const working = world.work({
      jobsQueue: {
        ...world.ports.jobsQueue,
        receive: async (hiddenMs) => {
          await late.promise;
          return world.jobsQueue.receive(hiddenMs);
        },
      },
    });
    await expect.poll(() => completed(world, jobs)).toBe(10);
    late.resolve();
    expect((await working).failed).toEqual([]);
    expect(completed(world, jobs)).toBe(15);
  });

  test('that fails costs nobody anything', async () => {
    const world = createDrawingWorld({
      faults: { jobsQueue: (method) => (method === 'receive' ? 'throw' : null) },
    });
    await world.enqueue(leads(15));
    expect((await world.work({ sleep: untilWoken })).failed).toEqual([]);
    expect(world.receives()).toBe(8);
    expect(world.jobsQueue.messages()).toHaveLength(5);
  });
});

describe('drawing does not begin', () => {
  const full = async (world: DrawingWorld, over: Parameters<DrawingWorld['work']>[0] = {}) => {
    await world.enqueue(leads(30));
    await world.work({ sleep: untilWoken, ...over });
    return world.receives();
  };

  test('under a hold', async () => {
    const world = createDrawingWorld();
    await operatorPauses(world);
    expect(await full(world)).toBe(0);
    expect(world.jobsQueue.hidden.slice(10).every(({ delayMs }) => delayMs === 300_000)).toBe(true);
  });

  test('without the time for a call: its timeout, the reserve, and the way to it', async () => {
    const most = 90_000 + 15_000 + 5_000;
    const invocation = (world: DrawingWorld, leftMs: number) => ({ deadline: world.now() + leftMs });
    const late = createDrawingWorld();
    expect(await full(late, { invocation: invocation(late, most - 1) })).toBe(0);
    const soon = createDrawingWorld();
    expect(await full(soon, { invocation: invocation(soon, most) })).toBeGreaterThan(0);
  });

  test.each([
    ['with a permit further away than five seconds', 5_001, 0],
    ['but for a permit that is nearer', 5_000, 8],
  ])('%s', async (_when, awayMs, receives) => {
    const world = createDrawingWorld();
    const outlook = async () => ({ kind: 'wait', until: world.now() + awayMs, because: 'rate' }) as const;
    const jobsQueue = {
      ...world.ports.jobsQueue,
      receive: async () => {
        world.did.push('receive');
        return [];
      },
    };
    expect(await full(world, { budget: { ...world.ports.budget, outlook }, jobsQueue })).toBe(receives);
  });

  test('while the budget cannot be read', async () => {
    const world = createDrawingWorld();
    const outlook = () => Promise.reject(new Error('no store'));
    expect(await full(world, { budget: { ...world.ports.budget, outlook } })).toBe(0);
  });

  test('while somebody is alone in the process, or wants to be', async () => {
    const world = createDrawingWorld();
    const turn = await world.ports.turns.enter();
    await turn.untilAlone();
    await world.enqueue(leads(30));
    const working = world.work();
    await world.settle();
    expect(world.receives()).toBe(0);
    turn.leave();
    await working;
  });
});

describe('those who have to be alone in the process', () => {
  /** Their workers have died over them: twice where it counted, or nine times before they had a permit. */
  const suspect = (world: DrawingWorld, jobs: readonly Job[], known: Pick<JobRow, 'starts' | 'claims'>) => {
    for (const job of jobs) {
      const row = firstRow(job, { sequenceNumber: null, enqueuedAt: world.now() });
      world.ledger.put({ ...row, ...known });
    }
  };

  test.each([
    { starts: 2, claims: 2 },
    { starts: 0, claims: 9 },
  ])(
    'wait for no company: one after the other, each at once ($starts starts, $claims claims)',
    async (known) => {
      const world = createDrawingWorld();
      const jobs = leads(60);
      suspect(world, jobs, known);
      await world.enqueue(jobs);
      const startedAt = world.now();
      while (world.jobsQueue.messages().length > 0) await world.work();
      expect(completed(world, jobs)).toBe(60);
      expect(world.sends).toHaveLength(60);
      // Nor for those who are being drawn: none of them can come.
      expect(world.now() - startedAt).toBeLessThan(STRAGGLER_MS);
    },
  );

  test('do not linger for company either, where the quota is scarce', async () => {
    const world = createDrawingWorld();
    const jobs = leads(3);
    suspect(world, jobs, { starts: 2, claims: 2 });
    await world.enqueue(jobs);
    const startedAt = world.now();
    await world.work({
      budget: { ...world.ports.budget, lasts: async () => false },
      settings: { ...world.ports.settings, lingerMs: 5_000 },
    });
    expect(completed(world, jobs)).toBe(3);
    expect(world.now() - startedAt).toBeLessThan(STRAGGLER_MS);
  });

  test('hold up no call that waits for what is being drawn, of which some come later than they do', async () => {
    const world = createDrawingWorld();
    const [healthy, suspects, late] = [leads(10), leads(10, 10), leads(40, 20)];
    suspect(world, suspects, { starts: 2, claims: 2 });
    await world.enqueue([...healthy, ...suspects, ...late]);
    let receives = 0;
    const receive: JobsQueue['receive'] = async (hiddenMs) => {
      const drawn = await world.ports.jobsQueue.receive(hiddenMs);
      receives += 1;
      await world.ports.sleep(10 * receives);
      return drawn;
    };
    const startedAt = world.now();
    while (world.jobsQueue.messages().length > 0)
      await world.work({ jobsQueue: { ...world.ports.jobsQueue, receive } });
    expect(completed(world, [...healthy, ...suspects, ...late])).toBe(60);
    expect(world.now() - startedAt).toBeLessThan(STRAGGLER_MS);
  });

  test('keep nobody waiting who sets out before them', async () => {
    const world = createDrawingWorld();
    const [healthy, suspects] = [leads(6), leads(4, 6)];
    suspect(world, suspects, { starts: 2, claims: 2 });
    await world.enqueue([...healthy, ...suspects]);
    const startedAt = world.now();
    await world.work();
    expect(completed(world, [...healthy, ...suspects])).toBe(10);
    expect(world.sends.map(({ params }) => leadsIn(params))).toEqual([6, 1, 1, 1, 1]);
    expect(world.now() - startedAt).toBeLessThan(STRAGGLER_MS);
  });
});

describe('drawing ends', () => {
  test('with a pause, and what was drawn goes back like any other job under a hold', async () => {
    const world = createDrawingWorld();
    const jobs = leads(400);
    await world.enqueue(jobs);
    const { event, failed } = await world.work({
      jobsQueue: {
        ...world.ports.jobsQueue,
        receive: async (hiddenMs) => {
          const drawn = await world.ports.jobsQueue.receive(hiddenMs);
          await operatorPauses(world);
          return drawn;
        },
      },
    });
    expect(world.receives()).toBe(8);
    expect(world.sends).toEqual([]);
    expect(failed).toEqual(event.map(({ messageId }) => messageId));
    const back = world.jobsQueue.hidden.slice(10);
    expect(back).toHaveLength(90);
    expect(back.every(({ delayMs }) => delayMs >= 60_000 && delayMs <= 300_000)).toBe(true);
    const rows = jobs.flatMap(({ id }) => world.ledger.row(id) ?? []);
    expect(rows.every(({ starts, attempts }) => starts === 0 && attempts.length === 0)).toBe(true);
  });

  test('with a stop: what a receive brings after it goes back at once, in few requests, untouched', async () => {
    const world = createDrawingWorld();
    const stop = new AbortController();
    const requests: number[] = [];
    await world.enqueue(leads(400));
    const { failed } = await world.work({
      invocation: { stopping: stop.signal },
      jobsQueue: {
        ...world.ports.jobsQueue,
        receive: async (hiddenMs) => {
          stop.abort();
          return world.ports.jobsQueue.receive(hiddenMs);
        },
        hide: (deliveries, delayMs, giveUpAt) => {
          if (delayMs === 0) requests.push(deliveries.length);
          return world.jobsQueue.hide(deliveries, delayMs, giveUpAt);
        },
      },
    });
    expect(world.receives()).toBe(8);
    expect(failed).toHaveLength(10);
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(90);
    expect(requests.length).toBeLessThan(5);
    expect(await world.jobsQueue.stats()).toMatchObject({ visible: 400 });
    expect(world.sends).toEqual([]);
    expect(world.ledger.row('j5')).toMatchObject({ starts: 0, state: { kind: 'queued' } });
    expect(world.ledger.row('j50')).toBeNull();
  });

  test('with a stop, though all that is held is under way and ends well', async () => {
    const [first, second] = gates();
    const stop = new AbortController();
    const world = createDrawingWorld({ atMarketo: (nth) => [first, second][nth - 1]?.promise });
    const jobs = leads(1_000);
    await world.enqueue(jobs);
    const working = world.work({ sleep: untilWoken, invocation: { stopping: stop.signal } });
    await expect.poll(() => world.calls.length).toBe(2);
    await world.settle();
    const receives = world.receives();
    stop.abort();
    first.resolve();
    await expect.poll(() => completed(world, jobs)).toBe(300);
    second.resolve();
    expect((await working).failed).toEqual([]);
    expect(world.receives()).toBe(receives);
    expect(completed(world, jobs)).toBe(600);
  });

  test('when a store fails', async () => {
    const world = createDrawingWorld({
      faults: { ledger: (_method, id) => (id.startsWith('j') ? 'throw' : null) },
    });
    await world.enqueue(leads(700));
    await world.work();
    // One wave; the next would fare no better.
    expect(world.jobsQueue.hidden.slice(10).length).toBeLessThanOrEqual(300);
    expect((await world.jobsQueue.stats()).visible).toBeGreaterThanOrEqual(400);
  });
});

describe('a group', () => {
  test('is in order over event and draws together', async () => {
    const world = createDrawingWorld();
    const ann = writesOf('ann@example.com', 12);
    await world.enqueue([...ann.slice(0, 1), ...leads(20), ...ann.slice(1), ...leads(60, 100)]);
    for (let events = 0; events < 20 && completed(world, ann) < 12; events += 1) await world.work();
    expect(valuesSent(world).filter((value) => value.startsWith('ann'))).toEqual(
      Array.from({ length: 12 }, (_, i) => `ann@example.com ${i}`),
    );
  });

  /** SQS hands out nothing of a group that is in flight; if it did all the same, nothing would overtake. */
  const handedOutTooEarly = async (firstFails: boolean) => {
    const [first, second] = writesOf('ann@example.com', 2);
    if (first === undefined || second === undefined) throw new Error('two jobs');
    const [gate] = gates();
    const world = createDrawingWorld({
      atMarketo: (nth) => (nth === 1 ? gate.promise : undefined),
      answer: (call, nth) => (firstFails && nth === 1 ? marketoFault(20011) : ok(resultOf(call))),
    });
    await world.enqueue([first, ...leads(9)]);
    const early = deliveryOf(second);
    let isHandedOut = false;
    const working = world.work({
      jobsQueue: {
        ...world.ports.jobsQueue,
        receive: async () => {
          if (isHandedOut) return [];
          isHandedOut = true;
          return [early];
        },
      },
    });
    await expect.poll(() => world.calls.length).toBe(1);
    await world.settle();
    expect(valuesSent(world)).toContain('ann@example.com 0');
    expect(valuesSent(world)).not.toContain('ann@example.com 1');
    gate.resolve();
    const { event, failed } = await working;
    return { world, early, event, failed, second };
  };

  test('that runs here takes a drawn message behind what is there', async () => {
    const { world, early, failed, second } = await handedOutTooEarly(false);
    expect(failed).toEqual([]);
    expect(world.ledger.row(second.id)?.state.kind).toBe('completed');
    expect(valuesSent(world).at(-1)).toBe('ann@example.com 1');
    expect(world.did).toContain(`removed ${early.messageId}`);
  });

  test('whose first has to wait gives a drawn message behind it back at once', async () => {
    const { world, early, event, failed, second } = await handedOutTooEarly(true);
    expect(failed).toContain(event[0]?.messageId);
    expect(world.jobsQueue.hidden).toContainEqual({ messageId: early.messageId, delayMs: 0 });
    expect(world.ledger.row(second.id)).toBeNull();
  });
});

describe('a settled message', () => {
  test('is removed at once after the first draw, those of the event alike: its group waits no longer', async () => {
    const [gate] = gates();
    const world = createDrawingWorld({
      bounds: { ...SOAP_BOUNDS, leadRecords: 5 },
      atMarketo: (nth) => (nth === 1 ? gate.promise : undefined),
    });
    await world.enqueue(leads(25));
    const working = world.work();
    // The call that is still under way has five of the event's ten; the rest is removed, theirs with what was drawn.
    await expect.poll(() => world.jobsQueue.messages().length).toBe(5);
    gate.resolve();
    await working;
    expect(world.jobsQueue.messages()).toEqual([]);
  });

  test('of an event that drew nothing is left to the event source', async () => {
    const world = createDrawingWorld();
    await world.enqueue(leads(5));
    await world.work();
    expect(world.did.filter((what) => what.startsWith('removed'))).toEqual([]);
  });

  test('that cannot be removed comes back, and is not called again', async () => {
    const world = createDrawingWorld({
      faults: { jobsQueue: (method) => (method === 'remove' ? 'throw' : null) },
    });
    const jobs = leads(15);
    await world.enqueue(jobs);
    expect((await world.work()).failed).toEqual([]);
    expect(completed(world, jobs)).toBe(15);
    expect(world.jobsQueue.messages()).toHaveLength(5);
    world.advance(331_000);
    expect((await world.work()).failed).toEqual([]);
    expect(world.jobsQueue.messages()).toEqual([]);
    expect([...leadsSent(world)].sort()).toEqual([...new Set(leadsSent(world))].sort());
  });
});

describe('a duplicate delivery', () => {
  test('of an event that is drawn while it runs is called once', async () => {
    const world = createDrawingWorld();
    await world.enqueue(leads(10));
    const event: Delivery[] = [];
    let isHandedOut = false;
    const { failed } = await world.work({
      jobsQueue: {
        ...world.ports.jobsQueue,
        receive: async () => {
          if (isHandedOut) return [];
          isHandedOut = true;
          // As after a visibility that was never set and ran out.
          event.push(...leads(10).map((job) => deliveryOf(job)));
          return event;
        },
      },
    });
    expect(failed).toEqual([]);
    expect(leadsSent(world)).toHaveLength(10);
    expect(event.every(({ messageId }) => world.did.includes(`removed ${messageId}`))).toBe(true);
  });

  test('to another worker while the first is still calling is called once', async () => {
    const [gate] = gates();
    const world = createDrawingWorld({ atMarketo: () => gate.promise });
    const jobs = leads(30);
    await world.enqueue(jobs);
    const first = world.work();
    await expect.poll(() => world.calls.length).toBe(1);
    // The other one is handed every message again, before the first has ended.
    world.advance(40_000);
    await world.jobsQueue.hide(
      jobs.map((_, i) => ({ messageId: `message-${i + 1}`, receiptHandle: `message-${i + 1}/1` })),
      0,
      world.now(),
    );
    const second = world.work();
    await world.settle();
    gate.resolve();
    await Promise.all([first, second]);
    expect(leadsSent(world)).toHaveLength(30);
    expect(completed(world, jobs)).toBe(30);
  });
});

describe('hiding the event', () => {
  test('does not hold up its first call, and nothing is hidden again before it has ended', async () => {
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const world = createDrawingWorld({
      answer: () => {
        order.push('call');
        return marketoFault(20011);
      },
    });
    await world.enqueue(leads(1));
    const working = world.work({
      jobsQueue: {
        ...world.ports.jobsQueue,
        hide: async () => {
          const isFirst = !order.some((what) => what.startsWith('hide'));
          order.push(isFirst ? 'hide event' : 'hide job');
          if (isFirst) await gate.promise;
          return true;
        },
      },
    });
    await expect.poll(() => order).toEqual(['hide event', 'call']);
    await world.settle();
    expect(order).toEqual(['hide event', 'call']);
    gate.resolve();
    expect((await working).failed).toHaveLength(1);
    expect(order).toEqual(['hide event', 'call', 'hide job']);
  });
});
