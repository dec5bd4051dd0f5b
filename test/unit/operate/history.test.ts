import { describe, expect, test } from 'vitest';
import { fitScreen } from '../../../cli/render/fit.ts';
import { plainStyle } from '../../../cli/render/style.ts';
import { cells } from '../../../cli/render/text.ts';
import { timelineLines } from '../../../cli/render/timeline.ts';
import { findHistory } from '../../../shared/operate/history.ts';
import { leadJob, NOON } from '../../support/letters.ts';
import { operateWorld } from '../../support/operate.ts';
import { jobRow, letterHead } from '../../support/rows.ts';

const attempt = (at: number, more: object = {}) => ({
  callId: 'c',
  at,
  durationMs: 210,
  class: 'invalid-request' as const,
  code: 1006,
  httpStatus: 200,
  message: `Field 'pants' not found, ${'which is long to say, '.repeat(5)}`,
  counted: true,
  ...more,
});

/** Sent, refused, redriven by Ann, refused again, discarded, reopened, redriven with an edit: waits since. */
function worldOfLongLife() {
  const world = operateWorld();
  const job = (epoch: number) => ({
    kind: 'inline' as const,
    text: JSON.stringify({ ...leadJob('j'), params: { leadRecord: { Email: `${epoch}@example.com` } } }),
  });
  const action = (
    what: 'redrive' | 'discard' | 'reopen' | 'edited-redrive',
    minute: number,
    note?: string,
  ) => ({
    action: what,
    at: NOON + minute * 60_000,
    by: 'ann',
    ...(note === undefined ? {} : { note }),
  });
  world.ports.archive.put(
    letterHead({
      letterId: 'j',
      jobId: 'j',
      status: 'redriven',
      deadLetteredAt: NOON + 500,
      attempts: [attempt(NOON + 100, { shared: 30, counted: false }), attempt(NOON + 400)],
      job: job(0),
      actions: [action('redrive', 1)],
    }),
  );
  world.ports.archive.put(
    letterHead({
      letterId: 'j#1',
      jobId: 'j',
      epoch: 1,
      status: 'redriven',
      deadLetteredAt: NOON + 61_000,
      attempts: [attempt(NOON + 60_500)],
      job: job(1),
      retryBody: job(2),
      closing: { at: NOON, note: 'redriven to epoch 2', edited: true },
      actions: [action('discard', 2, 'left us'), action('reopen', 3), action('edited-redrive', 4)],
    }),
  );
  world.ports.ledger.put(
    jobRow({
      jobId: 'j',
      epoch: 2,
      enqueuedAt: NOON,
      attempts: [attempt(NOON + 250_000, { class: null, code: null, message: '' })],
      state: { kind: 'waiting', reason: 'backoff', until: NOON + 600_000 },
    }),
  );
  return world;
}

describe('the history of a job', () => {
  test('has every epoch, its attempts, its letter and what was done about it, the first first', async () => {
    const { ports } = worldOfLongLife();
    const history = await findHistory({ ...ports, clock: () => NOON + 300_000 }, 'j');
    const told = history?.json.timeline.map((one) =>
      'epoch' in one ? `${one.event} of epoch ${one.epoch}` : one.event,
    );
    expect(told).toEqual([
      'enqueued',
      'attempt of epoch 0',
      'attempt of epoch 0',
      'dead-lettered of epoch 0',
      'redrive',
      'attempt of epoch 1',
      'dead-lettered of epoch 1',
      'discard',
      'reopen',
      'edited-redrive',
      'attempt of epoch 2',
      'waiting',
    ]);
    expect(history?.json.timeline.at(-1)).toMatchObject({ reason: 'backoff' });
    expect(history?.json).toMatchObject({ epoch: 2, batch: null, state: 'waiting' });
  });

  test('has the params of what was sent last, and none of a job that has completed', async () => {
    const { ports } = worldOfLongLife();
    const read = async () => (await findHistory(ports, 'j'))?.json.params;
    expect(await read()).toEqual({ leadRecord: { Email: '2@example.com' } });
    const state = { kind: 'completed', at: NOON + 251_000, result: null, resultDropped: false } as const;
    ports.ledger.put(jobRow({ jobId: 'j', epoch: 2, enqueuedAt: NOON, state }));
    expect(await read()).toBeNull();
    expect((await findHistory(ports, 'j'))?.json.timeline.at(-1)?.event).toBe('completed');
  });

  test('tells the attempts of a dead job once, though row and letter have them', async () => {
    const { ports } = operateWorld();
    const attempts = [attempt(NOON)];
    ports.archive.put(letterHead({ letterId: 'j', jobId: 'j', attempts, deadLetteredAt: NOON + 1 }));
    const state = { kind: 'dead-lettered', at: NOON + 1, letterId: 'j', quietUntil: null } as const;
    ports.ledger.put(jobRow({ jobId: 'j', enqueuedAt: NOON - 1, attempts, state }));
    const told = async () => (await findHistory(ports, 'j'))?.json.timeline.map(({ event }) => event);
    expect(await told()).toEqual(['enqueued', 'attempt', 'dead-lettered']);
    await ports.archive.remove('j');
    expect(await told()).toEqual(['enqueued', 'attempt']);
  });

  test('leaves out the letter of another message under the same id', async () => {
    const { ports } = operateWorld();
    ports.archive.put(letterHead({ letterId: 'j', jobId: 'j', class: 'malformed', code: null }));
    ports.ledger.put(jobRow({ jobId: 'j' }));
    expect((await findHistory(ports, 'j'))?.json.timeline.map(({ event }) => event)).toEqual(['enqueued']);
    expect(await findHistory(ports, 'x')).toBeNull();
  });
});

test('a timeline is lines of eighty cells at most, what goes on under the words of its first', async () => {
  const { ports } = worldOfLongLife();
  const history = await findHistory({ ...ports, clock: () => NOON + 300_000 }, 'j');
  const lines = timelineLines(history?.json.timeline ?? [], { style: plainStyle, now: NOON + 300_000 });
  const screen = fitScreen(lines, 80).split('\n');
  expect(screen.filter((line) => cells(line) > 80)).toEqual([]);
  expect(screen.slice(0, 3)).toEqual([
    '2026-11-22 12:00:00Z  enqueued',
    '2026-11-22 12:00:00Z  attempt 1 (took 210 ms, HTTP 200, with 29 others, does not',
    "                      count): invalid-request 1006: Field 'pants' not found,",
  ]);
  expect(screen).toContain('2026-11-22 12:00:00Z  dead-lettered: letter j, invalid-request 20105: Unknown');
  expect(screen).toContain('2026-11-22 12:01:00Z  redriven by ann, 59 s later');
  expect(screen).toContain('2026-11-22 12:02:00Z  discarded by ann, 59 s later: left us');
  expect(screen).toContain('2026-11-22 12:04:10Z  attempt 1 (10 s later, took 210 ms, HTTP 200): answered');
  expect(screen.at(-1)).toMatch(/^2026-11-22 12:05:00Z {2}waits for backoff: the next attempt, in 5 min/);
});
