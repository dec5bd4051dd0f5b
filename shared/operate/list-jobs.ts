import type { LetterHead } from '../deadletter/letter.ts';
import { inPages } from '../job/pages.ts';
import { errorText } from '../kernel/error-text.ts';
import { isEndedKind, type OnUnreadable } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { readHeads } from './heads.ts';
import { obstaclesNow } from './hold.ts';
import { asksForLetter, isMeant, isWithText, type JobFilter } from './job-filter.ts';
import { isByDeath, isScan, type JobPlace, sourcesFor } from './job-sources.ts';
import { type FoundJob, type JobPorts, jsonOf } from './jobs.ts';
import type { OperatePorts } from './ports.ts';
import { type PlacedRow, sentAtOf } from './sent-jobs.ts';

export type ListPorts = JobPorts & Pick<OperatePorts, 'archive'>;

interface JobList {
  readonly jobs: readonly FoundJob[];
  /** The job after which the list goes on; null at its end, and of a list that nothing orders. */
  readonly last: string | null;
  /** Whether more jobs were found than are wanted. */
  readonly isCut: boolean;
  /** How many readings of the ledger ended at `MOST_READ` rows: there may be more jobs that fit. */
  readonly cutShort: number;
  /** Jobs whose row cannot be read. */
  readonly unreadable: readonly { readonly jobId: string; readonly message: string }[];
}

/** What is filtered out afterwards is read too; past this many a listing would take minutes. */
export const MOST_READ = 5_000;

/** Rows that are looked at together: the letters of those that are dead are one request. */
const PAGE = 50;

/** How much of a list is wanted: at most `limit` jobs, those after one of them. */
export interface JobPart {
  readonly limit: number;
  readonly after?: JobPlace | undefined;
}

interface Listed extends PlacedRow {
  readonly job: FoundJob;
}

/**
 * The newest jobs that fit, with why they wait and without their results. Without lead and batch `waiting` are those that are
 * parked or wait for more than a minute; the dead come in the order of their deaths; without any of these the first rows that are met.
 */
export async function listJobs(
  ports: ListPorts,
  filter: JobFilter,
  { limit, after }: JobPart,
): Promise<JobList> {
  const obstacles = await obstaclesNow(ports);
  const found: Listed[] = [];
  const met = new Set<string>();
  const unreadable = new Map<string, string>();
  const onUnreadable: OnUnreadable = (jobId, error) => void unreadable.set(jobId, errorText(error));
  let cutShort = 0;
  let lookedAt: PlacedRow | null = null;
  const most = MOST_READ + 1;
  for (const rows of sourcesFor(ports, filter, {
    most,
    after,
    onUnreadable,
    isListed: (id) => met.has(id),
  })) {
    let read = 0;
    let fitting = 0;
    let last: PlacedRow | undefined;
    for await (const page of inPages(rows, PAGE)) {
      const looked = page.slice(0, MOST_READ - read);
      read += page.length;
      const fresh = looked.filter(({ row }) => !met.has(row.jobId) && met.add(row.jobId));
      for (const one of await fittingOf(ports, filter, fresh)) {
        // Left out rather than null, which would say that there is none.
        const notLoaded =
          one.row.state.kind === 'completed' && one.row.state.result !== null ? undefined : null;
        const json = await jsonOf(one.row, ports, obstacles, notLoaded);
        if (filter.state != null && json.state !== filter.state) continue;
        found.push({ ...one, job: { row: one.row, json } });
        fitting += 1;
      }
      last = looked.at(-1) ?? last;
      if (read > MOST_READ) {
        cutShort += 1;
        if (last !== undefined && !isScan(filter)) lookedAt = newerOf(last, lookedAt);
        break;
      }
      if (last !== undefined && !isScan(filter) && isEnough(found, fitting, last, { limit, filter })) break;
    }
  }
  // What comes after the row at which a reading ended comes where the list goes on.
  const reached = found.filter((one) => lookedAt === null || newestFirst(one, lookedAt) <= 0);
  const listed = (isByDeath(filter) ? reached : reached.sort(newestFirst)).slice(0, limit);
  const last = reached.length > limit ? listed.at(-1)?.row : lookedAt?.row;
  return {
    jobs: listed.map(({ job }) => job),
    last: isScan(filter) ? null : (last?.jobId ?? null),
    isCut: reached.length > limit,
    cutShort,
    unreadable: [...unreadable].map(([jobId, message]) => ({ jobId, message })),
  };
}

/** Whether nothing of the source that comes after this row can be among those that are shown, or the first that is not. */
function isEnough(
  found: readonly Listed[],
  fitting: number,
  last: PlacedRow,
  { limit, filter }: { readonly limit: number; readonly filter: JobFilter },
): boolean {
  if (isByDeath(filter)) return fitting > limit;
  if (filter.since != null && last.at < filter.since) return true;
  return found.filter(({ at }) => at > last.at).length > limit;
}

const newestFirst = (a: PlacedRow, b: PlacedRow): number =>
  b.at - a.at || (a.row.jobId < b.row.jobId ? 1 : -1);

const newerOf = (one: PlacedRow, other: PlacedRow | null): PlacedRow =>
  other === null || newestFirst(one, other) < 0 ? one : other;

/** Those that the filter means, but for their state. */
async function fittingOf(
  ports: ListPorts,
  filter: JobFilter,
  page: readonly PlacedRow[],
): Promise<readonly PlacedRow[]> {
  const letters = asksForLetter(filter) ? await lettersOf(ports, page) : new Map<string, LetterHead>();
  const fitting: PlacedRow[] = [];
  for (const one of page) {
    const { row } = one;
    const letter = letters.get(letterIdIn(row) ?? '') ?? null;
    if (!isMeant(filter, row, letter)) continue;
    if (filter.text != null && !(await isWithText(ports, filter.text, row, letter))) continue;
    fitting.push(one);
  }
  return fitting;
}

/** One that cannot be read says nothing of its job. */
async function lettersOf(
  ports: ListPorts,
  page: readonly PlacedRow[],
): Promise<ReadonlyMap<string, LetterHead>> {
  const ids = page.flatMap(({ row }) => letterIdIn(row) ?? []);
  const reads = await readHeads(ports, ids);
  return new Map(reads.flatMap((read) => (read.kind === 'head' ? [[read.head.letterId, read.head]] : [])));
}

const letterIdIn = ({ state }: JobRow): string | null =>
  state.kind === 'dead-lettered' ? state.letterId : null;

/** Where a list goes on after this job; null where nothing is known of it. */
export async function placeOfJob(
  { ledger, chunks, archive }: ListPorts,
  filter: JobFilter,
  jobId: string,
): Promise<JobPlace | null> {
  const row = await ledger.get(jobId);
  const letterId = row === null ? null : letterIdIn(row);
  const letter = letterId === null || !isByDeath(filter) ? null : await archive.get(letterId);
  const isEnded = row !== null && isEndedKind(row.state.kind);
  const sentAt = filter.batch == null || isEnded ? null : await sentAtOf({ chunks }, filter.batch, jobId);
  const at = sentAt ?? row?.enqueuedAt ?? null;
  return at === null ? null : { jobId, at, letter };
}
