import { expect, test } from 'vitest';
import { prepare } from '../../../client/prepare.ts';
import { DAY_MS } from '../../../shared/kernel/clock.ts';
import { syncLeadJob } from '../../support/work-world.ts';

const NOON = Date.parse('2026-11-26T12:00:00Z');
const ports = { clock: () => NOON, makeId: () => 'made' };
const at = (notBefore: string) => prepare({ ...syncLeadJob('j1'), notBefore }, ports);

test('a job that would wait for more than a year is asked about, and a worker runs it all the same', () => {
  expect(at('9999-12-31T23:59:59Z')).toMatchObject({
    kind: 'refused',
    error: expect.stringMatching(/^notBefore: .* a year ahead/),
  });
  expect(at(new Date(NOON + 367 * DAY_MS).toISOString()).kind).toBe('refused');
  expect(at(new Date(NOON + 365 * DAY_MS).toISOString()).kind).toBe('prepared');
  expect(at('2020-01-01T00:00:00Z').kind).toBe('prepared');
});
