import { describe, expect, test } from 'vitest';
import {
  FOREIGN_GROUPS_KEPT_MS,
  foreignGroup,
  isPast,
  together,
} from '../../../shared/job/foreign-groups.ts';

const AT = 1_000_000;

describe('the count of jobs in foreign groups', () => {
  test('adds up, says since when, and keeps the first groups with a job of each', () => {
    const names = ['a', 'b', 'a', 'c', 'd'];
    const counted = names
      .map((name, nth) => foreignGroup(name, `job-${nth}`, AT + nth))
      .reduce((earlier, later) => together(earlier, later));
    expect(counted).toEqual({
      jobs: 5,
      since: AT,
      lastAt: AT + 4,
      groups: [
        { name: 'a', jobId: 'job-0' },
        { name: 'b', jobId: 'job-1' },
        { name: 'c', jobId: 'job-3' },
      ],
    });
  });

  test('is the same whichever of two processes was told of first', () => {
    const [a, b] = [foreignGroup('g', 'j1', AT), foreignGroup('g', 'j2', AT + 5)];
    expect(together(b, a)).toMatchObject({ jobs: 2, since: AT, lastAt: AT + 5 });
    expect(together(a, b)).toMatchObject({ jobs: 2, since: AT, lastAt: AT + 5 });
  });

  test('begins anew when the last is a week past, and not a moment before', () => {
    const old = foreignGroup('old', 'j1', AT);
    const after = AT + FOREIGN_GROUPS_KEPT_MS;
    expect(isPast(old, after)).toBe(false);
    expect(isPast(old, after + 1)).toBe(true);
    expect(together(old, foreignGroup('new', 'j2', after)).jobs).toBe(2);
    expect(together(old, foreignGroup('new', 'j2', after + 1))).toEqual(foreignGroup('new', 'j2', after + 1));
  });

  test('keeps no address that a group is named after', () => {
    expect(JSON.stringify(foreignGroup('ann@example.com', 'j1', AT))).not.toContain('example');
    expect(foreignGroup('marketo', 'j1', AT).groups).toEqual([{ name: 'marketo', jobId: 'j1' }]);
  });
});
