import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Equivalent, isNamed, isUnreachable } from '../mutation/equivalent.ts';
import { equivalents } from '../mutation/equivalents.ts';
import { folders } from '../mutation/folders.ts';
import { type Judged, scoreOf } from '../mutation/score.ts';

const cwd = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(`${cwd}/${path}`, 'utf8');

const judged = (over: Partial<Judged> = {}): Judged => ({
  file: 'a.ts',
  at: '1:1',
  line: 'return a > b;',
  code: 'return a > b;',
  mutatorName: 'EqualityOperator',
  replacement: 'a >= b',
  status: 'Survived',
  ...over,
});

describe('the folders of rules', () => {
  test.each(folders)('$name names files that there are, and tests for them', ({ rules, tests }) => {
    for (const glob of [...rules, ...tests]) expect(globSync(glob, { cwd }), glob).not.toEqual([]);
  });
});

describe('the equivalent mutants', () => {
  test('stand each on one line of their file', () => {
    const stale = equivalents.filter(({ file, line }) => {
      const lines = read(file).split('\n');
      return lines.filter((one) => one.includes(line)).length !== 1;
    });
    expect(stale).toEqual([]);
  });

  test('are excused by their line and what stands there instead, if they survived', () => {
    const named: Equivalent = { file: 'a.ts', line: 'a > b', replacements: ['a >= b'], reason: 'r' };
    expect(isNamed(named, judged())).toBe(true);
    expect(isNamed(named, judged({ file: 'b.ts' }))).toBe(false);
    expect(isNamed(named, judged({ line: 'return c;' }))).toBe(false);
    expect(isNamed(named, judged({ replacement: 'true' }))).toBe(false);
    expect(isNamed(named, judged({ status: 'Killed' }))).toBe(false);
  });

  test('are also what stands behind an exhaustive switch, and nothing else that no test reaches', () => {
    const unreachable = { status: 'NoCoverage', code: '    default:\n      return assertNever(kind);' };
    expect(isUnreachable(judged(unreachable))).toBe(true);
    expect(isUnreachable(judged({ ...unreachable, code: '    default:\n      return check;' }))).toBe(false);
    expect(isUnreachable(judged({ ...unreachable, status: 'Survived' }))).toBe(false);
  });
});

describe('the score', () => {
  test('is the part that was noticed of what could be tried', () => {
    const of = (...statuses: readonly string[]) => scoreOf(statuses.map((status) => judged({ status })));
    expect(of('Killed', 'Timeout', 'Survived', 'NoCoverage')).toBe(50);
    expect(of('Killed', 'CompileError', 'Ignored')).toBe(100);
    expect(of()).toBe(100);
  });
});
