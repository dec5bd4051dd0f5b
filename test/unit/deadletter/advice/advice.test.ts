import { describe, expect, test } from 'vitest';
import { adviceFor, adviceText, firstStep } from '../../../../shared/deadletter/advice/advice.ts';
import { CODES } from '../../../../shared/marketo/faults/codes.ts';
import { FAULT_CLASSES } from '../../../../shared/marketo/faults/fault.ts';
import { OPERATION_NAMES } from '../../../../shared/marketo/operations/operation-names.ts';

const codes = Object.entries(CODES).map(([code, name]) => ({
  code: Number(code),
  name,
}));
const byClass = (name: (typeof FAULT_CLASSES)[number]) =>
  adviceFor({ class: name, code: null, operation: null });

describe('adviceFor', () => {
  test.each(codes)('has advice of its own for $code', ({ code, name }) => {
    const advice = adviceFor({ class: name, code, operation: 'syncLead' });
    expect(advice).not.toEqual(byClass(name));
    expect(advice.meaning).toMatch(/\.$/);
    expect(advice.action.length).toBeGreaterThan(15);
  });

  test.each(FAULT_CLASSES)('has advice for the class %s without a code', (name) => {
    const advice = byClass(name);
    expect(advice.meaning).toMatch(/\.$/);
    expect(advice.action).toMatch(/\.$/);
  });

  test('says for 20105 which describe shows the names of the fields', () => {
    const text = adviceText({ class: 'invalid-request', code: 20105, operation: 'syncLead' });
    expect(text).toContain('An attrName is not a field of the instance.');
    expect(text).toContain('describeMObject LeadRecord');
  });

  test('advises by the class where the code is unknown', () => {
    expect(adviceFor({ class: 'unknown', code: 29999, operation: 'syncLead' })).toEqual(byClass('unknown'));
  });

  test('lets the doubt outweigh the code of the last answer, and the same code speak without doubt', () => {
    const doubtful = { class: 'in-doubt', code: 20011, operation: 'requestCampaign' } as const;
    expect(adviceFor(doubtful).action).toContain('getLeadActivity');
    expect(adviceFor({ ...doubtful, class: 'transient' }).action).not.toContain('getLeadActivity');
  });

  test('tells for every operation where to look when it is in doubt', () => {
    for (const operation of OPERATION_NAMES) {
      const { action } = adviceFor({ class: 'in-doubt', code: null, operation });
      expect(action).toMatch(/If it did not run, redrive this id; if it did, discard\.$/);
    }
  });

  test.each([
    ['not-found', 1004],
    ['record-failed', 1004],
    ['not-found', 20103],
  ] as const)('says of a merge whose lead is gone that it has probably run: %s %i', (name, code) => {
    const merge = { class: name, code, operation: 'mergeLeads' };
    expect(adviceText(merge)).toMatch(/in doubt, it has probably run/);
    expect(adviceText({ ...merge, operation: 'syncLead' })).not.toContain('probably run');
    expect(adviceText({ ...merge, code: 1079 })).not.toContain('probably run');
    expect(adviceText({ ...merge, class: 'in-doubt' })).toContain('if it is not found, the merge has run');
  });

  test.each([
    [603, 'docs/moving-from-soap.md'],
    [1003, 'what to use instead'],
    [1006, 'the standard fields serve'],
    [1007, 'MARKETO_ON_DUPLICATE=latest'],
    [1009, 'MARKETO_PARTITIONS'],
    [1021, 'fields of its company'],
  ])('names for %i what the move to REST asks for: %s', (code, words) => {
    expect(adviceText({ class: 'invalid-request', code, operation: 'syncLead' })).toContain(words);
  });

  test('sends nobody to the fields of a lead for one of an object', () => {
    const unknown = { class: 'record-failed', code: 1006 } as const;
    expect(adviceText({ ...unknown, operation: 'syncLead' })).toContain('describeMObject LeadRecord');
    for (const operation of ['syncMObjects', 'syncCustomObjects']) {
      expect(adviceText({ ...unknown, operation })).toContain('the fields of that type');
      expect(adviceText({ ...unknown, operation })).toContain('only the failed records');
      expect(adviceText({ ...unknown, code: 1003, operation })).not.toContain('the fields of that type');
    }
  });

  test('has a first step for every code and class, in one line', () => {
    for (const { code, name } of codes) {
      const step = firstStep({ class: name, code, operation: 'syncLead' });
      expect(step).toMatch(/[.?]$/);
      expect(step.length).toBeLessThan(240);
    }
    for (const name of FAULT_CLASSES)
      expect(firstStep({ class: name, code: null, operation: null })).toMatch(/[.?]$/);
  });

  test('says of failed records that only they are sent again', () => {
    const plain = adviceFor({ class: 'record-failed', code: null, operation: 'syncMultipleLeads' });
    expect(plain.action).toContain('only the failed records');
    const coded = adviceFor({ class: 'record-failed', code: 1006, operation: 'syncMultipleLeads' });
    expect(coded.action).toContain('only the failed records');
  });
});
