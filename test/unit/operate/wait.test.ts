import { expect, test } from 'vitest';
import { seededRandom } from '../../../shared/kernel/random.ts';
import { type WaitLimits, waitUntil } from '../../../shared/operate/wait.ts';
import { virtualTime } from '../../memory/virtual-time.ts';

/** A wait for what `seenAt` says, over virtual time; `looks` has when somebody looked. */
async function wait(limits: WaitLimits, look: (now: number) => string | null, lookMs = 0) {
  const time = virtualTime(0);
  const looks: number[] = [];
  const ports = { clock: time.clock, sleep: time.sleep, random: seededRandom(7) };
  let outcome: { readonly value: string | null } | { readonly error: unknown } | null = null;
  const looking = async (): Promise<string | null> => {
    looks.push(time.clock());
    if (lookMs > 0) await time.sleep(lookMs);
    return look(time.clock());
  };
  waitUntil(looking, ports, limits).then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  await time.run(() => outcome !== null);
  return { outcome, looks, endedAt: time.clock() };
}

test('what is there already is seen at once, by one look', async () => {
  expect(await wait({}, () => 'there')).toEqual({ outcome: { value: 'there' }, looks: [0], endedAt: 0 });
});

test('the pauses between looks grow from a fifth of a second to five, and never beyond', async () => {
  const { outcome, looks } = await wait({}, (now) => (now > 3_600_000 ? 'late' : null));
  expect(outcome).toEqual({ value: 'late' });
  const pauses = looks.slice(1).map((at, i) => at - (looks[i] ?? 0));
  expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000);
  expect(pauses[0]).toBeGreaterThanOrEqual(100);
  expect(pauses[0]).toBeLessThanOrEqual(200);
  expect(looks.filter((at) => at < 2_000).length).toBeGreaterThanOrEqual(5);
  expect(new Set(pauses).size).toBeGreaterThan(pauses.length / 2);
  expect(looks.length).toBeLessThan(1_050);
});

test('most of the time nobody looks, however long a look takes', async () => {
  const { looks, endedAt } = await wait({}, (now) => (now > 600_000 ? 'late' : null), 3_000);
  expect((looks.length * 3_000) / endedAt).toBeLessThan(0.22);
});

test('when the time is up there is a last look, and the answer is null', async () => {
  const { outcome, looks, endedAt } = await wait({ timeoutMs: 12_345 }, () => null);
  expect(outcome).toEqual({ value: null });
  expect(endedAt).toBe(12_345);
  expect(looks.at(-1)).toBe(12_345);
  expect((await wait({ timeoutMs: 12_345 }, (now) => (now >= 12_345 ? 'just' : null))).outcome).toEqual({
    value: 'just',
  });
  expect((await wait({ timeoutMs: 0 }, () => null)).looks).toEqual([0]);
});

test('an abort ends the wait at once, with the reason of the signal', async () => {
  const time = virtualTime(0);
  const ports = { clock: time.clock, sleep: time.sleep, random: () => 0.5 };
  const aborting = new AbortController();
  const reason = new Error('enough');
  time.schedule(7_001, () => aborting.abort(reason));
  let error: unknown = null;
  waitUntil(async () => null, ports, { signal: aborting.signal }).catch((thrown: unknown) => {
    error = thrown;
  });
  await time.run(() => error !== null);
  expect(error).toBe(reason);
  expect(time.clock()).toBe(7_001);
  let looks = 0;
  const look = async () => {
    looks += 1;
    return null;
  };
  await expect(waitUntil(look, ports, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(looks).toBe(0);
});

test('a time that is no number is refused before the first look: it would never be up', async () => {
  const { outcome, looks } = await wait({ timeoutMs: Number.NaN }, () => 'there');
  expect(outcome).toEqual({ error: new RangeError('timeoutMs is not a number') });
  expect(looks).toEqual([]);
});

test('an abort does not wait for a store that does not answer', async () => {
  const aborting = new AbortController();
  const ports = { clock: () => 0, sleep: async () => {}, random: () => 0.5 };
  const waiting = waitUntil(() => new Promise<null>(() => {}), ports, { signal: aborting.signal });
  const reason = new Error('enough');
  aborting.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('a signal that is done with is not listened to any more', async () => {
  const { signal } = new AbortController();
  let listening = 0;
  const counted = {
    aborted: false,
    addEventListener: (type: 'abort', listener: () => void) => {
      listening += 1;
      signal.addEventListener(type, listener);
    },
    removeEventListener: (type: 'abort', listener: () => void) => {
      listening -= 1;
      signal.removeEventListener(type, listener);
    },
  };
  await wait({ signal: counted }, (now) => (now > 60_000 ? 'seen' : null));
  expect(listening).toBe(0);
});

test('what the first look throws is thrown, and of a later bad moment only one that lasts', async () => {
  const failing = (from: number, to: number) => (now: number) => {
    if (now >= from && now < to) throw new Error('no answer');
    return now > 60_000 ? 'seen' : null;
  };
  expect((await wait({}, failing(0, 1))).outcome).toEqual({ error: new Error('no answer') });
  expect((await wait({}, failing(20_000, 30_000))).outcome).toEqual({ value: 'seen' });
  expect((await wait({}, failing(20_000, 59_000))).outcome).toEqual({ error: new Error('no answer') });
});
