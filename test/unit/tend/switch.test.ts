import { describe, expect, test } from 'vitest';
import type { HoldInForce } from '../../../shared/budget/holds.ts';
import { MAX_AGE_MS, RETENTION_S } from '../../../shared/config/limits.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/kernel/clock.ts';
import { wantedSwitch } from '../../../shared/tend/switch.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const paused: HoldInForce = {
  reason: 'operator',
  since: 0,
  until: null,
  message: 'paused',
  probeAt: null,
};

describe('wantedSwitch', () => {
  test('sweeps between the expiry of a message and its end in SQS, whatever the minute it was sent', () => {
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const sentAt = NOON + minute * MINUTE_MS;
      // A sweep takes ten minutes, the switch some, and the queue may be long: half a day is no luxury.
      const last = sentAt + RETENTION_S * 1_000 - 11 * HOUR_MS;
      let swept = 0;
      for (let at = sentAt + MAX_AGE_MS; at < last; at += MINUTE_MS) {
        if (wantedSwitch([paused], at) === 'on') swept += 1;
      }
      expect(swept).toBeGreaterThanOrEqual(10);
    }
  });

  test('keeps the queue shut for the rest of the day', () => {
    let swept = 0;
    for (let at = NOON; at < NOON + 24 * HOUR_MS; at += MINUTE_MS) {
      if (wantedSwitch([paused], at) === 'on') swept += 1;
    }
    expect(swept).toBeLessThanOrEqual(20);
  });
});
