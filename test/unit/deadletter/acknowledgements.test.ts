import { describe, expect, test } from 'vitest';
import {
  ACKNOWLEDGEMENT_KEPT_MS,
  type Acknowledgement,
  acknowledgementOf,
  isSilenced,
  lastGoneAt,
  withAcknowledgement,
  withLifted,
} from '../../../shared/deadletter/acknowledgements.ts';
import { NOON } from '../../support/letters.ts';

const CAUSE = '0123456789ab';
const HOUR = 3_600_000;

const seen = (more: Partial<Acknowledgement> = {}): Acknowledgement => ({
  cause: CAUSE,
  at: NOON,
  by: 'ann',
  until: NOON + HOUR,
  note: 'the CRM is being mended',
  count: 12,
  ...more,
});
const of = (...causes: readonly Acknowledgement[]) => ({ causes });

describe('a cause', () => {
  test('is silenced while it is acknowledged, and another one is not', () => {
    const all = of(seen());
    expect(isSilenced(all, { cause: CAUSE, count: 12 }, NOON)).toBe(true);
    expect(isSilenced(all, { cause: 'abcdef012345', count: 12 }, NOON)).toBe(false);
    expect(isSilenced(null, { cause: CAUSE, count: 12 }, NOON)).toBe(false);
  });

  test('speaks again when the time has come', () => {
    expect(isSilenced(of(seen()), { cause: CAUSE, count: 12 }, NOON + HOUR - 1)).toBe(true);
    expect(isSilenced(of(seen()), { cause: CAUSE, count: 12 }, NOON + HOUR)).toBe(false);
  });

  test('speaks again at ten times the letters, and is silent again when they are fewer', () => {
    expect(isSilenced(of(seen()), { cause: CAUSE, count: 119 }, NOON)).toBe(true);
    expect(isSilenced(of(seen()), { cause: CAUSE, count: 120 }, NOON)).toBe(false);
    expect(isSilenced(of(seen()), { cause: CAUSE, count: 119 }, NOON)).toBe(true);
    expect(isSilenced(of(seen({ count: 0 })), { cause: CAUSE, count: 9 }, NOON)).toBe(true);
  });

  test('speaks again once its acknowledgement is lifted, of which who did it stays known', () => {
    const lifted = withLifted(of(seen()), CAUSE, { at: NOON + 5, by: 'bo' });
    expect(isSilenced(lifted, { cause: CAUSE, count: 12 }, NOON + 6)).toBe(false);
    expect(acknowledgementOf(lifted, CAUSE)).toMatchObject({ by: 'ann', lifted: { at: NOON + 5, by: 'bo' } });
  });

  test('has nothing to lift where nothing is in force', () => {
    const by = { at: NOON + HOUR, by: 'bo' };
    expect(withLifted(null, CAUSE, by)).toBeNull();
    expect(withLifted(of(seen()), 'abcdef012345', by)).toBeNull();
    expect(withLifted(of(seen()), CAUSE, by)).toBeNull();
    expect(withLifted(of(seen({ lifted: by })), CAUSE, { ...by, at: NOON })).toBeNull();
  });
});

describe('acknowledgements', () => {
  test('keep what was said of a cause before, of which the last counts, until a month after its end', () => {
    const other = seen({ cause: 'abcdef012345' });
    const old = seen({ cause: 'fedcba987654', until: NOON - ACKNOWLEDGEMENT_KEPT_MS });
    const again = seen({ note: 'still', count: 50 });
    const all = withAcknowledgement(of(seen(), other, old), again);
    expect(all).toEqual(of(other, seen(), again));
    expect(acknowledgementOf(all, CAUSE)).toEqual(again);
    const lifted = withLifted(all, CAUSE, { at: NOON, by: 'bo' });
    expect(lifted).toEqual(of(other, seen(), { ...again, lifted: { at: NOON, by: 'bo' } }));
    expect(withAcknowledgement(null, again)).toEqual(of(again));
  });

  test('are five of a cause at most', () => {
    const other = seen({ cause: 'abcdef012345' });
    const notes = ['1', '2', '3', '4', '5', '6', '7'];
    const all = notes.map((note) => seen({ note })).reduce(withAcknowledgement, of(other));
    expect(all.causes.map(({ note }) => note)).toEqual([other.note, '3', '4', '5', '6', '7']);
  });

  test('are all gone a month after the last has ended', () => {
    const ends = [
      seen(),
      seen({ cause: 'abcdef012345', until: NOON + 9 * HOUR, lifted: { at: NOON, by: 'bo' } }),
    ];
    expect(lastGoneAt(of(...ends))).toBe(NOON + HOUR + ACKNOWLEDGEMENT_KEPT_MS);
  });
});
