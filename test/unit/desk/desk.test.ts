import { describe, expect, test } from 'vitest';
import { Desk, type DeskParts } from '../../../shared/desk/desk.ts';
import type { Load } from '../../../shared/desk/journey.ts';
import type { Passenger, Trip } from '../../../shared/desk/passenger.ts';
import { SOAP_BOUNDS } from '../../../shared/marketo/soap/packing-bounds.ts';
import type { Call } from '../../../shared/marketo/transport.ts';
import { checked } from '../../support/checked.ts';
import { type Answer, refusal } from '../../support/journey-stage.ts';
import { leadCall, passenger } from '../../support/passengers.ts';

interface Named extends Passenger {
  readonly name: string;
}
type Parts = DeskParts<Named, string, Trip<string>>;

const tags: Call = { ...checked('getTags', {}), workspace: null };
const get: Call = {
  ...checked('getLead', { leadKey: { keyType: 'EMAIL', keyValue: 'a@example.com' } }),
  workspace: null,
};

/** Of whom everybody is told the same, so that nobody is asked again. */
const ANSWER: Answer = refusal(20014, 'refused');

/** A desk at which nobody is woken by time. `calls` are those that were made, as the names in them. */
function stage(over: Partial<Parts> = {}) {
  const calls: string[] = [];
  const sent: (() => void)[] = [];
  const endOf: ((answer: Answer) => void)[] = [];
  const desk = new Desk<Named, string, Trip<string>>({
    id: 'desk',
    bounds: SOAP_BOUNDS,
    stopping: undefined,
    lingerMs: async () => 0,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    carry: async (load: Load<Named>, onSent) => {
      calls.push(load.map(({ name }) => name).join(''));
      const { promise, resolve } = Promise.withResolvers<Answer>();
      sent.push(onSent);
      endOf.push(resolve);
      return { callId: `call ${calls.length}`, answer: await promise, failure: null };
    },
    keep: async () => {},
    later: () => 'another time',
    ...over,
  });
  const seat = (name: string) => {
    const { board, ...others } = desk.seatFor(leadCall(`${name}@example.com`), false);
    return { ...others, board: () => board(passenger(name)) };
  };
  return { desk, calls, sent, endOf, seat };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a seat', () => {
  test('has a place that tells its lane, and counts within it', () => {
    const { desk, seat } = stage();
    const placeOf = (call: Call): string => desk.seatFor(call, false).place;
    expect([seat('a').place, seat('b').place]).toEqual(['desk.0-0', 'desk.0-1']);
    expect([placeOf(get), placeOf(tags), placeOf(tags)]).toEqual(['desk.1-0', 'desk.2-0', 'desk.2-1']);
    expect(seat('c').place).toBe('desk.0-2');
  });

  test('says what its call brings, as far as the sender allows it', () => {
    const campaign: Call = {
      ...checked('requestCampaign', {
        source: 'MKTOWS',
        campaignId: 1,
        leadList: { leadKey: [{ keyType: 'IDNUM', keyValue: '1' }] },
      }),
      workspace: null,
    };
    const { desk } = stage();
    expect(desk.seatFor(campaign, true).freight).toMatchObject({ records: 1 });
    expect(desk.seatFor(campaign, false).freight).toBeNull();
    expect(desk.seatFor(tags, true).freight).toBeNull();
    expect(stage({ bounds: null }).seat('a').freight).toBeNull();
  });

  test('is told what its call has come to, by the side of who shares it', async () => {
    const { calls, endOf, seat } = stage();
    const [a, b] = [seat('a'), seat('b')];
    const told = [a.board(), b.board()];
    await settled();
    expect(calls).toEqual(['ab']);
    endOf[0]?.(ANSWER);
    expect(await Promise.all(told)).toMatchObject([
      { shared: 2, isFirst: true, trip: { callId: 'call 1' } },
      { shared: 2, isFirst: false, trip: { callId: 'call 1' } },
    ]);
  });

  test('is told of a store of ours that failed', async () => {
    const { seat } = stage({ carry: () => Promise.reject(new Error('the budget is away')) });
    await expect(seat('a').board()).rejects.toThrow('the budget is away');
  });

  test('is waited for until it boards, or leaves', async () => {
    const { calls, seat } = stage();
    const [a, b] = [seat('a'), seat('b')];
    void a.board();
    await settled();
    expect(calls).toEqual([]);
    b.leave();
    await settled();
    expect(calls).toEqual(['a']);
  });

  test('travels alone where there is nobody to share with, and waits for nobody', async () => {
    const { desk, calls, seat } = stage();
    seat('late');
    const [one, other] = [desk.seatFor(tags, false), desk.seatFor(tags, false)];
    void one.board({ ...passenger('a'), call: tags, freight: null });
    void other.board({ ...passenger('b'), call: tags, freight: null });
    void seat('c');
    void desk.seatFor(leadCall('d@example.com'), false).board({ ...passenger('d'), freight: null });
    one.leave();
    await settled();
    expect(calls).toEqual(['a', 'b', 'd']);
  });
});

describe('those who wait in a lane', () => {
  test('leave when the call before them has left, whether it is answered or not', async () => {
    const { calls, sent, seat } = stage();
    void seat('a').board();
    await settled();
    void seat('b').board();
    await settled();
    expect(calls).toEqual(['a']);
    sent[0]?.();
    await settled();
    expect(calls).toEqual(['a', 'b']);
  });

  test('leave when the call before them has ended, though it was never sent', async () => {
    const { calls, endOf, seat } = stage();
    void seat('a').board();
    await settled();
    void seat('b').board();
    endOf[0]?.({ kind: 'refused', refusal: 'no permit' });
    await settled();
    expect(calls).toEqual(['a', 'b']);
  });

  test('wait while more jobs are being fetched, and no longer, however often that is said', async () => {
    const { desk, calls, seat } = stage();
    const [first, second] = [desk.fetching(), desk.fetching()];
    void seat('a').board();
    first();
    first();
    await settled();
    expect(calls).toEqual([]);
    second();
    await settled();
    expect(calls).toEqual(['a']);
  });

  test('wait for one who left and is on his way again', async () => {
    const { calls, seat } = stage();
    const [first, second] = [seat('a'), seat('b')];
    for (const { leave, comeBack } of [first, second]) {
      leave();
      comeBack();
    }
    void first.board();
    await settled();
    expect(calls).toEqual([]);
    void second.board();
    await settled();
    expect(calls).toEqual(['ab']);
  });

  test('linger where they are told to', async () => {
    const slept: number[] = [];
    const { calls, seat } = stage({
      lingerMs: async () => 5_000,
      sleep: async (ms) => void slept.push(ms),
    });
    void seat('a').board();
    await settled();
    expect(slept).toEqual([5_000]);
    expect(calls).toEqual(['a']);
  });

  test('wait for nobody once the process is asked to end', async () => {
    const stop = new AbortController();
    const { calls, seat } = stage({ stopping: stop.signal });
    const [a] = [seat('a'), seat('b')];
    void a.board();
    await settled();
    expect(calls).toEqual([]);
    stop.abort();
    await settled();
    expect(calls).toEqual(['a']);
  });
});
