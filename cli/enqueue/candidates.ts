import type { Candidate } from '../../client/enqueue-jobs.ts';
import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { UsageError } from '../exit.ts';
import type { SourceRow } from '../source/row.ts';
import type { ReturnedRow } from './corrections.ts';
import type { completer } from './options.ts';

/** A row that was handed on. */
export interface Asked {
  readonly line: number;
  /** Of a CSV file; empty for any other. */
  readonly cells: readonly string[];
  /** That is to count the job; null: none, or it is sent by nobody. */
  readonly batch: string | null;
  /** It may end as soon as it is sent, so that its end can be waited for. */
  readonly endsSoon: boolean;
}

interface Ways {
  readonly complete: ReturnType<typeof completer>;
  readonly clock: Clock;
  /** Gets each row that is handed on. Results come in the same order, so it is a queue. */
  readonly asked: Asked[];
  /** False ends the rows before this one. */
  readonly mayFollow?: (row: Asked) => Promise<boolean>;
}

/** What the rows of a file ask for, each with its place in it. */
export async function* candidatesOf(
  rows: AsyncIterable<ReturnedRow>,
  { complete, clock, asked, mayFollow }: Ways,
): AsyncGenerator<Candidate> {
  for await (const row of rows) {
    const candidate = candidateOf(row, complete);
    const isSent = candidate.kind === 'job' && !isForLater(candidate.value['notBefore'], clock());
    const batch = candidate.kind === 'job' ? candidate.value['batch'] : null;
    const one = {
      line: row.line,
      cells: row.cells ?? [],
      batch: typeof batch === 'string' ? batch : null,
      endsSoon: isSent,
    };
    if (mayFollow !== undefined && !(await mayFollow(one))) return;
    asked.push(one);
    yield candidate;
  }
}

function candidateOf(row: ReturnedRow, complete: Ways['complete']) {
  switch (row.kind) {
    case 'bad':
      return { kind: 'unreadable', error: row.error } as const;
    case 'known':
      return { kind: 'known', id: row.id } as const;
    case 'job': {
      const { value, line, place = line } = row;
      return { kind: 'job', value: complete(value, line), line: place } as const;
    }
    default:
      return assertNever(row);
  }
}

const isForLater = (notBefore: unknown, now: number): boolean =>
  typeof notBefore === 'string' && Date.parse(notBefore) > now;

/** Two jobs cannot have one id: the second row is found before the first is sent. */
export async function* onlyOne(rows: AsyncIterable<SourceRow>): AsyncGenerator<SourceRow> {
  const all: SourceRow[] = [];
  for await (const row of rows) {
    if (all.length === 1)
      throw new UsageError('--id is for one job; for many use --batch, or ids of their own');
    all.push(row);
  }
  yield* all;
}
