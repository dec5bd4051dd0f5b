import type { LetterPlace } from '../deadletter/archive.ts';
import type { LetterFilter } from '../deadletter/filter.ts';
import { selectLetters } from '../deadletter/select-letters.ts';
import { mergeSorted } from '../kernel/merge-sorted.ts';
import { inPages } from '../kernel/pages.ts';
import {
  INDEXED_STATES,
  type IndexedState,
  isEndedKind,
  type JobQuery,
  type OnUnreadable,
} from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import type { JobFilter } from './job-filter.ts';
import type { JobStateName } from './job-json.ts';
import type { OperatePorts } from './ports.ts';
import { newestFirst, type PlacedRow, rowsFromChunks, sentInBulk } from './sent-jobs.ts';

type SourcePorts = Pick<OperatePorts, 'ledger' | 'archive' | 'bodies' | 'chunks' | 'clock'>;

/** After which job a list goes on. `letter` of a list in the order of deaths. */
export interface JobPlace {
  readonly jobId: string;
  readonly at: number;
  readonly letter: LetterPlace | null;
}

interface SourceOptions {
  readonly after: JobPlace | undefined;
  readonly onUnreadable: OnUnreadable;
}

/** Whether jobs of this state are found without a lead or a batch: no index holds the others, of which there may be millions. */
export const isListedAlone = (state: JobStateName): boolean =>
  state === 'waiting' || state === 'dead-lettered';

const isAlone = ({ lead, batch }: JobFilter): boolean => lead == null && batch == null;

/** Whether the jobs are those of letters: of a state, or of a fault that is asked for without a state, they are the dead. */
export function isByDeath(filter: JobFilter): boolean {
  const { state, class: faultClass, code, cause } = filter;
  if (!isAlone(filter)) return false;
  return state == null ? [faultClass, code, cause].some((part) => part != null) : state === 'dead-lettered';
}

/** Whether no index leads to the jobs: the first rows that are met are looked at. */
export const isScan = (filter: JobFilter): boolean =>
  isAlone(filter) && filter.state == null && !isByDeath(filter);

/** Whether a job that was sent in bulk has its place in the list by when that was: an index of the ended knows only when SQS took it. */
export const isPlacedBySending = ({ lead, batch, state }: JobFilter): boolean =>
  lead == null && batch != null && (state == null || !isEndedKind(state));

/** The jobs among which those of the filter are, each once, newest first but for a scan. Read no further than they are taken. */
export async function* rowsFor(
  ports: SourcePorts,
  filter: JobFilter,
  { after, onUnreadable }: SourceOptions,
): AsyncGenerator<PlacedRow> {
  const { lead, batch, state } = filter;
  const list = (by: JobQuery['by']) =>
    placed(ports.ledger.list({ by, limit: ALL, upTo: after?.at, onUnreadable }));
  const held = (states: readonly IndexedState[]) => states.map((one) => list({ kind: 'state', state: one }));
  if (lead != null) {
    yield* merged(
      lead.map((orderingKey) => list({ kind: 'key', orderingKey })),
      after,
    );
  } else if (batch != null && !isPlacedBySending(filter)) {
    // Of what has ended no more need be read than is shown, however many of the batch have not.
    const ended = state != null && isEndedKind(state) ? state : undefined;
    yield* merged([list({ kind: 'batch', batch, ended })], after);
  } else if (batch != null) {
    // What has not ended is in no index of its batch: a chunk may tell of it; of a bare sender's, what waits for long.
    const sent = await sentInBulk(ports, batch);
    const ofChunks = rowsFromChunks(ports, batch, sent, after?.at ?? ALL, onUnreadable);
    const rows = merged([list({ kind: 'batch', batch }), ...held(INDEXED_STATES), ofChunks], after);
    // What an index has of such a job comes after it, and is passed over only there: sought first, nothing would come for long.
    for await (const one of rows) if ((sent.get(one.row.jobId)?.at ?? one.at) === one.at) yield one;
  } else if (isByDeath(filter)) {
    yield* deadRows(ports, filter, after, onUnreadable);
  } else if (state == null) {
    yield* placed(ports.ledger.scan(onUnreadable));
  } else if (state === 'waiting') {
    yield* merged(held(['waiting', 'parked']), after);
  } else {
    throw new Error(`jobs that are ${state} cannot be listed without a lead or a batch`);
  }
}

const ALL = Number.POSITIVE_INFINITY;

/** Jobs of one moment stand in an index in any order: a merge, and whoever goes on after one of them, wants that of the list. */
async function* placed(rows: AsyncIterable<JobRow>): AsyncGenerator<PlacedRow> {
  let moment: PlacedRow[] = [];
  for await (const row of rows) {
    const one = { row, at: row.enqueuedAt };
    if (moment.some(({ at }) => at !== one.at)) {
      yield* moment.sort(newestFirst);
      moment = [];
    }
    moment.push(one);
  }
  yield* moment.sort(newestFirst);
}

/** Two indexes may have one job, which then comes twice in a row. */
async function* merged(
  sources: readonly AsyncIterable<PlacedRow>[],
  after: JobPlace | undefined,
): AsyncGenerator<PlacedRow> {
  let last: string | null = null;
  for await (const one of mergeSorted(sources, newestFirst)) {
    if (one.row.jobId === last || (after !== undefined && !isAfter(one, after))) continue;
    last = one.row.jobId;
    yield one;
  }
}

const isAfter = ({ row, at }: PlacedRow, after: JobPlace): boolean =>
  at < after.at || (at === after.at && row.jobId < after.jobId);

/** Keys of one BatchGetItem. */
const PAGE = 100;

/** Letters know which jobs are dead, newest death first; one that was redriven has left its letter behind. */
async function* deadRows(
  ports: SourcePorts,
  filter: JobFilter,
  after: JobPlace | undefined,
  onUnreadable: OnUnreadable,
): AsyncGenerator<PlacedRow> {
  const letters = selectLetters(ports, lettersOf(filter), { after: after?.letter ?? undefined });
  for await (const page of inPages(letters, PAGE)) {
    const jobIds = page.flatMap(({ jobId }) => jobId ?? []);
    const rows = await ports.ledger.getAll(jobIds, onUnreadable);
    const byLetter = new Map(
      rows.flatMap((row) => (row.state.kind === 'dead-lettered' ? [[row.state.letterId, row]] : [])),
    );
    for (const { letterId, deadLetteredAt } of page) {
      const row = byLetter.get(letterId);
      if (row !== undefined) yield { row, at: deadLetteredAt };
    }
  }
}

/** A job dies after it was enqueued: a letter that is too old is that of a job that is. */
const lettersOf = (filter: JobFilter): LetterFilter => ({
  code: filter.code ?? null,
  class: filter.class ?? null,
  operation: filter.operation ?? null,
  cause: filter.cause ?? null,
  since: filter.since ?? null,
  // The row and the answer are looked through as well, where the job is found.
  text: null,
  batch: null,
  lead: null,
  status: 'not-redriven',
});
