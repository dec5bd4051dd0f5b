import { ownKeyOf } from '../job/ordering-key.ts';
import type { JobRow } from '../ledger/row.ts';
import { type Obstacles, obstaclesNow } from './hold.ts';
import { type JobJson, jobJson } from './job-json.ts';
import type { OperatePorts } from './ports.ts';
import { rowFromChunk } from './sent-jobs.ts';
import { blockerOf } from './waiting.ts';

export type JobPorts = Pick<
  OperatePorts,
  'ledger' | 'chunks' | 'bodies' | 'budgetStore' | 'limits' | 'clock'
>;

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

/** A job as it stands among the others. `result` undefined: it is not loaded. */
export async function jsonOf(
  row: JobRow,
  ports: JobPorts,
  obstacles: Obstacles,
  result: unknown,
): Promise<JobJson> {
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
