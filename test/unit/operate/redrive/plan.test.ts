import { describe, expect, test } from 'vitest';
import { firstRow, type JobState } from '../../../../shared/ledger/row.ts';
import {
  type Candidate,
  canBeSuperseded,
  candidateOf,
  inOriginalOrder,
  isCompletedWrite,
  isEndedBy,
  laterThan,
  orderOf,
  type RedriveChoice,
  skipReason,
} from '../../../../shared/operate/redrive/plan.ts';
import { redriveRow } from '../../../../shared/operate/redrive/row.ts';
import { leadJob, NOON } from '../../../support/letters.ts';
import { letterHead } from '../../../support/rows.ts';

const FILTER: RedriveChoice = { by: 'filter', includeInDoubt: false, superseded: false, edited: false };
const BY_ID: RedriveChoice = { ...FILTER, by: 'id' };

const decision = (letterId: string) =>
  ({
    letterId,
    class: 'invalid-request',
    code: 20105,
    message: 'm',
    retryBody: null,
    request: null,
    response: null,
    httpStatus: 500,
    decidedAt: NOON,
    quietUntil: null,
  }) as const;
const deadIn = (letterId: string): JobState => ({
  kind: 'dead-lettered',
  at: NOON,
  letterId,
  quietUntil: null,
});

/** A letter of job-1 whose row, of the same epoch, is in this state. */
const inView = (
  state: JobState,
  head: Partial<ReturnType<typeof letterHead>> = {},
): Parameters<typeof skipReason>[0] => ({
  head: letterHead({ sequenceNumber: '5', ...head }),
  row: { ...firstRow(leadJob('job-1'), { sequenceNumber: '5', enqueuedAt: NOON }), state },
  later: 'none',
  cancelled: false,
});

describe('a plan', () => {
  test.each<[string, JobState, string | null]>([
    ['completed', { kind: 'completed', at: NOON, result: null, resultDropped: false }, 'completed'],
    ['queued', { kind: 'queued' }, 'not-ended'],
    ['waiting', { kind: 'waiting', reason: 'backoff', until: NOON }, 'not-ended'],
    [
      'parked',
      { kind: 'parked', until: NOON, body: { kind: 'inline', text: '' }, groupId: 'g' },
      'not-ended',
    ],
    ['running', { kind: 'running', owner: 'o', leaseUntil: NOON, intentAt: null }, 'not-ended'],
    ['cancelled', { kind: 'cancelled', at: NOON }, 'not-ended'],
    ['dead in another letter', deadIn('job-1#1'), 'not-ended'],
    ['about to be dead in another letter', { kind: 'decided', decision: decision('other') }, 'not-ended'],
    ['about to be dead in this letter', { kind: 'decided', decision: decision('job-1') }, null],
    ['dead in this letter', deadIn('job-1'), null],
  ])('judges a job that is %s the same for a filter and for an id', (_, state, reason) => {
    expect(skipReason(inView(state), FILTER)).toBe(reason);
    expect(skipReason(inView(state), BY_ID)).toBe(reason);
    expect(isEndedBy(letterHead(), inView(state).row ?? fail())).toBe(reason === null);
  });

  test.each(['redriven', 'discarded'] as const)(
    'leaves out a letter that is %s, for a filter and for an id',
    (status) => {
      expect(skipReason(inView(deadIn('job-1'), { status }), FILTER)).toBe(status);
      expect(skipReason(inView(deadIn('job-1'), { status }), BY_ID)).toBe(status);
    },
  );

  test('leaves out a letter whose batch was cancelled, or that of its edit', () => {
    const view = { ...inView(deadIn('job-1')), cancelled: true };
    expect(skipReason(view, FILTER)).toBe('cancelled');
    expect(skipReason(view, BY_ID)).toBe('cancelled');
    expect(skipReason(view, { ...BY_ID, edited: true })).toBe('cancelled');
  });

  test('sends a letter that an interrupted redrive has begun, whose row is an epoch ahead', () => {
    const { row, ...view } = inView({ kind: 'queued' }, { status: 'redriving' });
    expect(skipReason({ ...view, row: row && { ...row, epoch: 1 } }, FILTER)).toBeNull();
    expect(skipReason({ ...view, row: null }, FILTER)).toBeNull();
  });

  test('moves no row that ended in another letter', () => {
    const { row } = inView(deadIn('other'));
    expect(redriveRow(letterHead(), row, leadJob('job-1'), NOON)).toEqual({
      kind: 'refuse',
      message: 'its job is dead-lettered',
    });
    expect(redriveRow(letterHead(), inView(deadIn('job-1')).row, leadJob('job-1'), NOON).kind).toBe('move');
  });

  // SQS's numbers have 20 digits: as JavaScript numbers the two of each pair would be one.
  test.each([
    ['18850000000000000101', '18850000000000000100', 'superseded'],
    ['18850000000000000100', '18850000000000000101', null],
    ['18850000000000000100', '18850000000000000100', null],
    ['9', '18850000000000000100', null],
    ['100000000000000000000', '99999999999999999999', 'superseded'],
  ])('takes a write of %s for a later one than %s: %s', (newest, sequenceNumber, reason) => {
    const seen = inView(deadIn('job-1'), { sequenceNumber, firstSentAt: NOON });
    const view = { ...seen, later: laterThan(seen.head, newest, { now: NOON, retentionMs: 1 }) };
    expect(skipReason(view, FILTER)).toBe(reason);
    expect(skipReason(view, { ...FILTER, superseded: true })).toBeNull();
    expect(skipReason(view, BY_ID)).toBeNull();
  });
});

