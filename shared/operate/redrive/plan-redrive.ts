import type { LetterHead } from '../../deadletter/letter.ts';
import { errorText } from '../../kernel/error-text.ts';
import { mapAhead } from '../../kernel/map-ahead.ts';
import { inPages } from '../../kernel/pages.ts';
import type { IsSoleJob } from '../../ledger/ledger.ts';
import type { JobRow } from '../../ledger/row.ts';
import { HEADS_AT_ONCE, readHeads } from '../heads.ts';
import type { OperatePorts } from '../ports.ts';
import { type RowsById, rowIn, rowsById } from '../rows-by-id.ts';
import { CompletedWrites } from './completed-writes.ts';
import {
  type Candidate,
  canBeSuperseded,
  candidateOf,
  inOriginalOrder,
  laterThan,
  type RedriveChoice,
  type SkipReason,
  skipReason,
} from './plan.ts';

export interface RedrivePlan {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
}

export interface Skipped {
  readonly letterId: string;
  readonly reason: SkipReason;
  /** Where the reason does not say all. */
  readonly message?: string;
}

type PlanPorts = Pick<OperatePorts, 'archive' | 'ledger' | 'cancellations' | 'clock' | 'retentionMs'>;

/** Pages on their way at once: of each letter some things are read one by one. */
const PAGES_AHEAD = 2;

/** Looks at every letter before any is sent, so that the first redriven ones cannot make the later ones look superseded. */
export async function planRedrive(
  ports: PlanPorts,
  letterIds: AsyncIterable<string> | Iterable<string>,
  choice: RedriveChoice,
): Promise<RedrivePlan> {
  const candidates: Candidate[] = [];
  const skipped: Skipped[] = [];
  const ids = [...new Set(await Array.fromAsync(letterIds))];
  const isSole = await soleJobs(ports, ids.length, choice);
  const reads = { writes: new CompletedWrites(ports.ledger, isSole), cancelled: cancelledBatches(ports) };
  const pages = mapAhead(
    inPages(ids, HEADS_AT_ONCE),
    (page) => planPage(ports, reads, page, choice),
    PAGES_AHEAD,
  );
  for await (const page of pages) {
    for (const planned of page) {
      if ('reason' in planned) skipped.push(planned);
      else candidates.push(planned);
    }
  }
  return { candidates: inOriginalOrder(candidates), skipped };
}

/** Letters per page of the index of keys: a page costs as much as some fifty looks at one key, and may be read in vain. */
const LETTERS_PER_PAGE = 200;

/** Of many letters the index of keys is read whole, if it is not too long, rather than key after key. */
async function soleJobs({ ledger }: PlanPorts, letters: number, choice: RedriveChoice): Promise<IsSoleJob> {
  const isAsked = choice.by === 'filter' && !choice.superseded;
  const found = isAsked ? await ledger.soleJobs(Math.floor(letters / LETTERS_PER_PAGE)) : null;
  return found ?? (() => false);
}

/** What is read once for all letters that ask for it. */
interface SharedReads {
  readonly writes: CompletedWrites;
  readonly cancelled: (batch: string) => Promise<boolean>;
}

/** Whether a batch is cancelled, asked once of each. */
export function cancelledBatches({
  cancellations,
}: Pick<OperatePorts, 'cancellations'>): SharedReads['cancelled'] {
  const known = new Map<string, Promise<boolean>>();
  return (batch) => {
    const asked = known.get(batch) ?? cancellations.get(batch).then((found) => found !== null);
    known.set(batch, asked);
    return asked;
  };
}

async function planPage(
  ports: PlanPorts,
  reads: SharedReads,
  letterIds: readonly string[],
  choice: RedriveChoice,
): Promise<readonly (Candidate | Skipped)[]> {
  const found = await readHeads(ports, letterIds);
  const heads = found.flatMap((read) => (read.kind === 'head' ? [read.head] : []));
  const rows = await rowsById(
    ports,
    heads.flatMap(({ jobId }) => jobId ?? []),
  );
  const planned = await Promise.all(
    found.map((read) =>
      read.kind === 'head'
        ? planOrSkip(ports, reads, read.head, rows, choice)
        : { letterId: read.letterId, reason: 'unreadable' as const, message: read.message },
    ),
  );
  const there = new Set(planned.map(({ letterId }) => letterId));
  const gone = letterIds.filter((letterId) => !there.has(letterId));
  return [...planned, ...gone.map((letterId) => ({ letterId, reason: 'gone' as const }))];
}

/** A letter, or a row, that cannot be read keeps no other letter from being sent. */
async function planOrSkip(
  ports: PlanPorts,
  reads: SharedReads,
  head: LetterHead,
  rows: RowsById,
  choice: RedriveChoice,
): Promise<Candidate | Skipped> {
  try {
    return await planLetter(ports, reads, head, rowIn(rows, head.jobId ?? ''), choice);
  } catch (error) {
    return { letterId: head.letterId, reason: 'unreadable', message: errorText(error) };
  }
}

async function planLetter(
  { clock, retentionMs }: PlanPorts,
  { writes, cancelled }: SharedReads,
  head: LetterHead,
  row: JobRow | null,
  choice: RedriveChoice,
): Promise<Candidate | Skipped> {
  const asked = canBeSuperseded(head, choice);
  const batch = choice.edited ? (choice.editedBatch ?? null) : head.batch;
  const [newest, isCancelled] = await Promise.all([
    asked && head.orderingKey !== null ? writes.newestOf(head.orderingKey, row) : null,
    batch === null ? false : cancelled(batch),
  ]);
  const later = asked ? laterThan(head, newest, { now: clock(), retentionMs }) : 'none';
  const reason = skipReason({ head, row, later, cancelled: isCancelled }, choice);
  return reason === null ? candidateOf(head) : { letterId: head.letterId, reason };
}
