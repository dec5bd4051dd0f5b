import { errorText } from '../kernel/error-text.ts';
import { isEndedKind, type JobQuery, type OnUnreadable } from '../ledger/ledger.ts';
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

/** The newest jobs that fit, with why they wait and without their results. */
export async function listJobs(ports: JobPorts, filter: JobFilter, limit: number): Promise<JobList> {
  const obstacles = await obstaclesNow(ports);
  const found: FoundJob[] = [];
  const listed = new Set<string>();
  const unreadable = new Map<string, string>();
  let cutShort = 0;
  const onUnreadable = (jobId: string, error: unknown): void => void unreadable.set(jobId, errorText(error));
  for (const rows of sourcesFor(ports, filter, limit, onUnreadable, (jobId) => listed.has(jobId))) {
    let left = limit;
    let read = 0;
    for await (const row of rows) {
      listed.add(row.jobId);
      read += 1;
      if (left === 0 || read > MOST_READ) break;
      if (filter.batch !== undefined && row.batch !== filter.batch) continue;
      // Left out rather than null, which would say that there is none.
      const notLoaded = row.state.kind === 'completed' && row.state.result !== null ? undefined : null;
      const json = await jsonOf(row, ports, obstacles, notLoaded);
      if (filter.state !== undefined && json.state !== filter.state) continue;
      found.push({ row, json });
      left -= 1;
    }
    if (read > MOST_READ) cutShort += 1;
  }
  const jobs = found.sort((a, b) => b.row.enqueuedAt - a.row.enqueuedAt).slice(0, limit);
  return { jobs, cutShort, unreadable: [...unreadable].map(([jobId, message]) => ({ jobId, message })) };
}

/** What a word of the contract may stand for in the ledger: a queued row waits while the account is closed. */
const KINDS: Readonly<Record<JobStateName, readonly JobRow['state']['kind'][]>> = {
  queued: ['queued', 'waiting'],
  waiting: ['waiting', 'parked', 'queued', 'running'],
  running: ['running', 'decided'],
  completed: ['completed'],
  'dead-lettered': ['dead-lettered'],
  cancelled: ['cancelled'],
};

function sourcesFor(
  ports: JobPorts,
  filter: JobFilter,
  limit: number,
  onUnreadable: OnUnreadable,
  isListed: (jobId: string) => boolean,
): readonly AsyncIterable<JobRow>[] {
  const { lead, batch, state } = filter;
  const rows = queriesFor(filter, limit).map((query) => ports.ledger.list({ ...query, onUnreadable }));
  const ended = state !== undefined && isEndedKind(state);
  // What has ended is in the index of its batch; what has not may have no row yet.
  if (batch === undefined || lead !== undefined || ended) return rows;
  return [...rows, rowsFromChunks(ports, batch, isListed, onUnreadable)];
}

function queriesFor({ lead, batch, state }: JobFilter, limit: number): readonly JobQuery[] {
  const filtered = state !== undefined || (lead !== undefined && batch !== undefined);
  const most = filtered ? MOST_READ + 1 : limit;
  if (lead !== undefined) return [{ by: { kind: 'key', orderingKey: keyOf(lead) }, limit: most }];
  if (batch !== undefined) {
    // Of what has ended no more need be read than is shown, however many of the batch have not.
    const ended = state !== undefined && isEndedKind(state) ? state : undefined;
    return [{ by: { kind: 'batch', batch, ended }, limit: ended === undefined ? most : limit }];
  }
  if (state === undefined) return [{ by: { kind: 'all' }, limit: most }];
  const limited = KINDS[state].length === 1 ? limit : most;
  return KINDS[state].map((kind) => ({ by: { kind: 'state', state: kind }, limit: limited }));
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
  const query = { by: { kind: 'key', orderingKey: row.orderingKey }, limit: KEY_DEPTH } as const;
  // One that cannot be read blocks nobody that anybody could name.
  const readable = ledger.list({ ...query, onUnreadable: () => {} });
  return blockerOf(row, await Array.fromAsync(readable));
}

async function resultOf({ state }: JobRow, { bodies }: JobPorts): Promise<unknown> {
  if (state.kind !== 'completed' || state.result === null) return null;
  const text = await bodies.load(state.result);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
