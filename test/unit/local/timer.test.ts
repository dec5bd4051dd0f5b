import { describe, expect, test, vi } from 'vitest';
import { startTimer } from '../../../local/timer.ts';
import type { Log } from '../../../shared/kernel/log.ts';

function start(handler: () => Promise<unknown>) {
  const wakes: (() => void)[] = [];
  const errors: string[] = [];
  const log: Log = { info() {}, warn() {}, error: (message) => void errors.push(message) };
  const timer = startTimer({
    name: 'warden',
    handler,
    intervalMs: 60_000,
    functionTimeoutMs: 300_000,
    clock: () => 0,
    // Only the pauses between runs are woken by the test; a run's own timeout is not reached.
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (ms === 60_000) wakes.push(resolve);
        if (signal?.aborted === true) resolve();
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    makeRequestId: () => 'request',
    log,
  });
  return { timer, wakes, errors };
}

describe('the timer', () => {
  test('runs at the start, and again only after a pause that begins when the run has ended', async () => {
    const ends: (() => void)[] = [];
    const { timer, wakes } = start(() => new Promise<void>((resolve) => ends.push(resolve)));
    expect(ends).toHaveLength(1);
    expect(timer.running()).toBe(1);
    expect(wakes).toHaveLength(0);
    ends[0]?.();
    await vi.waitFor(() => expect(wakes).toHaveLength(1));
    expect(timer.running()).toBe(0);
    wakes[0]?.();
    await vi.waitFor(() => expect(ends).toHaveLength(2));
    ends[1]?.();
    expect(await timer.stop(1_000)).toBe(0);
  });

  test('goes on after a run that threw, and says so', async () => {
    const { timer, wakes, errors } = start(async () => {
      throw new Error('no');
    });
    await vi.waitFor(() => expect(wakes).toHaveLength(1));
    expect(errors).toEqual(['the function threw']);
    wakes[0]?.();
    await vi.waitFor(() => expect(errors).toHaveLength(2));
    await timer.stop(1_000);
  });
});
