import { describe, expect, test } from 'vitest';
import { addressProblem, keyProblem } from '../../../client/address-problem.ts';

describe('what is no e-mail address', () => {
  test.each([
    "o'brien+x@mail.example.co.uk",
    'jörg@example.com',
    '用户@例え.jp',
    "mike.o'neal@example.com",
    'mike.o^neal@example.com',
    'first.last.@docomo.example',
    'a_b-c=d/e{f}|g~h#i!$%&*?@example.com',
    'x@sub-domain.example.museum',
    'postmaster@[192.0.2.1]',
    '  ann@example.com\t',
    'null@example.com',
    'none.of-it@null.example',
  ])('%s is one', (address) => {
    expect(addressProblem(address)).toBeNull();
  });

  test.each([
    ['NULL', 'stands for no value'],
    ['null', 'stands for no value'],
    ['(null)', 'stands for no value'],
    ['N/A', 'stands for no value'],
    ['#N/A', 'stands for no value'],
    ['#REF!', 'stands for no value'],
    ['#NAME?', 'stands for no value'],
    ['\\N', 'stands for no value'],
    ['None', 'stands for no value'],
    ['undefined', 'stands for no value'],
    ['-', 'stands for no value'],
    ['0', 'has no @'],
    ['ann.example.com', 'has no @'],
    ['ann(at)example.com', 'has no @'],
    ['ann\uff20example.com', 'has no @'],
    ['a@example.com;b@example.com', 'exactly one'],
    ['a@example.com,b@example.com', 'exactly one'],
    ['a@example.com b@example.com', 'exactly one'],
    ['a@@example.com', 'exactly one'],
    ['a@example.com;', 'exactly one'],
    ['Ann Lee <ann@example.com>', 'between < and >'],
    ['<ann@example.com>', 'between < and >'],
    ['mailto:ann@example.com', 'begins with "mailto:"'],
    ['Email: ann@example.com', 'begins with "Email:"'],
    ['ann @example.com', 'a blank in it'],
    ['Ann ann@example.com', 'a blank in it'],
    ['\u201cann@example.com\u201d', 'the curly quote U+201C'],
    ['o\u2019brien@example.com', 'the curly quote U+2019'],
    ['"ann@example.com"', 'stands in quotes'],
    ["'ann@example.com'", 'stands in quotes'],
    ['\u200bann@example.com', 'holds U+200B'],
    ['ann@example.com\u00a0', 'holds U+00A0'],
    ['ann\u200d@example.com', 'holds U+200D'],
    ['\ufeffann@example.com', 'holds U+FEFF'],
    ['ann@exam\u00adple.com', 'holds U+00AD'],
    ['@example.com', 'nothing stands before the @'],
    ['ann@', 'no dot behind the @'],
    ['ann@address', 'no dot behind the @'],
    ['ann@.com', 'an empty part'],
    ['ann@example..com', 'an empty part'],
    ['ann@example.com.', 'an empty part'],
    ['ann[x]@example.com', 'no [ stands in one'],
  ])('%j is none, and it says why', (address, words) => {
    expect(addressProblem(address)).toContain(words);
  });

  test('shows nothing of it', () => {
    for (const address of ['Ann Lee <ann@example.com>', 'ann lee', 'a@b@c', 'ann@address'])
      expect(addressProblem(address)).not.toMatch(/\bann\b|\blee\b|b@c/i);
  });
});

describe('a key of another kind', () => {
  test('may be anything but a word for nothing, or what nobody sees', () => {
    for (const key of ['crm-1', '0', '007', '003A000001abcdeAAA', 'id:a&token:_mch-example.com-1-2'])
      expect(keyProblem(key)).toBeNull();
    expect(keyProblem(' NULL ')).toContain('stands for no value');
    expect(keyProblem('crm\u200b-1')).toContain('U+200B');
  });
});
