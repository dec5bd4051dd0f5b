import { errorText } from '../kernel/error-text.ts';
import { mapAhead } from '../kernel/map-ahead.ts';
import { inPages } from '../kernel/pages.ts';
import { type Chunk, lineChunkId, lineOf, mayBeQueued } from '../ledger/chunks.ts';
import type { JobRow } from '../ledger/row.ts';
import { type Answer, type AnswerPorts, answerOf } from './answer.ts';
import { type Obstacles, obstaclesNow } from './hold.ts';
import { type JobStateName, jobJson, type WaitingJson } from './job-json.ts';
import type { OperatePorts } from './ports.ts';
import { rowIn, rowsById } from './rows-by-id.ts';

/** What is known of a job by its id and the name of its batch. */
export type RowStanding =
  | { readonly kind: 'ended'; readonly answer: Answer; readonly row: JobRow }
  | { readonly kind: 'open'; readonly state: JobStateName; readonly waiting: WaitingJson | null }
  /** Nothing tells of a job of this id in this batch. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreadable'; readonly error: string };

type RowPorts = AnswerPorts & Pick<OperatePorts, 'ledger' | 'chunks' | 'budgetStore' | 'limits' | 'clock'>;

/** Keys of one BatchGetItem. */
const PAGE = 100;

/**
 * How the job of each item stands, in the order of the items, however many there are: a page of them is read at a time, strongly
 * consistent.
 */
export async function* rowStandings<Item extends { readonly jobId: string }>(
  ports: RowPorts,
  batch: string,
  items: AsyncIterable<Item>,
): AsyncGenerator<{ readonly item: Item; readonly standing: RowStanding }> {
  const obstacles = await obstaclesNow(ports);
  for await (const page of inPages(items, PAGE)) {
    const jobIds = [...new Set(page.map(({ jobId }) => jobId))].filter((jobId) => jobId !== '');
    const rows = await rowsById(ports, jobIds);
    const sent = sentIn(ports, batch);
    yield* mapAhead(page, async (item) => {
      try {
        const row = rowIn(rows, item.jobId);
        if (row !== null) return { item, standing: await standingOf(ports, batch, row, obstacles) };
        const standing: RowStanding = (await sent(item.jobId))
          ? { kind: 'open', state: 'queued', waiting: null }
          : UNKNOWN;
        return { item, standing };
      } catch (error) {
        return { item, standing: { kind: 'unreadable', error: errorText(error) } };
      }
    });
  }
}

const UNKNOWN: RowStanding = { kind: 'unknown' };

async function standingOf(
  ports: RowPorts,
  batch: string,
  row: JobRow,
  obstacles: Obstacles,
): Promise<RowStanding> {
  if (row.batch !== batch) return UNKNOWN;
  const answer = await answerOf(ports, row);
  if (answer !== null) return { kind: 'ended', answer, row };
  const { state, waiting } = jobJson(row, { now: ports.clock(), ...obstacles, blocker: null }, null);
  return { kind: 'open', state, waiting };
}

/** Whether a chunk of the batch tells of a job that no worker has taken. The lines of a page share a chunk or two. */
function sentIn(
  { chunks, clock }: Pick<RowPorts, 'chunks' | 'clock'>,
  batch: string,
): (jobId: string) => Promise<boolean> {
  const read = new Map<string, Promise<Chunk | null>>();
  return async (jobId) => {
    const place = lineOf(jobId);
    if (place === null || place.batch !== batch) return false;
    const chunkId = lineChunkId(batch, place.line);
    const chunk = read.get(chunkId) ?? chunks.get(chunkId);
    read.set(chunkId, chunk);
    return (await chunk)?.jobs.some((job) => job.id === jobId && mayBeQueued(job, clock())) === true;
  };
}
