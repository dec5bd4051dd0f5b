import { describe, expect, test } from 'vitest';
import { isLeaseOf, sharedOwner } from '../../../shared/run/owner.ts';

describe('the owner of a shared call', () => {
  test('is that of one alone, as it stands', () => {
    expect(sharedOwner(['run.d.1-7'])).toBe('run.d.1-7');
    expect(sharedOwner(['anything'])).toBe('anything');
  });

  test('names the places from the first to the last, in whatever order they come', () => {
    expect(sharedOwner(['run.d.1-7', 'run.d.1-12', 'run.d.1-3'])).toBe('run.d.1-3_12');
  });
});

describe('a lease', () => {
  test('is that of the owner whose name it begins with, and of nobody else', () => {
    expect(isLeaseOf('run.d.1-7/abc', 'run.d.1-7')).toBe(true);
    expect(isLeaseOf('run.d.1-77/abc', 'run.d.1-7')).toBe(false);
    expect(isLeaseOf('run.dead/abc', 'run.dead')).toBe(true);
    expect(isLeaseOf('abc', 'run.dead')).toBe(false);
  });

  test('of a shared call is that of each of its places', () => {
    const lease = `${sharedOwner(['run.d.1-3', 'run.d.1-12'])}/abc`;
    for (const place of [3, 7, 12]) expect(isLeaseOf(lease, `run.d.1-${place}`)).toBe(true);
    for (const place of [2, 13]) expect(isLeaseOf(lease, `run.d.1-${place}`)).toBe(false);
    expect(isLeaseOf(lease, 'run.d.2-7')).toBe(false);
    expect(isLeaseOf(lease, 'run.other.1-7')).toBe(false);
  });
});
