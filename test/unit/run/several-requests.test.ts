import { describe, expect, test } from 'vitest';
import { CLOCK_SPREAD_MS } from '../../../shared/budget/call-log.ts';
import type { Fault } from '../../../shared/marketo/faults/fault.ts';
import { unsentExchange } from '../../../shared/marketo/http/unsent-exchange.ts';
import { sendAgainIfAged } from '../../../shared/marketo/send-again.ts';
import type {
  CallOutcome,
  RecordOutcome,
  Send,
  Sent,
  Target,
  Transport,
} from '../../../shared/marketo/transport.ts';
import type { Refusal, RunPorts } from '../../../shared/run/ports.ts';
import {
  createWorld,
  requestCampaignJob,
  syncLeadJob,
  type World,
  type WorldOptions,
} from '../../support/work-world.ts';

const target = (path: string, over: Partial<Target> = {}): Target => ({
  url: `http://127.0.0.1/rest/v1/${path}`,
  timeoutMs: 30_000,
  serverDoneMs: 30_000,
  spends: true,
  changes: false,
  announces: false,
  ...over,
});

const LOOK_UP = target('lists.json');
const WRITE = target('leads.json', { changes: true, serverDoneMs: 90_000 });
const TRIGGER = target('campaigns/7/trigger.json', { changes: true, announces: true, serverDoneMs: 60_000 });
const IDENTITY = target('oauth/token', { spends: false });

const lost: Fault = { kind: 'network', sent: true, reason: 'timeout', message: 'no answer' };
const code = (number: number): Fault => ({
  kind: 'marketo',
  code: number,
  message: `said ${number}`,
  httpStatus: 200,
});

type Ask = (of: Target, fault?: Fault | null) => Promise<Sent<null, Refusal>>;

const well: RecordOutcome = { ok: true, code: null, message: '', result: null };
const answered = (
  sent: Sent<null, Refusal>,
  records: readonly [RecordOutcome, ...RecordOutcome[]] = [well],
): CallOutcome<Refusal> =>
  sent.kind === 'answered' ? { ...sent, result: null, records, inOrder: true } : sent;

/** A world whose transport makes the requests of `script`; each is answered, or ends with the fault given. */
function worldOf(script: (ask: Ask) => Promise<CallOutcome<Refusal>>, options: WorldOptions = {}) {
  const world = createWorld(options);
  const lines: string[] = [];
  const transport: Transport<Refusal> = {
    ...world.ports.transport,
    run: (_call, send: Send<Refusal>) =>
      script((of, fault = null) =>
        sendAgainIfAged(send, of, async (post) => {
          lines.push(new URL(of.url).pathname);
          const silent = fault?.kind === 'network';
          const body = JSON.stringify({ unsent: false, silent, fault });
          await post({ method: 'GET', headers: {}, body, secrets: [] });
          return fault === null ? { kind: 'answered', value: null } : { kind: 'fault', fault };
        }),
      ),
  };
  const run = (job = requestCampaignJob('c'), over: Partial<RunPorts> = {}) =>
    world.run(job, { transport, ...over });
  const state = (id = 'c') => world.ledger.row(id)?.state;
  const attempts = (id = 'c') => world.ledger.row(id)?.attempts ?? [];
  return { ...world, run, lines, state, attempts };
}

/** Gives so many permits, then answers as it is told. */
function permitsFor({ ports: { budget } }: Pick<World, 'ports'>, most: number, then: () => Promise<never>) {
  let given = 0;
  return {
    ...budget,
    ask: (want: Parameters<typeof budget.ask>[0]) => {
      given += 1;
      return given > most ? then() : budget.ask(want);
    },
  };
}

