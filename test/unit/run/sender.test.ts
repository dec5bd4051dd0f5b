import { describe, expect, test } from 'vitest';
import type { Budget, CallReport, Permit, Wait } from '../../../shared/budget/port.ts';
import type { Fault } from '../../../shared/marketo/faults/fault.ts';
import { WireError } from '../../../shared/marketo/http/wire-fault.ts';
import type { Exchange, Target } from '../../../shared/marketo/transport.ts';
import { NEUTRAL } from '../../../shared/run/account-signal.ts';
import { admit } from '../../../shared/run/admit.ts';
import type { Refusal } from '../../../shared/run/ports.ts';
import { Sender } from '../../../shared/run/send.ts';
import { createWorld } from '../../support/work-world.ts';

const TARGET: Target = {
  url: 'http://127.0.0.1/soap',
  timeoutMs: 90_000,
  serverDoneMs: 180_000,
  changes: true,
  spends: true,
  announces: false,
};
const RESERVE_MS = 15_000;
const lost: Fault = { kind: 'network', sent: true, reason: 'timeout', message: 'no answer' };
const stale: Fault = { kind: 'network', sent: false, reason: 'refused', message: 'stale' };

interface Play {
  /** How the socket fares when it is looked at before the first byte. */
  readonly refresh?: Fault;
  /** What the budget says when the permit is moved to the present. */
  readonly moved?: Wait;
  /** What comes instead of an answer. */
  readonly failure?: Error;
  /** What was seen on the wire. */
  readonly seen?: Partial<Exchange>;
  readonly admitted?: Refusal;
  readonly intends?: boolean;
  readonly inTime?: boolean;
}

/** One request through a sender, with everything around it noted. */
async function sendOne(play: Play, target: Partial<Target> = {}) {
  const world = createWorld();
  const steps: string[] = [];
  const reports: CallReport[] = [];
  const leases: number[] = [];
  const exchange: Exchange = {
    url: TARGET.url,
    request: '',
    response: null,
    httpStatus: null,
    sentAt: null,
    endedAt: world.now(),
    serverDate: null,
    ...play.seen,
  };
  const budget: Budget = {
    ...world.ports.budget,
    refresh: async (permit, { leaseMs }) => {
      leases.push(leaseMs);
      return play.moved ?? permit;
    },
    report: async (report) => {
      reports.push(report);
      return null;
    },
  };
  const connection = {
    usable: () => true,
    refresh: async () => play.refresh ?? null,
    exchange: () => exchange,
    post: async () => {
      steps.push('posted');
      if (play.failure !== undefined) throw play.failure;
      return { status: 200, headers: {}, body: '' };
    },
    release: () => {
      steps.push('released');
    },
  };
  const permit: Permit = { kind: 'granted', leaseId: 'lease', at: world.now() };
  const sender = new Sender(
    {
      jobIds: ['job'],
      operation: 'syncLead',
      admit: async () => play.admitted ?? permit,
      inTime: () => play.inTime ?? true,
      intend: async () => {
        steps.push('intended');
        return play.intends ?? true;
      },
      signal: () => NEUTRAL,
      patienceMs: 0,
    },
    { ...world.ports, budget, wire: { open: async () => ({ kind: 'open', connection }), close: () => {} } },
  );
  const sent = await sender
    .send({ ...TARGET, ...target }, async (post) => {
      await post({ method: 'POST', headers: {}, body: '', secrets: [] });
      return { kind: 'answered', value: 'well' };
    })
    .catch((error: unknown) => error);
  await sender.finish();
  return { sent, steps, reports, leases, sender };
}

const wait: Wait = { kind: 'wait', until: 0, because: 'rate' };
const noRoom: Refusal = { kind: 'wait', wait };

describe('the slot of a call', () => {
  test('is given back by an answer, in the name of its job', async () => {
    const { reports } = await sendOne({ seen: { sentAt: 5, httpStatus: 200 } });
    expect(reports).toMatchObject([{ leaseId: 'lease', jobIds: ['job'], sentAt: 5, replied: true }]);
  });

  test('stays taken when a call that was sent ends without an answer', async () => {
    const { reports, sent } = await sendOne({ seen: { sentAt: 5 }, failure: new WireError(lost) });
    expect(sent).toMatchObject({ kind: 'fault', fault: lost });
    expect(reports).toMatchObject([{ leaseId: 'lease', sentAt: 5, replied: false }]);
  });

  test('is given back when nothing was sent, with what its permit counted', async () => {
    const { reports } = await sendOne({ failure: new WireError(stale) });
    expect(reports).toMatchObject([{ leaseId: 'lease', sentAt: null, replied: true, uncharged: true }]);
  });

  test('is in the count of a call that was sent, whatever became of it', async () => {
    const { reports } = await sendOne({ seen: { sentAt: 5 }, failure: new WireError(lost) });
    expect(reports.map(({ uncharged }) => uncharged)).toEqual([undefined]);
  });

  test('is held for the whole call and the time to settle it', async () => {
    expect((await sendOne({})).leases).toEqual([TARGET.timeoutMs + RESERVE_MS]);
  });

  test('that is gone is not given back, and nothing is sent', async () => {
    const { sent, steps, reports } = await sendOne({ moved: wait });
    expect(sent).toEqual({ kind: 'refused', refusal: { kind: 'wait', wait } });
    expect(steps).toEqual(['released']);
    expect(reports).toEqual([]);
  });
});

