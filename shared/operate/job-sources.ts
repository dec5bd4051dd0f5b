import type { LetterPlace } from '../deadletter/archive.ts';
import type { LetterFilter } from '../deadletter/filter.ts';
import { selectLetters } from '../deadletter/select-letters.ts';
import { inPages } from '../job/pages.ts';
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
import { type PlacedRow, rowsFromChunks } from './sent-jobs.ts';

type SourcePorts = Pick<OperatePorts, 'ledger' | 'archive' | 'bodies' | 'chunks' | 'clock'>;

/** After which job a list goes on. `letter` of a list in the order of deaths. */
export interface JobPlace {
  readonly jobId: string;
  readonly at: number;
  readonly letter: LetterPlace | null;
}

interface SourceOptions {
  /** Rows that one source may read. */
  readonly most: number;
  readonly after: JobPlace | undefined;
  readonly onUnreadable: OnUnreadable;
  /** Whether an earlier source has given the job. */
  readonly isListed: (jobId: string) => boolean;
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

/** Where the jobs of the filter are found, each source newest first but for a scan; later ones may give again what earlier ones gave. */
export function sourcesFor(
  ports: SourcePorts,
  filter: JobFilter,
  options: SourceOptions,
): readonly AsyncIterable<PlacedRow>[] {
  const { lead, batch, state } = filter;
  const { most, after, onUnreadable, isListed } = options;
  const list = (by: JobQuery['by']) =>
    placed(ports.ledger.list({ by, limit: most, upTo: after?.at, onUnreadable }), after);
  const held = (states: readonly IndexedState[]) => states.map((one) => list({ kind: 'state', state: one }));
  if (lead != null) return lead.map((orderingKey) => list({ kind: 'key', orderingKey }));
  if (batch != null) {
    // Of what has ended no more need be read than is shown, however many of the batch have not.
    const ended = state != null && isEndedKind(state) ? state : undefined;
    const ofBatch = list({ kind: 'batch', batch, ended });
    if (ended !== undefined) return [ofBatch];
    // What has not ended is in no index of its batch: a chunk may tell of it; of a bare sender's, what waits for long.
    const upTo = after?.at ?? Number.POSITIVE_INFINITY;
    const sent = rowsFromChunks(ports, batch, { upTo, isKnown: isListed }, onUnreadable);
    return [ofBatch, ...held(INDEXED_STATES), following(sent, after)];
  }
  if (isByDeath(filter)) return [deadRows(ports, filter, after, onUnreadable)];
  if (state == null) return [placed(ports.ledger.scan(onUnreadable), undefined)];
  if (state === 'waiting') return held(['waiting', 'parked']);
  throw new Error(`jobs that are ${state} cannot be listed without a lead or a batch`);
}

async function* placed(rows: AsyncIterable<JobRow>, after: JobPlace | undefined): AsyncGenerator<PlacedRow> {
  for await (const row of rows) {
    const one = { row, at: row.enqueuedAt };
    if (after === undefined || isAfter(one, after)) yield one;
  }
}

async function* following(
  rows: AsyncIterable<PlacedRow>,
  after: JobPlace | undefined,
): AsyncGenerator<PlacedRow> {
  for await (const one of rows) if (after === undefined || isAfter(one, after)) yield one;
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
  const letters = selectLetters(ports, lettersOf(filter), after?.letter ?? undefined);
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
