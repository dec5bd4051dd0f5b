import { type ImportBatch, type ImportRow, type Instance, takeId } from './instance.ts';
import { addMember } from './lists.ts';
import { Refusal } from './refusal.ts';
import { syncLead } from './sync-lead.ts';

/** Imports that run at once, and that wait with them (docs/marketo-facts.md). */
const MOST_RUNNING = 2;
const MOST_OPEN = 12;
/** For so long an import is known by its number. */
const KNOWN_MS = 7 * 24 * 3_600_000;

export type ImportStatus = 'Queued' | 'Importing' | 'Complete';

type NewBatch = Pick<ImportBatch, 'listId' | 'partition' | 'header' | 'separator' | 'rows'>;

/** Takes an import in. It waits for its turn, runs, and its rows are written at its end. */
export function acceptImport(instance: Instance, batch: NewBatch, now: number): ImportBatch {
  const open = [...instance.batches.values()].filter(({ endsAt }) => endsAt > now);
  if (open.length >= MOST_OPEN) throw new Refusal('imports-full', 'Too many imports');
  if (batch.listId !== null && open.some(({ listId }) => listId === batch.listId))
    throw new Refusal('list-busy', 'Import in progress');
  const startsAt = Math.max(now + instance.importMs.queued, freePlaceAt(open));
  const endsAt = startsAt + instance.importMs.importing;
  const accepted = { id: takeId(instance), ...batch, startsAt, endsAt, outcome: null };
  instance.batches.set(accepted.id, accepted);
  return accepted;
}

/** When the next of the places is free: with n places, when the nth last to end has ended. */
function freePlaceAt(open: readonly ImportBatch[]): number {
  const ends = open.map(({ endsAt }) => endsAt).toSorted((one, other) => one - other);
  return ends.at(-MOST_RUNNING) ?? 0;
}

export function importById(instance: Instance, id: number, now: number): ImportBatch {
  const batch = instance.batches.get(id);
  if (batch === undefined || now > batch.endsAt + KNOWN_MS)
    throw new Refusal('import-not-found', `Batch '${id}' not found`);
  return batch;
}

export function statusOf({ startsAt, endsAt }: ImportBatch, now: number): ImportStatus {
  if (now < startsAt) return 'Queued';
  return now < endsAt ? 'Importing' : 'Complete';
}

/** Writes the rows of every import that has ended by `now`, as of its own end: whoever looks first, the result is the same. */
export function settleImports(instance: Instance, now: number): void {
  const ended = [...instance.batches.values()].filter(
    ({ outcome, endsAt }) => outcome === null && endsAt <= now,
  );
  for (const batch of ended.toSorted((one, other) => one.endsAt - other.endsAt)) settle(instance, batch);
}

function settle(instance: Instance, batch: ImportBatch): void {
  const failures = batch.rows.flatMap((row) => {
    const reason = importRow(instance, batch, row);
    return reason === null ? [] : [{ raw: row.raw, reason }];
  });
  batch.outcome = { imported: batch.rows.length - failures.length, failures };
}

/** Why a row failed, or null. A row that is found by id is updated only. */
function importRow(instance: Instance, batch: ImportBatch, row: ImportRow): string | null {
  if (row.kind === 'bad') return row.reason;
  const { lookup, record } = row;
  const action = lookup.field === 'id' ? 'updateOnly' : 'createOrUpdate';
  try {
    const { lead } = syncLead(instance, action, lookup, record, batch.partition, batch.endsAt);
    const list = instance.lists.get(batch.listId ?? 0);
    if (list !== undefined) addMember(instance, list, lead.id, batch.endsAt);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
