import { isoTime } from '../kernel/clock.ts';
import { lastSentAt } from '../ledger/chunks.ts';
import { type BatchJson, type BatchPorts, findBatch } from './batch.ts';

/** A batch in a list. */
export interface ListedBatch extends BatchJson {
  /** About when its jobs were sent: of a long file, when one part of it was. */
  readonly sentAt: string;
}

interface BatchList {
  readonly batches: readonly ListedBatch[];
  /** Batches whose name is no beginning of an id and of which no worker has taken a job: nothing says how they are called. */
  readonly unnamed: number;
  /** How many older ones there are. */
  readonly left: number;
}

/**
 * The batches that were sent last, newest first, with how far they are. Known are those that a library or a command of ours has sent,
 * for as long as their chunks are kept. Reads the keys of the whole table.
 */
export async function listBatches(ports: BatchPorts, limit: number): Promise<BatchList> {
  const chunkIds = new Map<string, string>();
  for await (const id of ports.chunks.ids()) chunkIds.set(keyOf(id), id);
  const found: { readonly batch: string; readonly at: number }[] = [];
  let unnamed = 0;
  for (const [key, chunkId] of chunkIds) {
    const chunk = await ports.chunks.get(chunkId);
    if (chunk === null) continue;
    const batch = key.startsWith('#')
      ? await nameByRow(
          ports,
          chunk.jobs.map(({ id }) => id),
        )
      : key;
    if (batch === null) unnamed += 1;
    else found.push({ batch, at: lastSentAt(chunk) });
  }
  found.sort((a, b) => b.at - a.at);
  const batches: ListedBatch[] = [];
  for (const { batch, at } of found.slice(0, limit)) {
    const progress = await findBatch(ports, batch);
    if (progress !== null) batches.push({ ...progress, sentAt: isoTime(at) });
  }
  return { batches, unnamed, left: Math.max(0, found.length - limit) };
}

/** Of a chunk's id: the batch as a key has it. */
const keyOf = (chunkId: string): string => chunkId.slice(0, chunkId.indexOf('/'));

/** Jobs are taken in their order, more or less: if none of the first has a row, hardly one of the others has. */
const MOST_ASKED = 20;

/** A name that may not stand in a key is a hash there; the rows of its jobs have it as it is. */
async function nameByRow({ ledger }: BatchPorts, jobIds: readonly string[]): Promise<string | null> {
  const rows = await ledger.getAll(jobIds.slice(0, MOST_ASKED), () => {});
  return rows.find(({ batch }) => batch !== null)?.batch ?? null;
}
