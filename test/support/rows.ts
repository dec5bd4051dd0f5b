import type { LetterHead } from '../../shared/deadletter/letter.ts';
import type { JobRow } from '../../shared/ledger/row.ts';

/** 2026-11-22T10:00:00Z, a moment like any other. */
export const SOME_TIME = Date.UTC(2026, 10, 22, 10);

/** A queued job's first row; every test names what matters to it. */
export const jobRow = (changes: Partial<JobRow> = {}): JobRow => ({
  jobId: 'job-1',
  epoch: 0,
  operation: 'syncLead',
  digest: 'digest',
  orderingKey: 'lead:EMAIL:a@example.com',
  batch: null,
  enqueuedAt: SOME_TIME,
  sequenceNumber: null,
  attempts: [],
  attemptsDropped: 0,
  counted: 0,
  starts: 0,
  state: { kind: 'queued' },
  lateOutcome: null,
  deleteAt: null,
  ...changes,
});

export const letterHead = (changes: Partial<LetterHead> = {}): LetterHead => ({
  letterId: 'job-1',
  jobId: 'job-1',
  epoch: 0,
  operation: 'syncLead',
  class: 'invalid-request',
  code: 20105,
  message: 'Unknown attribute Shoe size',
  cause: 'abcdef012345',
  attempts: [],
  deadLetteredAt: SOME_TIME,
  status: 'open',
  closing: null,
  job: { kind: 'inline', text: '{"version":1}' },
  retryBody: null,
  orderingKey: 'lead:EMAIL:a@example.com',
  batch: null,
  sequenceNumber: null,
  firstSentAt: SOME_TIME,
  request: { kind: 'inline', text: '<request/>' },
  response: null,
  httpStatus: 500,
  lateOutcome: null,
  ...changes,
});
