import { describe, expect, test } from 'vitest';
import {
  createStagger,
  flushWithinMs,
  needsRefresh,
  POLICIES,
  type Policies,
  pauseToGiveWayMs,
  type Sight,
  showsItself,
} from '../../../shared/budget/policies.ts';
import { FRESH_PERMIT_MS, type Permit, type Wait } from '../../../shared/budget/port.ts';
import { NOON } from './states.ts';

/** A worker that holds five of nine slots while another is about, and none is left. */
const sightWith = (more: Partial<Sight> = {}): Sight => ({
  now: NOON,
  isBusy: true,
  wroteAt: NOON - 10_000,
  held: 5,
  taken: 9,
  slots: 9,
  workers: 2,
  ...more,
});

const waitFor = (because: Wait['because']): Wait => ({ kind: 'wait', until: NOON + 250, because });

describe('moving a stale permit', () => {
  const stale: Permit = { kind: 'granted', leaseId: 'x', at: NOON - FRESH_PERMIT_MS - 1 };

  test.each<[string, Permit, number, Policies, boolean]>([
    ['is due past the time it counts as fresh', stale, 0, POLICIES, true],
    ['is not due before', { ...stale, at: stale.at + 1 }, 0, POLICIES, false],
    ['ends after the third', stale, 3, POLICIES, false],
    ['can be switched off', stale, 0, { ...POLICIES, mostRefreshes: null }, false],
  ])('%s', (_, permit, refreshes, policies, expected) => {
    expect(needsRefresh(policies, permit, refreshes, NOON)).toBe(expected);
  });
});

describe('the stagger of short waits', () => {
  const staggerOf = (policies: Policies = POLICIES) => createStagger(policies, () => 0.5, NOON);
  const half = NOON + 250 + 150;

  test.each(['rate', 'concurrency'] as const)('puts off a wait because of %s', (because) => {
    expect(staggerOf()(waitFor(because), sightWith()).until).toBe(half);
  });

  test('leaves a hold alone, and a worker without others', () => {
    expect(staggerOf()(waitFor('operator'), sightWith())).toEqual(waitFor('operator'));
    expect(staggerOf()(waitFor('rate'), sightWith({ isBusy: false }))).toEqual(waitFor('rate'));
  });

  test('puts one worker off by the same for a while, and then by another part', () => {
    const parts = [0.1, 0.9];
    const stagger = createStagger(POLICIES, () => parts.shift() ?? 0, NOON);
    const until = (now: number) => stagger(waitFor('rate'), sightWith({ now })).until - NOON - 250;
    expect([until(NOON), until(NOON + 300), until(NOON + 301)]).toEqual([30, 30, 270]);
  });

  test('can be switched off', () => {
    const wait = waitFor('rate');
    expect(staggerOf({ ...POLICIES, staggerMs: null })(wait, sightWith())).toBe(wait);
  });
});

describe('giving way to others', () => {
  test.each<[string, Partial<Sight>, number | null, number]>([
    ['pauses who has its part of scarce slots', {}, 300, 300],
    ['pauses nobody that has less', { held: 4 }, 300, 0],
    ['knows that a part is smaller among more', { held: 3, workers: 3 }, 300, 300],
    ['takes two for the least who share', { held: 4, workers: 1 }, 300, 0],
    ['pauses nobody while slots are left', { taken: 5 }, 300, 0],
    ['pauses nobody that is alone', { isBusy: false }, 300, 0],
    ['can be switched off', {}, null, 0],
  ])('%s', (_, more, giveWayMs, expected) => {
    expect(pauseToGiveWayMs({ ...POLICIES, giveWayMs }, sightWith(more))).toBe(expected);
  });
});

describe('showing itself', () => {
  const none = { held: 0 };

  test.each<[string, Wait['because'], Partial<Sight>, number | null, boolean]>([
    ['is for who has no slot and has not written for long', 'concurrency', none, 2_000, true],
    ['is not for who has a slot', 'concurrency', {}, 2_000, false],
    ['is not for who has just written', 'concurrency', { ...none, wroteAt: NOON - 2_000 }, 2_000, false],
    ['is not for who waits for the rate', 'rate', none, 2_000, false],
    ['can be switched off', 'concurrency', none, null, false],
  ])('%s', (_, because, more, showEveryMs, expected) => {
    expect(showsItself({ ...POLICIES, showEveryMs }, waitFor(because), sightWith(more))).toBe(expected);
  });
});

describe('writing slots given back', () => {
  test.each<[string, Partial<Sight>, number | null, number]>([
    ['is soon when no more than three are left', { taken: 6 }, 150, 150],
    ['takes its time when more are left', { taken: 5 }, 150, 2_000],
    ['takes its time with the policy off', { taken: 9 }, null, 2_000],
  ])('%s', (_, more, scarceFlushMs, expected) => {
    expect(flushWithinMs({ ...POLICIES, scarceFlushMs }, sightWith(more))).toBe(expected);
  });
});
