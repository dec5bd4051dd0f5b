import { describe, expect, test } from 'vitest';
import { jsonProblem, MOST_LEVELS } from '../../../shared/job/json-problem.ts';
import { parseJob } from '../../../shared/job/parse-job.ts';
import { validateJob } from '../../../shared/job/validate-job.ts';
import { syncLeadJob } from '../../support/work-world.ts';

/** `levels` lists, one in the other. */
const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const bodyWith = (meta: string): string =>
  JSON.stringify({ ...syncLeadJob('j1'), meta: 0 }).replace('"meta":0', `"meta":${meta}`);

describe('jsonProblem', () => {
  test.each([lists, objects])('takes as many levels as are allowed and not one more', (nested) => {
    // The message itself is the first.
    expect(parseJob(bodyWith(nested(MOST_LEVELS - 1))).kind).toBe('job');
    const refused = parseJob(bodyWith(nested(MOST_LEVELS)));
    expect(refused).toMatchObject({ kind: 'malformed', jobId: 'j1', operation: 'syncLead' });
    expect(refused.kind === 'malformed' && refused.message).toMatch(/^meta.*nested deeper than 64 levels$/);
  });

  test.each([lists, objects])(
    'has an answer to a depth that exhausts the stack, in a line of a few words',
    (nested) => {
      const parsed = parseJob(bodyWith(nested(40_000)));
      expect(parsed.kind === 'malformed' && parsed.message.length).toBeLessThan(120);
      expect(validateJob(JSON.parse(bodyWith(nested(40_000)))).kind).toBe('invalid');
    },
  );

  const cycle: Record<string, unknown> = {};
  cycle['self'] = { of: [cycle] };
  const throwing = {
    get name(): string {
      throw new Error('a getter');
    },
  };
  test.each<[string, unknown, RegExp]>([
    ['a BigInt', { id: 1n }, /^id: is a bigint/],
    ['a function', { list: [() => 1] }, /^list\[0\]: is a function/],
    ['a symbol', { s: Symbol('x') }, /^s: is a symbol/],
    ['a cycle', cycle, /^self\.of\[0\]: contains itself/],
    ['a Map', { m: new Map([[1, 2]]) }, /^m: is neither/],
    ['NaN', { n: Number.NaN }, /^n: is a number that JSON has no word for/],
    ['undefined in a list', { list: [undefined] }, /^list\[0\]: is undefined/],
    [
      'a toJSON that throws',
      {
        t: {
          toJSON: () => {
            throw new Error('no');
          },
        },
      },
      /^t: cannot be read: no/,
    ],
    ['a toJSON with a BigInt', { t: { toJSON: () => 1n } }, /^t: is a bigint/],
    ['a getter that throws', throwing, /cannot be read: a getter/],
  ])('names %s and where it is', (_, value, words) => {
    const problem = jsonProblem(value);
    expect(problem && `${problem.path}: ${problem.message}`).toMatch(words);
  });

  test.each<[string, unknown]>([
    ['undefined in an object, which JSON leaves out', { a: undefined }],
    ['a Date', { at: new Date(0) }],
    [
      'an instance of a class',
      new (class {
        readonly a = 1;
      })(),
    ],
    ['the same object twice, beside itself', { a: syncLeadJob('x'), b: [syncLeadJob('x')] }],
    ['nothing', null],
  ])('takes %s', (_, value) => {
    expect(jsonProblem(value)).toBeNull();
  });

  test('comes to an end over parts that are shared again and again', () => {
    let shared: unknown = 1;
    for (let level = 0; level < 40; level += 1) shared = [shared, shared];
    expect(jsonProblem(shared)?.message).toMatch(/more than .* values/);
  });
});
