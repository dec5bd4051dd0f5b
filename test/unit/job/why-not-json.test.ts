import { describe, expect, test } from 'vitest';
import { whyNotJson } from '../../../shared/job/why-not-json.ts';

describe('why a text is not JSON', () => {
  test.each([
    ['', 'it is empty'],
    ['\ufeff{"a":1}', 'a byte order mark (U+FEFF) stands before it; leave it out'],
    ['{"a":NaN}', 'NaN is no word of JSON'],
    ['{"a":[1,-Infinity]}', '-Infinity is no word of JSON'],
    ['{"a": None}', 'None is no word of JSON'],
    ['{"a": True, "b": 1}', 'True is no word of JSON'],
    ['{"a": undefined}', 'undefined is no word of JSON'],
    ['{"a":": NaN","b":tru}', 'a word in it is not JSON'],
    ['{"a":1} {"a":2}', 'more stands behind its end, from position 8 on'],
    ['{"a":', 'it ends too early'],
    ['{"a":"b', 'it ends too early'],
    ['{"a":1,}', 'position 7'],
    ['hello', 'it is plain text'],
  ])('%j: %s', (text, words) => {
    expect(whyNotJson(text)).toBe(words);
  });

  test('of one that is, nothing', () => {
    expect(whyNotJson('{"a":"NaN"}')).toBeNull();
  });
});
