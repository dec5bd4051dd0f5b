import type { LetterHead } from '../deadletter/letter.ts';
import { mapAhead } from '../kernel/map-ahead.ts';
import { inPages, take } from '../kernel/pages.ts';
import type { OnUnreadable } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { readHeads } from './heads.ts';
import { obstaclesNow } from './hold.ts';
import { asksForLetter, isMeant, isWithText, type JobFilter } from './job-filter.ts';
import { isByDeath, isPlacedBySending, isScan, type JobPlace, rowsFor } from './job-sources.ts';
import { type FoundJob, type JobPorts, jsonOf } from './jobs.ts';
import type { OperatePorts } from './ports.ts';
import { newestFirst, type PlacedRow, sentInBulk } from './sent-jobs.ts';

export type ListPorts = JobPorts & Pick<OperatePorts, 'archive'>;

/** How a list ended. */
export interface ListEnd {
  /** The job after which it goes on; null at its end, and of a list that nothing orders. */
  readonly last: string | null;
  /** Whether there are more that fit. */
  readonly isCut: boolean;
  /** How many jobs had been looked at when too many in a row had been in vain; null: it did not end for that. */
  readonly cutShortAt: number | null;
}

/** So many jobs in a row that do not fit end a list: nobody should look at a still screen for minutes. */
export const MOST_IN_VAIN = 5_000;

/** Rows that are looked at together: the letters of those that are dead are one request. */
const PAGE = 50;

/** How much of a list is wanted: at most `limit` jobs, those after one of them. */
export interface JobPart {
  readonly limit: number;
  readonly after?: JobPlace | undefined;
  /** Told of rows that cannot be read, of one perhaps twice. */
  readonly onUnreadable?: OnUnreadable;
  /** Told now and then how many jobs have been looked at. */
  readonly onLooked?: (jobs: number) => void;
}

/**
 * The newest jobs that fit, while they are read, with why they wait and without their results. Without lead and batch `waiting` are
 * those that are parked or wait for more than a minute; the dead come in the order of their deaths; without any of these the first
 * rows that are met. Returns how the list ended.
 */
export async function* listJobs(
  ports: ListPorts,
  filter: JobFilter,
  { limit, after, onUnreadable = () => {}, onLooked }: JobPart,
): AsyncGenerator<FoundJob, ListEnd> {
  const obstacles = await obstaclesNow(ports);
  const found = rowsFor(ports, filter, { after, onUnreadable });
  const met = isScan(filter) ? await Array.fromAsync(take(found, MOST_IN_VAIN + 1)) : null;
  const rows = met === null ? found : met.slice(0, MOST_IN_VAIN).sort(newestFirst);
  const end = (last: JobRow | undefined, isCut: boolean, cutShortAt: number | null): ListEnd => {
    return { last: isScan(filter) ? null : (last?.jobId ?? null), isCut, cutShortAt };
  };
  let [looked, shown, lookedAtLast] = [0, 0, 0];
  let lastLooked: PlacedRow | undefined;
  let lastShown: JobRow | undefined;
  for await (const page of inPages(rows, PAGE)) {
    if (looked - lookedAtLast >= MOST_IN_VAIN) return end(lastLooked?.row, false, looked);
    for await (const job of mapAhead(await fittingOf(ports, filter, page), asListed)) {
      if (filter.state != null && job.json.state !== filter.state) continue;
      if (shown === limit) return end(lastShown, true, null);
      yield job;
      shown += 1;
      lastShown = job.row;
      lookedAtLast = looked + page.length;
    }
    looked += page.length;
    lastLooked = page.at(-1);
    onLooked?.(looked);
    if (isPast(filter, lastLooked)) break;
  }
  return end(undefined, false, met !== null && met.length > MOST_IN_VAIN ? MOST_IN_VAIN : null);

  async function asListed({ row }: PlacedRow): Promise<FoundJob> {
    // Left out rather than null, which would say that there is none.
    const notLoaded = row.state.kind === 'completed' && row.state.result !== null ? undefined : null;
    return { row, json: await jsonOf(row, ports, obstacles, notLoaded) };
  }
}

/** Whether nothing that comes after this row is young enough. */
const isPast = (filter: JobFilter, last: PlacedRow | undefined): boolean =>
  filter.since != null &&
  !isScan(filter) &&
  !isByDeath(filter) &&
  last !== undefined &&
  last.at < filter.since;

/** Those that the filter means, but for their state. */
async function fittingOf(
  ports: ListPorts,
  filter: JobFilter,
  page: readonly PlacedRow[],
): Promise<readonly PlacedRow[]> {
  const letters = asksForLetter(filter) ? await lettersOf(ports, page) : new Map<string, LetterHead>();
  const fits = async ({ row }: PlacedRow): Promise<boolean> => {
    const letter = letters.get(letterIdIn(row) ?? '') ?? null;
    if (!isMeant(filter, row, letter)) return false;
    return filter.text == null || isWithText(ports, filter.text, row, letter);
  };
  const fitting = await Array.fromAsync(mapAhead(page, fits));
  return page.filter((_, nth) => fitting[nth]);
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
  const { batch = null } = filter;
  const sent = batch === null || !isPlacedBySending(filter) ? null : await sentInBulk({ chunks }, batch);
  const at = sent?.get(jobId)?.at ?? row?.enqueuedAt ?? null;
  return at === null ? null : { jobId, at, letter };
}
