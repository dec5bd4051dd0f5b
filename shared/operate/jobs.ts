import { errorText } from '../kernel/error-text.ts';
import type { JobQuery } from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import { type Obstacles, obstaclesNow } from './hold.ts';
import { type JobJson, type JobStateName, jobJson } from './job-json.ts';
import type { OperatePorts } from './ports.ts';
import { blockerOf } from './waiting.ts';

type JobPorts = Pick<OperatePorts, 'ledger' | 'bodies' | 'budgetStore' | 'limits' | 'clock'>;

/** A job as it is kept and as every program outside sees it. */
export interface FoundJob {
  readonly row: JobRow;
  readonly json: JobJson;
}

/** One job with what Marketo answered; null if the ledger has none of this id. */
export async function findJob(ports: JobPorts, jobId: string): Promise<FoundJob | null> {
  const row = await ports.ledger.get(jobId);
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
  const unreadable = new Map<string, string>();
  let cutShort = 0;
  for (const query of queriesFor(filter, limit)) {
    let left = limit;
    let read = 0;
    const onUnreadable = (jobId: string, error: unknown): void =>
      void unreadable.set(jobId, errorText(error));
    for await (const row of ports.ledger.list({ ...query, onUnreadable })) {
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
};

function queriesFor({ lead, batch, state }: JobFilter, limit: number): readonly JobQuery[] {
  const filtered = state !== undefined || (lead !== undefined && batch !== undefined);
  const most = filtered ? MOST_READ + 1 : limit;
  if (lead !== undefined) return [{ by: { kind: 'key', orderingKey: keyOf(lead) }, limit: most }];
  if (batch !== undefined) {
    // Of what has ended no more need be read than is shown, however many of the batch have not.
    const ended = state === 'completed' || state === 'dead-lettered' ? state : undefined;
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

/** How far a batch is. */
interface BatchJson {
  readonly batch: string;
  readonly total: number;
  readonly completed: number;
  readonly deadLettered: number;
  readonly waiting: number;
}

/** Null for a batch that no job names. */
export async function findBatch(
  { ledger }: Pick<OperatePorts, 'ledger'>,
  batch: string,
): Promise<BatchJson | null> {
  const { total, completed, deadLettered } = await ledger.countBatch(batch);
  if (total === 0) return null;
  return { batch, total, completed, deadLettered, waiting: total - completed - deadLettered };
}
