import { type JobQuery, type Ledger, type OrderMark, outcomeOf } from '../../shared/ledger/ledger.ts';
import type { JobRow } from '../../shared/ledger/row.ts';
import { type FaultHook, noFaults, withFaults } from './faults.ts';
import { MemoryDocuments } from './memory-documents.ts';

/** The ledger in memory; `rows` and `row` let a test look without asking. */
export interface MemoryLedger extends Ledger {
  rows(): readonly JobRow[];
  row(jobId: string): JobRow | null;
  marks(): readonly OrderMark[];
  /** Writes over whatever stands there, as another run, or an earlier one, would have left it. */
  put(row: JobRow): void;
}

export function memoryLedger(faults: FaultHook = noFaults): MemoryLedger {
  const documents = new MemoryDocuments<JobRow>(faults);
  const marks = new Map<string, OrderMark>();
  return {
    rows: () => documents.all(),
    row: (jobId) => documents.peek(jobId),
    put: (row) => documents.put(row.jobId, row),
    get: (jobId) => documents.get(jobId),
    read: (jobId) => documents.read(jobId),
    change: (at, reduce) => documents.change(at, reduce),
    remove: (jobId) => documents.remove(jobId),
    list: (query) =>
      each(newestFirst(documents.all().filter((row) => matches(row, query))).slice(0, query.limit)),
    scan: () => each(documents.all()),
    due: (now, limit) => withFaults(faults, 'due', '', () => dueRows(documents.all(), now).slice(0, limit)),
    ofBatch: (batch) =>
      each(
        documents
          .all()
          .filter((row) => row.batch === batch)
          .map((row) => ({ jobId: row.jobId, outcome: outcomeOf(row) })),
      ),
    countParked: () =>
      withFaults(
        faults,
        'countParked',
        '',
        () => documents.all().filter(({ state }) => state.kind === 'parked').length,
      ),
    oldestOpen: () => withFaults(faults, 'oldestOpen', '', () => oldestOpen(documents.all())),
    readMark: (key) => withFaults(faults, 'readMark', key, () => marks.get(key) ?? null),
    removeMark: (key) => withFaults(faults, 'removeMark', key, () => void marks.delete(key)),
    marks: () => [...marks.values()],
    putMark: (mark) =>
      withFaults(faults, 'putMark', mark.orderingKey, () => {
        const known = marks.get(mark.orderingKey);
        if (known !== undefined && BigInt(known.sequenceNumber) >= BigInt(mark.sequenceNumber)) return;
        marks.set(mark.orderingKey, mark);
      }),
  };
}

async function* each<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

const newestFirst = (rows: readonly JobRow[]): readonly JobRow[] =>
  rows.toSorted((a, b) => b.enqueuedAt - a.enqueuedAt || (a.jobId < b.jobId ? 1 : -1));

function matches(row: JobRow, { by }: JobQuery): boolean {
  if (by.kind === 'key') return row.orderingKey === by.orderingKey;
  if (by.kind === 'batch')
    return row.batch === by.batch && (by.ended === undefined || row.state.kind === by.ended);
  return by.kind === 'all' || row.state.kind === by.state;
}

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

const ENDED_OR_PARKED: readonly JobRow['state']['kind'][] = ['completed', 'dead-lettered', 'parked'];

const oldestOpen = (rows: readonly JobRow[]): number | null =>
  rows
    .filter((row) => !ENDED_OR_PARKED.includes(row.state.kind))
    .reduce<number | null>((least, { enqueuedAt }) => Math.min(least ?? enqueuedAt, enqueuedAt), null);
