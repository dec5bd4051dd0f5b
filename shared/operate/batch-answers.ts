import { mapAhead } from '../kernel/map-ahead.ts';
import { pagesOf } from '../kernel/pages.ts';
import { entriesOf } from '../ledger/batch-entries.ts';
import { lineOf } from '../ledger/chunks.ts';
import type { EndedKind, OnUnreadable } from '../ledger/ledger.ts';
import { outcomesOf } from '../ledger/outcomes.ts';
import type { JobRow } from '../ledger/row.ts';
import { type Answer, type AnswerPorts, answerOf } from './answer.ts';
import { type BatchJson, type BatchPorts, findBatch } from './batch.ts';
import type { Obstacles } from './hold.ts';
import type { WaitingJson } from './job-json.ts';
import { waitAt } from './result.ts';
import { type WaitLimits, type WaitPorts, waitUntil } from './wait.ts';

/** The ends of a batch of which somebody may want to be told. */
export const FAILED_KINDS = ['dead-lettered', 'cancelled'] as const satisfies readonly EndedKind[];

/** What came of waiting for a batch. A pending one says why the account does nothing, if it is that. */
export type BatchWait =
  | ({ readonly kind: 'ended' } & BatchJson)
  | ({
      readonly kind: 'pending';
      readonly reason: WaitingJson['reason'] | null;
      readonly until: string | null;
    } & BatchJson);

/**
 * Waits until every job of the batch has ended that has been sent so far. A batch that no job names is waited for. One look reads
 * the index and the chunks of the batch, and no row.
 */
export async function waitForBatch(
  ports: BatchPorts & WaitPorts & { readonly obstacles: () => Promise<Obstacles> },
  batch: string,
  limits: WaitLimits,
  onLook: (seen: BatchJson) => void = () => {},
): Promise<BatchWait> {
  let last: BatchJson = { batch, total: 0, completed: 0, deadLettered: 0, cancelled: 0, waiting: 0 };
  const look = async (): Promise<BatchJson | null> => {
    const seen = await findBatch(ports, batch);
    if (seen === null) return null;
    last = seen;
    onLook(seen);
    return seen.waiting === 0 ? seen : null;
  };
  const ended = await waitUntil(look, ports, limits);
  if (ended !== null) return { kind: 'ended', ...ended };
  const wait = waitAt((await ports.obstacles()).holds);
  return { kind: 'pending', ...last, reason: wait?.reason ?? null, until: wait?.until ?? null };
}

/** Keys of one BatchGetItem. */
const PAGE = 100;

/**
 * How the jobs of a batch have ended that ended in one of these ways, by their lines, then by their ids. What an index does not say
 * yet is read, so that none is missing of those that had ended when this began.
 */
export async function* batchAnswers<Kind extends EndedKind>(
  ports: BatchPorts & AnswerPorts,
  batch: string,
  wanted: readonly Kind[],
  onUnreadable?: OnUnreadable,
): AsyncGenerator<Extract<Answer, { readonly kind: Kind }>> {
  const isWanted = (outcome: string): outcome is Kind => wanted.some((kind) => kind === outcome);
  const outcomes = await outcomesOf(batch, entriesOf(ports, batch));
  const jobIds = [...outcomes].filter(([, outcome]) => outcome === 'open' || isWanted(outcome));
  const rows = rowsOf(ports, inOrder(jobIds.map(([jobId]) => jobId)), onUnreadable);
  const read = async (row: JobRow): Promise<Answer | null> => {
    if (row.batch !== batch || !isWanted(row.state.kind)) return null;
    try {
      return await answerOf(ports, row);
    } catch (error) {
      if (onUnreadable === undefined) throw error;
      onUnreadable(row.jobId, error);
      return null;
    }
  };
  for await (const answer of mapAhead(rows, read)) {
    if (answer !== null && isOneOf(answer, wanted)) yield answer;
  }
}

const isOneOf = <Kind extends EndedKind>(
  answer: Answer,
  kinds: readonly Kind[],
): answer is Extract<Answer, { readonly kind: Kind }> => kinds.some((kind) => kind === answer.kind);

async function* rowsOf(
  { ledger }: BatchPorts,
  jobIds: readonly string[],
  onUnreadable: OnUnreadable | undefined,
): AsyncGenerator<JobRow> {
  for (const page of pagesOf(jobIds, PAGE)) {
    const rows = await ledger.getAll(page, onUnreadable);
    const byId = new Map(rows.map((row) => [row.jobId, row]));
    for (const jobId of page) {
      const row = byId.get(jobId);
      if (row !== undefined) yield row;
    }
  }
}

function inOrder(jobIds: readonly string[]): readonly string[] {
  const placed = jobIds.map((jobId) => ({ jobId, line: lineOf(jobId)?.line ?? Number.POSITIVE_INFINITY }));
  placed.sort((a, b) => (a.line === b.line ? (a.jobId < b.jobId ? -1 : 1) : a.line - b.line));
  return placed.map(({ jobId }) => jobId);
}
