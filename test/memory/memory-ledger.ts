import { ownKeyOf } from '../../shared/job/ordering-key.ts';
import { type JobQuery, type Ledger, outcomeOf } from '../../shared/ledger/ledger.ts';
import type { JobRow } from '../../shared/ledger/row.ts';
import { type FaultHook, noFaults, withFaults } from './faults.ts';
import { MemoryDocuments } from './memory-documents.ts';

/** The ledger in memory; `rows` and `row` let a test look without asking. */
export interface MemoryLedger extends Ledger {
  rows(): readonly JobRow[];
  row(jobId: string): JobRow | null;
  /** Writes over whatever stands there, as another run, or an earlier one, would have left it. */
  put(row: JobRow): void;
}

export function memoryLedger(faults: FaultHook = noFaults): MemoryLedger {
  const documents = new MemoryDocuments<JobRow>(faults);
  return {
    rows: () => documents.all(),
    row: (jobId) => documents.peek(jobId),
    put: (row) => documents.put(row.jobId, row),
    get: (jobId) => documents.get(jobId),
    read: (jobId) => documents.read(jobId),
    change: (at, reduce) => documents.change(at, reduce),
    remove: (jobId) => documents.remove(jobId),
    getAll: (jobIds) =>
      withFaults(faults, 'getAll', '', () =>
        [...new Set(jobIds)].flatMap((jobId) => documents.peek(jobId) ?? []),
      ),
    list: (query) =>
      each(newestFirst(documents.all().filter((row) => matches(row, query))).slice(0, query.limit)),
    soleJobs: async (mostPages) =>
      mostPages <= 0
        ? null
        : (orderingKey, jobId) =>
            documents.all().every((row) => row.orderingKey !== orderingKey || row.jobId === jobId) &&
            documents.peek(jobId)?.orderingKey === orderingKey,
    scan: () => each(documents.all()),
    due: (now, limit) => withFaults(faults, 'due', '', () => dueRows(documents.all(), now).slice(0, limit)),
    ofBatch: (batch) =>
      each(
        documents
          .all()
          .filter((row) => isIndexed(row, batch))
          .map((row) => ({ jobId: row.jobId, outcome: outcomeOf(row) })),
      ),
    countParked: () =>
      withFaults(
        faults,
        'countParked',
        '',
        () => documents.all().filter(({ state }) => state.kind === 'parked').length,
      ),
  };
}

async function* each<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

/** Those of one moment in an order that nobody may rely on: an index of DynamoDB has none for them. */
const newestFirst = (rows: readonly JobRow[]): readonly JobRow[] =>
  rows.toSorted((a, b) => b.enqueuedAt - a.enqueuedAt || (a.jobId < b.jobId ? -1 : 1));

function matches(row: JobRow, { by, upTo, except }: JobQuery): boolean {
  if (row.jobId === except || (upTo !== undefined && row.enqueuedAt > upTo)) return false;
  if (by.kind === 'key') return row.orderingKey === by.orderingKey && by.orderingKey !== ownKeyOf(row.jobId);
  if (by.kind === 'batch')
    return isIndexed(row, by.batch) && (by.ended === undefined || row.state.kind === by.ended);
  return row.state.kind === by.state && (row.state.kind !== 'waiting' || row.state.isLong === true);
}

const isIndexed = (row: JobRow, batch: string): boolean =>
  row.batch === batch && (outcomeOf(row) !== 'open' || row.listed === true);

function dueRows(rows: readonly JobRow[], now: number): readonly JobRow[] {
  const parked = rows.flatMap((row) =>
    row.state.kind === 'parked' ? [{ row, until: row.state.until }] : [],
  );
  const sequence = (row: JobRow) => BigInt(row.sequenceNumber ?? '0');
  return parked
    .filter(({ until }) => until <= now)
    .sort((a, b) => a.until - b.until || (sequence(a.row) < sequence(b.row) ? -1 : 1))
    .map(({ row }) => row);
}
