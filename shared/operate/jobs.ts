import type { Archive } from '../deadletter/archive.ts';
import type { LetterStatus } from '../deadletter/letter.ts';
import { ownKeyOf } from '../job/ordering-key.ts';
import { errorText } from '../kernel/error-text.ts';
import {
  INDEXED_STATES,
  type IndexedState,
  isEndedKind,
  type JobQuery,
  type Ledger,
  type OnUnreadable,
} from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { type Obstacles, obstaclesNow } from './hold.ts';
import { type JobJson, type JobStateName, jobJson } from './job-json.ts';
import type { OperatePorts } from './ports.ts';
import { rowFromChunk, rowsFromChunks } from './sent-jobs.ts';
import { blockerOf } from './waiting.ts';

type JobPorts = Pick<OperatePorts, 'ledger' | 'chunks' | 'bodies' | 'budgetStore' | 'limits' | 'clock'>;

/** A job as it is kept and as every program outside sees it. */
export interface FoundJob {
  readonly row: JobRow;
  readonly json: JobJson;
}

/** One job with what Marketo answered, or as its sender wrote it down; null if neither a row nor a chunk tells of it. */
export async function findJob(ports: JobPorts, jobId: string): Promise<FoundJob | null> {
  const row = (await ports.ledger.get(jobId)) ?? (await rowFromChunk(ports, jobId));
  if (row === null) return null;
  const result = await resultOf(row, ports);
  return { row, json: await jsonOf(row, ports, await obstaclesNow(ports), result) };
}

/** A job that has ended, with what Marketo answered: nothing around it matters any more. */
export const endedJson = async (
  row: JobRow,
  ports: Pick<OperatePorts, 'bodies' | 'clock'>,
): Promise<JobJson> =>
  jobJson(row, { now: ports.clock(), holds: [], narrowings: [], blocker: null }, await resultOf(row, ports));

/** Which jobs are meant; what is absent narrows nothing. */
export interface JobFilter {
  /** An e-mail address. */
  readonly lead?: string | undefined;
  readonly batch?: string | undefined;
  readonly state?: JobStateName | undefined;
}

interface JobList {
  readonly jobs: readonly FoundJob[];
  /** How many readings of the ledger ended at `MOST_READ` rows: there may be more jobs that fit. */
  readonly cutShort: number;
  /** Jobs whose row cannot be read. */
  readonly unreadable: readonly { readonly jobId: string; readonly message: string }[];
}

/** What is filtered out afterwards is read too; past this many a listing would take minutes. */
export const MOST_READ = 5_000;

/** Whether jobs of this state are found without a lead or a batch: no index holds the others, of which there may be millions. */
export const isListedAlone = (state: JobStateName): boolean =>
  state === 'waiting' || state === 'dead-lettered';

/**
 * The newest jobs that fit, with why they wait and without their results. Without lead and batch `waiting` are those that are
 * parked or wait for more than a minute; without any filter the first rows that are met.
 */
export async function listJobs(ports: ListPorts, filter: JobFilter, limit: number): Promise<JobList> {
  const obstacles = await obstaclesNow(ports);
  const found: FoundJob[] = [];
  const met = new Set<string>();
  const unreadable = new Map<string, string>();
  let cutShort = 0;
  const onUnreadable = (jobId: string, error: unknown): void => void unreadable.set(jobId, errorText(error));
  for (const rows of sourcesFor(ports, filter, limit, onUnreadable, (jobId) => met.has(jobId))) {
    let left = limit;
    let read = 0;
    for await (const row of rows) {
      read += 1;
      if (left === 0 || read > MOST_READ) break;
      if (met.has(row.jobId) || (filter.batch !== undefined && row.batch !== filter.batch)) continue;
      met.add(row.jobId);
      // Left out rather than null, which would say that there is none.
      const notLoaded = row.state.kind === 'completed' && row.state.result !== null ? undefined : null;
      const json = await jsonOf(row, ports, obstacles, notLoaded);
      if (filter.state !== undefined && json.state !== filter.state) continue;
      found.push({ row, json });
      // A scan meets the newest anywhere.
      if (!isScan(filter)) left -= 1;
    }
    if (read > MOST_READ) cutShort += 1;
  }
  const jobs = found.sort((a, b) => b.row.enqueuedAt - a.row.enqueuedAt).slice(0, limit);
  return { jobs, cutShort, unreadable: [...unreadable].map(([jobId, message]) => ({ jobId, message })) };
}