describe('an unsafe job', () => {
  test('whose look-up is lost is tried again, and writes no intent', async () => {
    const { run, state, attempts } = worldOf(async (ask) => answered(await ask(LOOK_UP, lost)));
    await run();
    expect(state()).toMatchObject({ kind: 'waiting', reason: 'backoff' });
    expect(attempts()).toMatchObject([{ class: 'transient', counted: true }]);
  });

  test('whose look-up is lost waits for nothing that Marketo may still be doing', async () => {
    const { run, state, now } = worldOf(async (ask) => answered(await ask(LOOK_UP, lost)));
    await run();
    const found = state();
    expect(found?.kind === 'waiting' && found.until - now()).toBeLessThan(30_000);
  });

  test('whose announced request is lost is in doubt, and keeps its group for as long as that endpoint may take', async () => {
    const { run, state, archive, now } = worldOf(async (ask) => {
      await ask(LOOK_UP);
      return answered(await ask(TRIGGER, lost));
    });
    const settled = await run();
    expect(state()).toMatchObject({ kind: 'dead-lettered' });
    expect(await archive.get('c')).toMatchObject({
      class: 'in-doubt',
      attempts: [{ earlier: ['GET /rest/v1/lists.json: answered'] }],
    });
    expect(settled).toMatchObject({ kind: 'hide', until: now() + TRIGGER.serverDoneMs + CLOCK_SPREAD_MS });
  });

  test('keeps what was answered when the step after it is lost, and its group until that step must be over', async () => {
    const rest = { leadRecord: { Id: 12 } };
    const { run, archive, now } = worldOf(async (ask) => {
      const made = await ask(TRIGGER);
      const linked = await ask(WRITE, lost);
      if (linked.kind !== 'fault' || made.kind !== 'answered') throw new Error('not lost');
      const failed = { ok: false, code: null, message: `step 2: ${linked.fault.message}`, result: null };
      return { ...made, result: null, records: [failed], inOrder: true, remaining: rest };
    });
    expect(await run()).toMatchObject({ kind: 'hide', until: now() + WRITE.serverDoneMs + CLOCK_SPREAD_MS });
    const letter = await archive.get('c');
    expect(letter).toMatchObject({ class: 'record-failed', message: expect.stringContaining('step 2') });
    const body = letter?.retryBody?.kind === 'inline' ? JSON.parse(letter.retryBody.text) : null;
    expect(body).toMatchObject({ id: 'c', params: rest });
  });

  test('of which a part is done goes no second time, though its sender lets a doubt be retried', async () => {
    const rest = { leadRecord: { Id: 12 } };
    const { run, archive, lines } = worldOf(async (ask) => {
      await ask(TRIGGER);
      const second = await ask(TRIGGER, lost);
      if (second.kind !== 'fault') throw new Error('not lost');
      return { ...second, remaining: rest };
    });
    await run({ ...requestCampaignJob('c'), onInDoubt: 'retry' });
    expect(lines).toHaveLength(2);
    const letter = await archive.get('c');
    expect(letter).toMatchObject({ class: 'in-doubt' });
    const body = letter?.retryBody?.kind === 'inline' ? JSON.parse(letter.retryBody.text) : null;
    expect(body).toMatchObject({ params: rest });
  });

  test('that was proved not to have run goes on as before: an aged token repeats that request alone', async () => {
    let tries = 0;
    const { run, lines, state, attempts } = worldOf(async (ask) => {
      await ask(LOOK_UP);
      tries += 1;
      return answered(await ask(TRIGGER, code(601)));
    });
    await run();
    expect(tries).toBe(1);
    expect(lines).toEqual([
      '/rest/v1/lists.json',
      '/rest/v1/campaigns/7/trigger.json',
      '/rest/v1/campaigns/7/trigger.json',
    ]);
    expect(state()).toMatchObject({ kind: 'waiting', reason: 'backoff' });
    expect(attempts().map(({ counted }) => counted)).toEqual([false, true]);
  });

  test('is not broken off by a store that fails after its announced request', async () => {
    let ended: Sent<null, Refusal> | null = null;
    const world = worldOf(async (ask) => {
      const made = await ask(TRIGGER);
      ended = await ask(WRITE);
      return answered(made);
    });
    const budget = permitsFor(world, 1, () => Promise.reject(new Error('the table is away')));
    await world.run(requestCampaignJob('c'), { budget });
    expect(ended).toMatchObject({ kind: 'fault', fault: { kind: 'internal', sent: false } });
    expect(world.state()).toMatchObject({ kind: 'completed' });
  });

  test('is in doubt, and never sent again, where a transport breaks off after an announced request', async () => {
    const world = worldOf(async (ask) => {
      await ask(TRIGGER);
      return {
        kind: 'refused',
        refusal: { kind: 'wait', wait: { kind: 'wait', until: 0, because: 'rate' } },
      };
    });
    await world.run();
    expect(await world.archive.get('c')).toMatchObject({ class: 'in-doubt' });
  });

  test.each([
    ['a lost look-up', (ask: Ask) => ask(LOOK_UP, lost)],
    ['a token that cannot be had', (ask: Ask) => ask(IDENTITY, lost)],
    ['a refusal', (ask: Ask) => ask(WRITE, code(1006))],
    ['a throttle', (ask: Ask) => ask(WRITE, code(606))],
  ])(
    'is in doubt, and never sent again, where %s ends the call after its announced request',
    async (_what, then) => {
      const world = worldOf(async (ask) => {
        await ask(TRIGGER);
        return answered(await then(ask));
      });
      await world.run();
      expect(await world.archive.get('c')).toMatchObject({ class: 'in-doubt' });
    },
  );

  test('is in doubt where a transport breaks over a step that never left, after its announced request', async () => {
    const world = worldOf(async (ask) => {
      await ask(TRIGGER);
      await ask(WRITE);
      throw new Error('a bug');
    });
    const { wire, clock } = world.ports;
    const unreachable: Fault = { kind: 'network', sent: false, reason: 'refused', message: 'refused' };
    const open: typeof wire.open = async (of) =>
      of.announces
        ? wire.open(of)
        : { kind: 'failed', fault: unreachable, exchange: unsentExchange(of.url, clock()) };
    await world.run(requestCampaignJob('c'), { wire: { ...wire, open } });
    expect(await world.archive.get('c')).toMatchObject({ class: 'in-doubt' });
  });
});

