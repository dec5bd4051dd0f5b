import { describe, expect, test } from 'vitest';
import { fileLetter } from '../../../shared/deadletter/archive.ts';
import { letterJson, listedLetterJson } from '../../../shared/operate/letter-json.ts';
import { leadJob, letterDraft, letterWorld, NOON } from '../../support/letters.ts';

const TEXTS = { job: '{"id":"a","meta":[1]}', retryBody: null, request: '<q/>', response: '<r/>' };

async function head(more: Parameters<typeof letterDraft>[1] = {}) {
  return fileLetter(letterWorld().ports, letterDraft(leadJob('a'), more));
}

describe('letterJson', () => {
  test('has exactly the keys of the contract', async () => {
    expect(Object.keys(letterJson(await head(), TEXTS)).sort()).toEqual(
      [
        'id',
        'jobId',
        'epoch',
        'operation',
        'class',
        'code',
        'message',
        'advice',
        'cause',
        'attempts',
        'deadLetteredAt',
        'status',
        'job',
        'request',
        'response',
        'httpStatus',
        'lateOutcome',
      ].sort(),
    );
  });

  test('writes times as ISO-8601 with milliseconds', async () => {
    const attempt = {
      at: NOON,
      durationMs: 12,
      class: 'transient',
      code: 20011,
      httpStatus: 500,
      message: 'm',
      counted: true,
    } as const;
    const json = letterJson(
      await head({
        attempts: [{ callId: 'call-1', ...attempt }],
        lateOutcome: { at: NOON + 1, succeeded: true, message: 'late' },
      }),
      TEXTS,
    );
    expect(json.deadLetteredAt).toBe('2026-11-22T12:00:00.000Z');
    expect(json.attempts).toEqual([{ ...attempt, at: '2026-11-22T12:00:00.000Z' }]);
    expect(json.lateOutcome).toEqual({ at: '2026-11-22T12:00:00.001Z', succeeded: true, message: 'late' });
    expect(json).toMatchObject({ request: '<q/>', response: '<r/>', httpStatus: 500 });
  });

  test('has the actions of a letter that somebody has worked on', async () => {
    const actions = [
      { action: 'discard', at: NOON, by: 'ann', note: 'test data' },
      { action: 'reopen', at: NOON + 1, by: 'bo' },
    ] as const;
    expect(listedLetterJson({ ...(await head()), actions }, null).actions).toEqual([
      { action: 'discard', at: '2026-11-22T12:00:00.000Z', by: 'ann', note: 'test data' },
      { action: 'reopen', at: '2026-11-22T12:00:00.001Z', by: 'bo' },
    ]);
  });

  test('shows the job as it was received, and the raw text of what was malformed', async () => {
    expect(letterJson(await head(), TEXTS).job).toEqual({ id: 'a', meta: [1] });
    expect(letterJson(await head({ class: 'malformed' }), TEXTS).job).toBe(TEXTS.job);
    expect(letterJson(await head(), { ...TEXTS, job: 'not json' }).job).toBe('not json');
    expect(letterJson(await head(), { ...TEXTS, job: null }).job).toBeNull();
  });
});

describe('listedLetterJson', () => {
  test('has neither request nor response', async () => {
    const json = listedLetterJson(await head(), TEXTS.job);
    expect(Object.keys(json)).not.toContain('request');
    expect(Object.keys(json)).not.toContain('response');
    expect(json.job).toEqual({ id: 'a', meta: [1] });
  });
});