describe('the original order', () => {
  const letter = (letterId: string, more: Partial<Candidate> = {}): Candidate => ({
    ...candidateOf(letterHead({ letterId, orderingKey: 'a' })),
    ...more,
  });
  const ids = (letters: readonly Candidate[]) => inOriginalOrder(letters).map(({ letterId }) => letterId);

  test('is the order of sequence numbers of one length, and of different lengths', () => {
    const at = (sequenceNumber: string) => letter(sequenceNumber, { sequenceNumber });
    const sorted = ['9', '10', '18850000000000000099', '18850000000000000100', '18850000000000000101'];
    const mixed = [3, 0, 4, 2, 1].map((i) => at(sorted[i] ?? ''));
    expect(ids(mixed)).toEqual(sorted);
  });

  test('goes by when they died where a number is missing', () => {
    const letters = [
      letter('late', { deadLetteredAt: 30, sequenceNumber: null }),
      letter('early', { deadLetteredAt: 10, sequenceNumber: '7' }),
      letter('middle', { deadLetteredAt: 20, sequenceNumber: null }),
    ];
    expect(ids(letters)).toEqual(['early', 'middle', 'late']);
  });

  test('keeps the letters of one key together, the key with the oldest letter first', () => {
    const letters = [
      letter('b2', { orderingKey: 'b', sequenceNumber: '20', deadLetteredAt: 15 }),
      letter('a2', { orderingKey: 'a', sequenceNumber: '12', deadLetteredAt: 10 }),
      letter('b1', { orderingKey: 'b', sequenceNumber: '3', deadLetteredAt: 40 }),
      letter('a1', { orderingKey: 'a', sequenceNumber: '11', deadLetteredAt: 50 }),
    ];
    expect(ids(letters)).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  test('takes what never was a job for a key of its own', () => {
    const [one, two] = [letter('msg-1', { orderingKey: null }), letter('msg-2', { orderingKey: null })];
    expect([orderOf(one), orderOf(two)]).toEqual(['msg-1', 'msg-2']);
    expect(
      ids([
        letter('msg-1', { orderingKey: null, deadLetteredAt: 9 }),
        letter('msg-2', { orderingKey: null, deadLetteredAt: 8 }),
      ]),
    ).toEqual(['msg-2', 'msg-1']);
  });
});

function fail(): never {
  throw new Error('the view has no row');
}

describe('a late success', () => {
  const late = { at: NOON, succeeded: true, message: '' };

  test('is known from the letter or from the row of its own epoch', () => {
    const view = inView(deadIn('job-1'));
    const { row } = view;
    if (row === null) throw new Error('no row');
    expect(skipReason({ ...view, head: { ...view.head, lateOutcome: late } }, FILTER)).toBe('late-success');
    expect(skipReason({ ...view, row: { ...row, lateOutcome: late } }, FILTER)).toBe('late-success');
    expect(skipReason({ ...view, row: { ...row, epoch: 1, lateOutcome: late } }, FILTER)).toBeNull();
    const failed = { ...late, succeeded: false };
    expect(skipReason({ ...view, row: { ...row, lateOutcome: failed } }, FILTER)).toBeNull();
  });
});

describe('what came after a letter on its key', () => {
  const NOW = { now: NOON, retentionMs: 1_000 };
  const head = letterHead({
    sequenceNumber: '10',
    firstSentAt: NOON,
    orderingKey: 'lead:EMAIL:a@example.com',
  });

  test('is a completed write with a later number, however old the letter is', () => {
    expect(laterThan(head, '11', NOW)).toBe('completed');
    expect(laterThan({ ...head, firstSentAt: null }, '11', NOW)).toBe('completed');
    expect(laterThan(head, '10', NOW)).toBe('none');
    expect(laterThan(head, '9', NOW)).toBe('none');
    expect(laterThan(head, null, NOW)).toBe('none');
  });

  test('is not known once the rows that would tell may have been deleted', () => {
    expect(laterThan({ ...head, firstSentAt: NOON - 1_000 }, null, NOW)).toBe('none');
    expect(laterThan({ ...head, firstSentAt: NOON - 1_001 }, null, NOW)).toBe('unknown');
    expect(laterThan({ ...head, firstSentAt: null }, null, NOW)).toBe('unknown');
  });

  test('keeps a filter from sending it, and no id', () => {
    const view = inView(deadIn('job-1'));
    expect(skipReason({ ...view, later: 'completed' }, FILTER)).toBe('superseded');
    expect(skipReason({ ...view, later: 'unknown' }, FILTER)).toBe('too-old');
    for (const later of ['completed', 'unknown'] as const) {
      expect(skipReason({ ...view, later }, { ...FILTER, superseded: true })).toBeNull();
      expect(skipReason({ ...view, later }, BY_ID)).toBeNull();
    }
  });

  test.each<[string, Partial<ReturnType<typeof letterHead>>, Partial<RedriveChoice>, boolean]>([
    ['a write', {}, {}, true],
    ['what sets no values', { operation: 'requestCampaign' }, {}, false],
    ['what has no place in the order', { sequenceNumber: null }, {}, false],
    ['a job of no key but its own', { orderingKey: 'job:job-1' }, {}, false],
    ['what never was a job', { orderingKey: null }, {}, false],
    ['what is closed', { status: 'discarded' }, {}, false],
    ['a letter that is named', {}, { by: 'id' }, false],
    ['what is to be sent in any case', {}, { superseded: true }, false],
  ])('is looked for where it decides: %s', (_, of, choice, expected) => {
    expect(canBeSuperseded({ ...head, ...of }, { ...FILTER, ...choice })).toBe(expected);
  });

  test('counts writes that are completed and have a place alone', () => {
    const row = firstRow(leadJob('job-2'), { sequenceNumber: '9', enqueuedAt: NOON });
    const done: JobState = { kind: 'completed', at: NOON, result: null, resultDropped: false };
    expect(isCompletedWrite({ ...row, state: done })).toBe(true);
    expect(isCompletedWrite(row)).toBe(false);
    expect(isCompletedWrite({ ...row, state: done, sequenceNumber: null })).toBe(false);
    expect(isCompletedWrite({ ...row, state: done, operation: 'getLead' })).toBe(false);
  });
});

test('an edit of what never was a job is sent whatever the job of its id has come to', () => {
  const done: JobState = { kind: 'completed', at: NOON, result: null, resultDropped: false };
  const view = inView(done, { class: 'malformed' });
  expect(skipReason(view, { ...BY_ID, edited: true })).toBeNull();
});
