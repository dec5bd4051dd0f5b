import { describe, expect, test } from 'vitest';
import { compareSequence, setsValues } from '../../../shared/ledger/order.ts';
import { OPERATIONS } from '../../../shared/marketo/operations/registry.ts';

describe('the order of sequence numbers', () => {
  // SQS's have 20 digits: as JavaScript numbers the two of each pair would be one.
  test.each([
    ['18850000000000000100', '18850000000000000101'],
    ['9', '10'],
    ['99999999999999999999', '100000000000000000000'],
    ['0', '1'],
  ])('puts %s before %s', (less, more) => {
    expect(compareSequence(less, more)).toBeLessThan(0);
    expect(compareSequence(more, less)).toBeGreaterThan(0);
  });

  test.each([
    ['18850000000000000100', '18850000000000000100'],
    ['0018', '18'],
    ['18', '0000018'],
    ['000', '0'],
  ])('takes %s and %s for the same', (a, b) => {
    expect(compareSequence(a, b)).toBe(0);
  });

  test.each([
    ['0099', '100'],
    ['99', '00100'],
  ])('reads no meaning into leading zeros: %s is before %s', (less, more) => {
    expect(compareSequence(less, more)).toBeLessThan(0);
    expect(compareSequence(more, less)).toBeGreaterThan(0);
  });
});

describe('what makes an earlier write obsolete', () => {
  test('are the four operations that set values, and no other', () => {
    const setting = Object.keys(OPERATIONS).filter(setsValues);
    expect(setting.toSorted()).toEqual([
      'syncCustomObjects',
      'syncLead',
      'syncMObjects',
      'syncMultipleLeads',
    ]);
  });

  test('is nothing that has no operation', () => {
    expect(setsValues(null)).toBe(false);
    expect(setsValues('syncEverything')).toBe(false);
  });
});
