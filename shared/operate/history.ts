import type { LetterAction, LetterHead } from '../deadletter/letter.ts';
import { letterIdOf } from '../deadletter/letter.ts';
import { isoTime } from '../kernel/clock.ts';
import { isObject } from '../kernel/is-object.ts';
import { jsonIn } from '../kernel/json-in.ts';
import type { JobRow } from '../ledger/row.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import { readHeads } from './heads.ts';
import { type AttemptJson, attemptJson, type JobJson, type WaitingJson } from './job-json.ts';
import { type FoundJob, findJob, type JobPorts } from './jobs.ts';
import type { OperatePorts } from './ports.ts';

type HistoryPorts = JobPorts & Pick<OperatePorts, 'archive'>;

/** One thing that happened to a job, at a time in ISO-8601. `epoch`: how often it had been redriven. */
export type JobEventJson = { readonly at: string } & (
  | { readonly event: 'enqueued' }
  | ({ readonly event: 'attempt'; readonly epoch: number } & Omit<AttemptJson, 'at'>)
  | {
      readonly event: 'dead-lettered';
      readonly epoch: number;
      readonly letterId: string;
      readonly class: FaultClass;
      readonly code: number | null;
      readonly message: string;
    }
  /** Of a letter that an earlier version closed, `by` is unknown. */
  | ({ readonly event: LetterAction['action']; readonly letterId: string } & Pick<
      LetterAction,
      'by' | 'note'
    >)
  | { readonly event: 'late-answer'; readonly succeeded: boolean; readonly message: string }
  | { readonly event: 'completed' | 'cancelled' }
  /** It waits at this moment. */
  | ({ readonly event: 'waiting' } & WaitingJson)
);

/** A job as every program outside sees it, with all that is kept of its way. */
export interface JobHistoryJson extends JobJson {
  readonly batch: string | null;
  readonly epoch: number;
  /** Null where they are not kept: of a job in the queue, and of one that has completed. */
  readonly params: unknown;
  /** The first first. */
  readonly timeline: readonly JobEventJson[];
}

export interface JobHistory extends FoundJob {
  readonly json: JobHistoryJson;
}

/** One job with what happened to it, through all of its epochs; null if neither a row nor a chunk tells of it. */
export async function findHistory(ports: HistoryPorts, jobId: string): Promise<JobHistory | null> {
  const found = await findJob(ports, jobId);
  if (found === null) return null;
  const { row, json } = found;
  const epochs = Array.from({ length: row.epoch + 1 }, (_, epoch) => letterIdOf(jobId, epoch));
  // A letter that cannot be read leaves a gap: what is known of the others is no less true.
  const reads = await readHeads(ports, [...(row.redriveOf === undefined ? [] : [row.redriveOf]), ...epochs]);
  const letters = reads.flatMap((read) =>
    read.kind === 'head' && isOfJob(read.head, row) ? [read.head] : [],
  );
  return {
    row,
    json: {
      ...json,
      batch: row.batch,
      epoch: row.epoch,
      params: await paramsOf(ports, row, letters),
      timeline: timelineOf(row, letters, json.waiting, ports.clock()),
    },
  };
}

/** A letter of what never was a job, or of another message under the same id, is none of its own: but for the one whose edit it is. */
const isOfJob = (head: LetterHead, row: JobRow): boolean =>
  head.class !== 'malformed' || head.letterId === row.redriveOf;

/** What happened, the first first. Pure; `waiting` is what it waits for at `now`. */
function timelineOf(
  row: JobRow,
  letters: readonly LetterHead[],
  waiting: WaitingJson | null,
  now: number,
): readonly JobEventJson[] {
  const ended = letters.some(({ letterId }) => letterId === letterIdOf(row.jobId, row.epoch));
  const events: readonly JobEventJson[] = [
    { at: isoTime(row.enqueuedAt), event: 'enqueued' },
    ...letters.flatMap(letterEvents),
    // The letter of its present epoch has the same attempts.
    ...(ended ? [] : attemptEvents(row.attempts, row.epoch)),
    ...endEvents(row, ended),
    ...lateEvents([...letters, row]),
  ];
  const inOrder = events.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return waiting === null ? inOrder : [...inOrder, { at: isoTime(now), event: 'waiting', ...waiting }];
}

const attemptEvents = (attempts: JobRow['attempts'], epoch: number): readonly JobEventJson[] =>
  attempts.map((attempt) => ({ event: 'attempt', epoch, ...attemptJson(attempt) }));

function letterEvents(head: LetterHead): readonly JobEventJson[] {
  const { letterId, epoch, code, message } = head;
  return [
    ...attemptEvents(head.attempts, epoch),
    {
      at: isoTime(head.deadLetteredAt),
      event: 'dead-lettered',
      epoch,
      letterId,
      class: head.class,
      code,
      message,
    },
    ...actionsOf(head).map(({ action, at, by, note }) => ({
      at: isoTime(at),
      event: action,
      letterId,
      by,
      ...(note === undefined ? {} : { note }),
    })),
  ];
}

function actionsOf({ actions, closing, status }: LetterHead): readonly LetterAction[] {
  if (actions !== undefined) return actions;
  if (closing === null) return [];
  const isDiscard = status === 'discarded' || status === 'discarding';
  const action = isDiscard ? 'discard' : closing.edited ? 'edited-redrive' : 'redrive';
  return [{ action, at: closing.at, by: 'unknown', note: closing.note }];
}

function endEvents({ state, epoch }: JobRow, hasLetter: boolean): readonly JobEventJson[] {
  if (state.kind === 'completed' || state.kind === 'cancelled') {
    return [{ at: isoTime(state.at), event: state.kind }];
  }
  if (state.kind !== 'decided' || hasLetter) return [];
  const { letterId, class: faultClass, code, message, decidedAt } = state.decision;
  return [
    { at: isoTime(decidedAt), event: 'dead-lettered', epoch, letterId, class: faultClass, code, message },
  ];
}

/** Row and letter may both have it. */
function lateEvents(of: readonly Pick<JobRow, 'lateOutcome'>[]): readonly JobEventJson[] {
  const late = new Map(
    of.flatMap(({ lateOutcome }) => (lateOutcome === null ? [] : [[lateOutcome.at, lateOutcome]])),
  );
  return [...late.values()].map(({ at, succeeded, message }) => ({
    at: isoTime(at),
    event: 'late-answer',
    succeeded,
    message,
  }));
}

/** Of a parked job, of a dead one, and of one that a redrive has sent again. */
async function paramsOf(
  { bodies }: Pick<OperatePorts, 'bodies'>,
  { state, epoch, jobId }: JobRow,
  letters: readonly LetterHead[],
): Promise<unknown> {
  if (state.kind === 'completed') return null;
  const own = letters.find(({ letterId }) => letterId === letterIdOf(jobId, epoch));
  const before = letters.at(-1);
  const ref = state.kind === 'parked' ? state.body : (own?.job ?? before?.retryBody ?? before?.job);
  const text = ref === undefined ? null : await bodies.load(ref);
  const job = text === null ? null : jsonIn(text);
  return isObject(job) ? (job['params'] ?? null) : null;
}