describe('the connection of a call', () => {
  test.each<[string, Play]>([
    ['an answer', {}],
    ['no permit', { admitted: noRoom }],
    ['a stale socket', { refresh: stale }],
    ['a permit that is gone', { moved: wait }],
    ['a look at the time', { inTime: false }],
    ['no answer', { failure: new WireError(lost) }],
    ['a bug', { failure: new Error('bug') }],
  ])('is released after %s, once', async (_, play) => {
    const { steps } = await sendOne(play);
    expect(steps.filter((step) => step === 'released')).toHaveLength(1);
    expect(steps.at(-1)).toBe('released');
  });

  test('that has gone stale while the permit was waited for is the end of the call, before an intent', async () => {
    const { sent, steps, sender, reports } = await sendOne({ refresh: stale }, { announces: true });
    expect(sent).toMatchObject({ kind: 'fault', fault: stale });
    expect(steps).toEqual(['released']);
    expect(sender.hasAnnounced()).toBe(false);
    expect(reports).toMatchObject([{ leaseId: 'lease', replied: true }]);
  });

  test('carries no byte of a call that has become too late, and its slot goes back', async () => {
    const { sent, steps, reports } = await sendOne({ inTime: false });
    expect(sent).toMatchObject({ kind: 'refused', refusal: { kind: 'no-time' } });
    expect(steps).toEqual(['released']);
    expect(reports).toMatchObject([{ leaseId: 'lease', sentAt: null, replied: true }]);
  });

  test('carries no byte of a call whose claim is lost', async () => {
    const { sent, steps } = await sendOne({ intends: false }, { announces: true });
    expect(sent).toEqual({ kind: 'refused', refusal: { kind: 'lost-claim' } });
    expect(steps).toEqual(['intended', 'released']);
  });
});

describe('waiting for a permit', () => {
  const SHORT_MS = 60_000;

  /** Asks with so much time left; the budget says `until` for its first answers, then gives a permit. */
  async function ask(timeLeftMs: number, waits: readonly number[]) {
    const world = createWorld();
    const from = world.now();
    let asked = 0;
    const wanted: number[] = [];
    const budget: Budget = {
      ...world.ports.budget,
      ask: async ({ leaseMs }) => {
        wanted.push(leaseMs);
        const until = waits[asked++];
        return until === undefined
          ? { kind: 'granted', leaseId: 'l', at: world.now() }
          : { kind: 'wait', until: from + until, because: 'rate' };
      },
    };
    const answer = await admit(TARGET, { deadline: from + timeLeftMs }, { ...world.ports, budget });
    return { answer, asked, wanted, sleptMs: world.now() - from };
  }
  const LAST_START_MS = TARGET.timeoutMs + RESERVE_MS;

  test('is spent here up to a minute, and no longer', async () => {
    expect(await ask(600_000, [SHORT_MS])).toMatchObject({
      answer: { kind: 'granted' },
      asked: 2,
      sleptMs: SHORT_MS,
    });
    expect(await ask(600_000, [SHORT_MS + 1])).toMatchObject({
      answer: { kind: 'wait' },
      asked: 1,
      sleptMs: 0,
    });
  });

  test('is not begun where the call could not end in time after it', async () => {
    expect(await ask(LAST_START_MS + 5_000, [5_000])).toMatchObject({ answer: { kind: 'granted' } });
    expect(await ask(LAST_START_MS + 5_000, [5_001])).toMatchObject({
      answer: { kind: 'no-time' },
      sleptMs: 0,
    });
  });

  test('asks for nothing when it is too late to begin', async () => {
    expect(await ask(LAST_START_MS, [])).toMatchObject({ answer: { kind: 'granted' } });
    expect(await ask(LAST_START_MS - 1, [])).toMatchObject({ answer: { kind: 'no-time' }, asked: 0 });
  });

  test('wants a slot for the whole call and the time to settle it', async () => {
    expect((await ask(600_000, [])).wanted).toEqual([TARGET.timeoutMs + RESERVE_MS]);
  });
});
