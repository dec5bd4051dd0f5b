import { describe, expect, test } from 'vitest';
import { openUpstream } from '../../../shared/budget/holds.ts';
import {
  askForQuotaProbe,
  dueProbes,
  PROBED_REASONS,
  probeFailed,
  probeSucceeded,
} from '../../../shared/budget/probe.ts';
import type { Hold } from '../../../shared/budget/state.ts';
import { MIDNIGHT, NOON, stateWith } from './states.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const hold = (more: Partial<Hold> = {}): Hold => ({
  since: NOON,
  until: null,
  message: 'refused',
  probeAt: NOON + MINUTE_MS,
  openings: 1,
  ...more,
});
const quota = hold({ until: MIDNIGHT, probeAt: MIDNIGHT + MINUTE_MS });

describe('a probe that somebody asks for', () => {
  const asked = askForQuotaProbe(stateWith({ holds: { quota } }));

  test('is due at once, though the hold is to be probed after midnight', () => {
    expect(dueProbes(stateWith({ holds: { quota } }), NOON)).toEqual([]);
    expect(dueProbes(asked, NOON)).toEqual(['quota']);
    expect(asked.holds.quota).toEqual({ ...quota, asked: true });
  });

  test('answers the question once, if it fails: the hold waits for midnight as before', () => {
    const answered = probeFailed(asked, 'quota', NOON + 1, 'still spent');
    expect(answered.holds.quota).toEqual({ ...quota, message: 'still spent' });
    expect(dueProbes(answered, NOON + 2)).toEqual([]);
  });

  test('ends the hold if it succeeds', () => {
    expect(probeSucceeded(asked, 'quota', NOON).holds).toEqual({});
  });

  test('is for nothing without a hold of the quota', () => {
    const open = stateWith({ holds: { credentials: hold() } });
    expect(askForQuotaProbe(open)).toBe(open);
  });
});

describe('a hold', () => {
  test.each(PROBED_REASONS)('of %s that nobody is to probe is not probed', (reason) => {
    const state = stateWith({ holds: { [reason]: hold({ probeAt: null }) } });
    expect(dueProbes(state, NOON + HOUR_MS)).toEqual([]);
  });

  test('of the quota is probed a quarter of an hour after its reset, and hourly from two hours on', () => {
    const probedAt = (now: number) =>
      (probeFailed(stateWith({ holds: { quota } }), 'quota', now, '').holds.quota?.probeAt ?? 0) - now;
    expect(probedAt(MIDNIGHT - 1)).toBe(MINUTE_MS + 1);
    expect(probedAt(MIDNIGHT)).toBe(15 * MINUTE_MS);
    expect(probedAt(MIDNIGHT + 2 * HOUR_MS - 1)).toBe(15 * MINUTE_MS);
    expect(probedAt(MIDNIGHT + 2 * HOUR_MS)).toBe(HOUR_MS);
  });

  test('of the quota without a known reset is probed each quarter of an hour', () => {
    const failed = probeFailed(stateWith({ holds: { quota: hold() } }), 'quota', NOON + 5, '');
    expect(failed.holds.quota?.probeAt).toBe(NOON + 5 + 15 * MINUTE_MS);
  });

  test('of the upstream without an end is probed each minute, and keeps having none', () => {
    const state = stateWith({ holds: { upstream: hold() } });
    expect(dueProbes(state, NOON + MINUTE_MS)).toEqual(['upstream']);
    const failed = probeFailed(state, 'upstream', NOON + MINUTE_MS, 'down');
    expect(failed.holds.upstream).toEqual(hold({ probeAt: NOON + 2 * MINUTE_MS, message: 'down' }));
  });

  test.each(['credentials', 'upstream'] as const)(
    'of %s is probed in each minute of the warden, though its last probe took some seconds',
    (reason) => {
      const state = stateWith({ holds: { [reason]: hold({ probeAt: NOON }) } });
      const failed = probeFailed(state, reason, NOON + 9_000, 'still so');
      expect(dueProbes(failed, NOON + MINUTE_MS)).toEqual([reason]);
    },
  );

  test('of the upstream is probed at its end if that is nearer than a minute, and not made longer before', () => {
    const upstream = hold({ until: NOON + 90_000 });
    const failed = probeFailed(stateWith({ holds: { upstream } }), 'upstream', NOON + MINUTE_MS, 'down');
    expect(failed.holds.upstream).toEqual({ ...upstream, message: 'down', probeAt: NOON + 90_000 });
    const early = probeFailed(stateWith({ holds: { upstream } }), 'upstream', NOON + 10_000, 'down');
    expect(early.holds.upstream?.probeAt).toBe(NOON + 70_000);
  });

  test('of the upstream that has just ended is not probed once a call was answered', () => {
    const upstream = hold({ until: NOON + 2 * MINUTE_MS });
    const answered = stateWith({ holds: { upstream }, failuresInRow: 0 });
    expect(dueProbes(answered, NOON + 2 * MINUTE_MS - 1)).toEqual(['upstream']);
    expect(dueProbes(answered, NOON + 2 * MINUTE_MS)).toEqual([]);
  });
});

describe('a probe that succeeds', () => {
  const troubled = {
    holds: { quota, credentials: hold(), upstream: hold() },
    failuresInRow: 5,
    failedCalls: ['a'],
    deniedInRow: ['getLead'],
  };

  test('for the quota says nothing of who asks, nor of the upstream', () => {
    const { holds, ...rest } = probeSucceeded(stateWith(troubled), 'quota', NOON);
    expect(Object.keys(holds)).toEqual(['credentials', 'upstream']);
    expect(rest).toEqual({ ...stateWith(troubled), holds: undefined });
    expect(rest.provenAt).toBeUndefined();
  });

  test('for the credentials proves who asks, and ends the row of denials', () => {
    const proven = probeSucceeded(stateWith(troubled), 'credentials', NOON + 7);
    expect(Object.keys(proven.holds)).toEqual(['quota', 'upstream']);
    expect(proven).toMatchObject({
      deniedInRow: [],
      failuresInRow: 5,
      provenAt: { credentials: NOON + 7 },
    });
  });

  test('for the upstream proves that it works, ends the row of failures, and keeps the other proof', () => {
    const before = stateWith({ ...troubled, provenAt: { credentials: NOON } });
    expect(probeSucceeded(before, 'upstream', NOON + 7)).toMatchObject({
      failuresInRow: 0,
      failedCalls: [],
      deniedInRow: ['getLead'],
      provenAt: { credentials: NOON, upstream: NOON + 7 },
    });
  });
});

describe('a question without a hold', () => {
  test('is asked of the credentials only after a probe has once shown that they are good', () => {
    expect(dueProbes(stateWith({ deniedInRow: ['getLead'] }), NOON)).toEqual([]);
    const proven = { provenAt: { credentials: NOON } };
    expect(dueProbes(stateWith({ ...proven, deniedInRow: ['getLead'] }), NOON)).toEqual(['credentials']);
    expect(dueProbes(stateWith(proven), NOON)).toEqual([]);
  });

  test('is not asked of the upstream under its hold', () => {
    const held = openUpstream(stateWith({ failuresInRow: 5 }), NOON, 'down');
    expect(dueProbes(held, NOON + 1)).toEqual([]);
  });
});
