import { describe, expect, test } from 'vitest';
import type { JobFinding } from '../../../cli/check/findings.ts';
import { Tally } from '../../../cli/check/tally.ts';

const finding = (kind: JobFinding['kind'], message: string): JobFinding => ({ kind, code: 1003, message });

describe('a tally of checked jobs', () => {
  test('counts each job once, by the worst that is said of it', () => {
    const tally = new Tally();
    tally.add(1, 'syncLead', []);
    tally.add(2, 'syncLead', [finding('unlike', 'a'), finding('refused', 'b'), finding('unchecked', 'c')]);
    tally.add(3, 'syncLead', [finding('unlike', 'a'), finding('unchecked', 'c')]);
    tally.add(4, 'syncLead', [finding('unchecked', 'c'), finding('needs-setting', 'd')]);
    tally.addInvalid();
    expect(tally.counts()).toEqual({
      unchanged: 1,
      refused: 1,
      unchecked: 1,
      'needs-setting': 1,
      unlike: 0,
    });
    expect([tally.read(), tally.invalid()]).toEqual([5, 1]);
    expect(tally.groups('unlike')).toMatchObject([{ count: 2, lines: [2, 3] }]);
  });

  test('keeps the same words of two operations, and of two kinds, apart', () => {
    const tally = new Tally();
    tally.add(1, 'syncLead', [finding('refused', 'a')]);
    tally.add(2, 'getLead', [finding('refused', 'a'), finding('unlike', 'a')]);
    tally.add(3, 'getLead', [finding('refused', 'a')]);
    expect(tally.groups('refused')).toMatchObject([
      { operation: 'getLead', count: 2 },
      { operation: 'syncLead', count: 1 },
    ]);
    expect(tally.groups('unlike')).toHaveLength(1);
  });

  test('goes on counting groups that it has, and only counts others, once there are a thousand', () => {
    const tally = new Tally();
    for (let line = 1; line <= 1_010; line += 1) tally.add(line, 'syncLead', [finding('refused', `${line}`)]);
    tally.add(1_011, 'syncLead', [finding('refused', '1')]);
    expect(tally.groups('refused')).toHaveLength(1_000);
    expect(tally.groups('refused')[0]).toMatchObject({ message: '1', count: 2, lines: [1, 1_011] });
    expect(tally.ungrouped()).toBe(10);
    expect(tally.counts().refused).toBe(1_011);
  });
});
