import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Guard, staleness } from '../guards/guard.ts';
import { guards } from '../guards/guards.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the list of guards', () => {
  test.each(guards)('can still break $name', (guard) => {
    expect(staleness(guard, read)).toBeNull();
    expect(guard.replace).not.toBe(guard.find);
  });

  test('names each guard once', () => {
    const names = guards.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test('is stale where the text is gone or stands twice, or where the test is gone', () => {
    const guard: Guard = { name: 'g', file: 'a', find: 'x', replace: '', testFile: 't', testName: 'n' };
    const tree = (a: string, t: string) => (path: string) => (path === 'a' ? a : t);
    expect(staleness(guard, tree('-x-', 'n'))).toBeNull();
    expect(staleness(guard, tree('-', 'n'))).toContain('0 times');
    expect(staleness(guard, tree('x-x', 'n'))).toContain('2 times');
    expect(staleness(guard, tree('-x-', '-'))).toContain('not in t');
    expect(staleness(guard, tree('-x-', "describe('n', () => {"))).toContain('not in t');
  });
});
