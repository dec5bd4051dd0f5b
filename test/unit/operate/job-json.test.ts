import { describe, expect, test } from 'vitest';
import { jobJson } from '../../../shared/operate/job-json.ts';
import { jobRow, SOME_TIME } from '../../support/rows.ts';

describe('jobJson', () => {
  test('has the shape of the contract', () => {
    const attempt = {
      at: SOME_TIME,
      durationMs: 12,
      class: 'transient',
      code: 20011,
      httpStatus: 500,
      message: 'Internal',
      counted: true,
    } as const;
    const row = jobRow({
      state: { kind: 'waiting', reason: 'backoff', until: SOME_TIME + 1_000 },
      attempts: [{ callId: 'call-1', ...attempt }],
    });
    expect(jobJson(row, { now: SOME_TIME, holds: [], narrowings: [], blocker: null }, null)).toEqual({
      id: 'job-1',
      operation: 'syncLead',
      state: 'waiting',
      attempts: [{ ...attempt, at: '2026-11-22T10:00:00.000Z' }],
      waiting: { reason: 'backoff', until: '2026-11-22T10:00:01.000Z' },
      result: null,
    });
  });

  test('says of a call that several jobs shared how many they were, and which it was', () => {
    const attempt = {
      callId: 'call-1',
      shared: 214,
      at: SOME_TIME,
      durationMs: 12,
      class: null,
      code: null,
      httpStatus: 200,
      message: '',
      counted: true,
    };
    const around = { now: SOME_TIME, holds: [], narrowings: [], blocker: null };
    expect(jobJson(jobRow({ attempts: [attempt] }), around, null).attempts).toEqual([
      { ...attempt, at: '2026-11-22T10:00:00.000Z' },
    ]);
  });
});