describe('a safe job', () => {
  const job = syncLeadJob('a');

  test.each([
    [601, 0],
    [602, 0],
    [604, 0],
    [605, 0],
    [608, 0],
    [611, 0],
    [606, 1],
    [1003, 1],
  ])('that is refused with %i has spent %i of the day for each request', async (number, each) => {
    const world = worldOf(async (ask) => answered(await ask(WRITE, code(number))));
    await world.run(job);
    await world.ports.budget.flush();
    expect((await world.ports.budget.state()).spent).toBe(each * world.lines.length);
  });

  test('holds no slot while it waits for what another job is asking', async () => {
    const [asked, answeredToBoth] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let calls = 0;
    const world = worldOf(
      async (ask) => {
        calls += 1;
        if (calls > 1) {
          const sent = await ask(LOOK_UP);
          answeredToBoth.resolve();
          return answered(sent);
        }
        await ask(LOOK_UP);
        asked.resolve();
        await answeredToBoth.promise;
        return answered(await ask(WRITE));
      },
      { limits: { concurrency: 1 } },
    );
    const startedAt = world.now();
    const first = world.run(job);
    await asked.promise;
    const second = world.run(syncLeadJob('b')).finally(answeredToBoth.resolve);
    await Promise.all([first, second]);
    // Otherwise the second had waited for the lease of the first to run out.
    expect(world.now() - startedAt).toBeLessThan(1_000);
    expect(world.state('b')).toMatchObject({ kind: 'completed' });
    expect(world.state('a')).toMatchObject({ kind: 'completed' });
  });

  test('whose second request gets no permit is deferred, and spends no attempt', async () => {
    const world = worldOf(async (ask) => {
      await ask(LOOK_UP);
      return answered(await ask(WRITE));
    });
    const quota = { kind: 'wait', until: world.now() + 3_600_000, because: 'quota' } as const;
    const { budget } = world.ports;
    let given = 0;
    const ask: typeof budget.ask = async (want) => (given++ === 0 ? budget.ask(want) : quota);
    await world.run(job, { budget: { ...budget, ask } });
    expect(world.state('a')).toMatchObject({ kind: 'queued' });
    expect(world.attempts('a')).toEqual([]);
  });

  test('that its invocation has no time to finish spends an attempt, or it would begin anew for ever', async () => {
    const world = worldOf(async (ask) => {
      await ask(LOOK_UP);
      world.advance(290_000);
      return answered(await ask(WRITE));
    });
    await world.run(job);
    expect(world.lines).toEqual(['/rest/v1/lists.json']);
    expect(world.attempts('a')).toMatchObject([
      { class: 'transient', counted: true, message: expect.stringContaining('not finished in one run') },
    ]);
  });

  test('that never had the time to begin spends none', async () => {
    const world = worldOf(async (ask) => {
      world.advance(290_000);
      return answered(await ask(WRITE));
    });
    await world.run(job);
    expect(world.attempts('a')).toEqual([]);
  });

  test('that got no token spends no attempt, whatever was done before', async () => {
    const world = worldOf(async (ask) => {
      await ask(WRITE);
      return answered(await ask(IDENTITY, lost));
    });
    await world.run(job);
    expect(world.state('a')).toMatchObject({ kind: 'waiting', reason: 'backoff' });
    expect(world.attempts('a').map(({ counted }) => counted)).toEqual([false]);
  });

  test('names in its attempt what came before the request that failed, without a query', async () => {
    const world = worldOf(async (ask) => {
      await ask(LOOK_UP);
      await ask(LOOK_UP, code(1003));
      return answered(await ask(WRITE, code(1006)));
    });
    await world.run(job);
    expect((await world.archive.get('a'))?.attempts).toMatchObject([
      {
        class: 'invalid-request',
        code: 1006,
        earlier: ['GET /rest/v1/lists.json: answered', 'GET /rest/v1/lists.json: invalid-request 1003'],
      },
    ]);
  });

  test('unanswered, waits as long as its own endpoint may take', async () => {
    const world = worldOf(async (ask) => answered(await ask(WRITE, lost)));
    await world.run(job);
    const state = world.state('a');
    const waitMs = state?.kind === 'waiting' ? state.until - world.now() : 0;
    expect(waitMs).toBe(WRITE.serverDoneMs + CLOCK_SPREAD_MS);
    const [lease] = Object.values((await world.ports.budget.state()).leases);
    expect((lease?.until ?? 0) - world.now()).toBeLessThanOrEqual(WRITE.serverDoneMs + CLOCK_SPREAD_MS);
  });
});