type ListPorts = JobPorts & Pick<OperatePorts, 'archive'>;

const isScan = ({ lead, batch, state }: JobFilter): boolean =>
  lead === undefined && batch === undefined && state === undefined;

function sourcesFor(
  ports: ListPorts,
  { lead, batch, state }: JobFilter,
  limit: number,
  onUnreadable: OnUnreadable,
  isListed: (jobId: string) => boolean,
): readonly AsyncIterable<JobRow>[] {
  const { ledger, archive } = ports;
  const list = (by: JobQuery['by'], most: number) => ledger.list({ by, limit: most, onUnreadable });
  const held = (states: readonly IndexedState[]) =>
    states.map((one) => list({ kind: 'state', state: one }, MOST_READ + 1));
  if (lead !== undefined) {
    const filtered = state !== undefined || batch !== undefined;
    return [list({ kind: 'key', orderingKey: keyOf(lead) }, filtered ? MOST_READ + 1 : limit)];
  }
  if (batch !== undefined) {
    // Of what has ended no more need be read than is shown, however many of the batch have not.
    const ended = state !== undefined && isEndedKind(state) ? state : undefined;
    const ofBatch = list(
      { kind: 'batch', batch, ended },
      state === undefined || ended ? limit : MOST_READ + 1,
    );
    if (ended !== undefined) return [ofBatch];
    // What has not ended is in no index of its batch: a chunk may tell of it; of a bare sender's, what waits for long.
    return [ofBatch, ...held(INDEXED_STATES), rowsFromChunks(ports, batch, isListed, onUnreadable)];
  }
  if (state === undefined) return [ledger.scan(onUnreadable)];
  if (state === 'dead-lettered') return [deadRows(ledger, archive, onUnreadable)];
  if (state === 'waiting') return held(['waiting', 'parked']);
  throw new Error(`jobs that are ${state} cannot be listed without a lead or a batch`);
}

/** Letters know which jobs are dead; one that was redriven has left its letter behind. */
const DEAD: readonly LetterStatus[] = ['open', 'redriving', 'discarding', 'discarded'];

async function* deadRows(
  ledger: Pick<Ledger, 'get'>,
  archive: Pick<Archive, 'summaries'>,
  onUnreadable: OnUnreadable,
): AsyncGenerator<JobRow> {
  for await (const { jobId } of archive.summaries(DEAD)) {
    const row =
      jobId === null
        ? null
        : await ledger.get(jobId).catch((error: unknown) => {
            onUnreadable(jobId, error);
            return null;
          });
    if (row !== null) yield row;
  }
}

const keyOf = (email: string): string => `lead:EMAIL:${email.trim().toLowerCase()}`;

async function jsonOf(row: JobRow, ports: JobPorts, obstacles: Obstacles, result: unknown): Promise<JobJson> {
  const blocker = obstacles.holds.length === 0 && canBeBlocked(row) ? await findBlocker(row, ports) : null;
  return jobJson(row, { now: ports.clock(), ...obstacles, blocker }, result);
}

const canBeBlocked = ({ state }: JobRow): boolean => state.kind === 'queued' || state.kind === 'waiting';

/** More jobs of one lead than this do not wait at once; the one before a job is among the newest. */
const KEY_DEPTH = 200;

async function findBlocker(row: JobRow, { ledger }: JobPorts): Promise<JobRow | null> {
  if (row.orderingKey === ownKeyOf(row.jobId)) return null;
  const query = { by: { kind: 'key', orderingKey: row.orderingKey }, limit: KEY_DEPTH } as const;
  // One that cannot be read blocks nobody that anybody could name.
  const readable = ledger.list({ ...query, onUnreadable: () => {} });
  return blockerOf(row, await Array.fromAsync(readable));
}

/** What Marketo answered; null for a job that has not completed, and where nothing is kept. */
export async function resultOf(
  { state }: JobRow,
  { bodies }: Pick<OperatePorts, 'bodies'>,
): Promise<unknown> {
  if (state.kind !== 'completed' || state.result === null) return null;
  const text = await bodies.load(state.result);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
