import { expect, test } from 'vitest';
import {
  type Progress,
  readProgress,
  writeProgress,
} from '../../../../shared/marketo/rest/activities/activity-progress.ts';
import { writePosition } from '../../../../shared/marketo/rest/call/position.ts';

const PARAMS = { leadKey: { keyType: 'IDNUM', keyValue: '12' } };
const IDS = Array.from({ length: 12 }, (_, index) => index + 1);

const begin = (ids: readonly number[], leadGroups = 1) => readProgress(undefined, PARAMS, ids, leadGroups);
const again = (progress: Progress, ids: readonly number[], leadGroups = 1) =>
  readProgress(writeProgress(progress, PARAMS), PARAMS, ids, leadGroups);

test('a job begins with a stream for each ten types and each group of leads', () => {
  expect(begin(IDS, 2)).toEqual({
    next: 0,
    typeGroups: [IDS.slice(0, 10), [11, 12]],
    tokens: [null, null, null, null],
  });
});

test('a position gives the progress back', () => {
  const progress = { ...begin(IDS), next: 1, tokens: ['a', 'b'] };

  expect(again(progress, IDS)).toEqual(progress);
});

test('a type that is new since gets a stream of its own at the end, and the others keep their tokens', () => {
  const progress = { ...begin([1, 3], 2), next: 1, tokens: ['a', 'b'] };

  expect(again(progress, [1, 2, 3], 2)).toEqual({
    next: 1,
    typeGroups: [[1, 3], [2]],
    tokens: ['a', 'b', null, null],
  });
});

test('a type that is gone is asked for no more', () => {
  const progress = { ...begin(IDS), tokens: ['a', 'b'] };

  expect(again(progress, [1, 2])).toEqual({ next: 0, typeGroups: [[1, 2], []], tokens: ['a', 'b'] });
});

const many = `${IDS.join(',')}`;

test.each<readonly [string, readonly (string | null)[]]>([
  ['nothing', []],
  ['no tokens', ['0', '1']],
  ['too many tokens', ['0', '1', 'a', 'b']],
  ['a stream that there is not', ['9', '1', 'a']],
  ['a stream between two', ['0.5', '1', 'a']],
  ['no stream to go on with', [null, '1', 'a']],
  ['more types in a group than Marketo takes', ['0', many, 'a']],
])('a position that holds %s is refused', (_, tokens) => {
  expect(() => readProgress(writePosition(tokens, PARAMS), PARAMS, IDS, 1)).toThrow('damaged');
});

test('a position without groups of types begins anew', () => {
  expect(readProgress(writePosition(['0', ''], PARAMS), PARAMS, [1], 1)).toEqual(begin([1]));
});
