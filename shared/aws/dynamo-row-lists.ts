import { TABLE } from '../config/names.ts';
import { assertNever } from '../kernel/assert-never.ts';
import { mergeSorted } from '../kernel/merge-sorted.ts';
import {
  type BatchEntry,
  ENDED_KINDS,
  type IndexedState,
  type JobQuery,
  type OnUnreadable,
} from '../ledger/ledger.ts';
import type { JobRow } from '../ledger/row.ts';
import type { DynamoTable, Item } from './dynamo-document.ts';
import { readItems, readRange } from './dynamo-query.ts';
import { batchPartition, keyPartition, OUTCOMES, rowOf } from './dynamo-row.ts';
import { allShards, type ItemKey, jobIdOf, rowKey, timeKey } from './dynamo-table.ts';

/** An index entry: where the row is, and what it is sorted by among the others. */
interface Entry {
  readonly key: ItemKey;
  readonly sort: string;
}

/** The first read is small, because most lists are read for their head; later ones are as large as DynamoDB allows. */
const PAGE = 100;

const newestFirst = (a: Entry, b: Entry): number => (a.sort < b.sort ? 1 : a.sort > b.sort ? -1 : 0);
const earliestFirst = (a: Entry, b: Entry): number => newestFirst(b, a);

/** Jobs of a query, newest first. Rows are read from the table, so an index that lags shows no stale row. */
export function listRows(at: DynamoTable, query: JobQuery): AsyncIterable<JobRow> {
  const { limit, except, onUnreadable } = query;
  const entries = mergeSorted(entriesOf(at, query), newestFirst);
  const known = except === undefined ? [] : [rowKey(except).pk];
  return readRows(at, entries, limit, (row) => matches(row, query), onUnreadable, known);
}

/** Parked jobs whose time has come, earliest first. */
export async function dueRows(
  at: DynamoTable,
  now: number,
  limit: number,
  onUnreadable?: OnUnreadable,
): Promise<readonly JobRow[]> {
  const before = timeKey(now + 1);
  const entries = allShards('parked').map((partition) =>
    stateEntries(at, partition, { newestFirst: false, before, firstPage: pageFor(limit) }, (sort) => sort),
  );
  const isDue = ({ state }: JobRow) => state.kind === 'parked' && state.until <= now;
  return Array.fromAsync(readRows(at, mergeSorted(entries, earliestFirst), limit, isDue, onUnreadable));
}

/** How many entries the index has of parked jobs; no row is read. */
export async function countParkedRows(at: DynamoTable): Promise<number> {
  const shards = allShards('parked').map(async (partition) => {
    let entries = 0;
    const only = [TABLE.indexes.byState.sortKey];
    const range = {
      index: TABLE.indexes.byState,
      partition,
      newestFirst: false,
      firstPage: COUNT_PAGE,
      only,
    };
    for await (const _ of readRange(at, range)) entries += 1;
    return entries;
  });
  return (await Promise.all(shards)).reduce((all, some) => all + some, 0);
}

/** All of them are wanted, so a page is as large as DynamoDB makes it: 1 MB. */
const COUNT_PAGE = 10_000;

/** The entries of a batch, a shard after another. */
export async function* batchEntries(at: DynamoTable, batch: string): AsyncGenerator<BatchEntry> {
  for (const partition of allShards(batchPartition(batch))) {
    for await (const { key, sort } of batchRange(at, partition, '', { firstPage: COUNT_PAGE })) {
      yield { jobId: jobIdOf(key.pk), outcome: outcomeAt(sort) };
    }
  }
}

function outcomeAt(sort: string): BatchEntry['outcome'] {
  const found = OUTCOME_KINDS.find((outcome) => sort.startsWith(`${OUTCOMES[outcome]}#`));
  if (found === undefined)
    throw new Error(`the index of a batch has an entry of an unknown outcome: ${sort}`);
  return found;
}

function entriesOf(at: DynamoTable, { by, limit, upTo }: JobQuery): readonly AsyncIterable<Entry>[] {
  const part = { firstPage: pageFor(limit), upTo };
  switch (by.kind) {
    case 'key':
      return [keyEntries(at, by.orderingKey, part)];
    case 'batch':
      return (by.ended === undefined ? OUTCOME_KINDS : [by.ended]).flatMap((outcome) =>
        allShards(batchPartition(by.batch)).map((partition) =>
          batchRange(at, partition, `${OUTCOMES[outcome]}#`, part),
        ),
      );
    case 'state':
      return stateOf(at, by.state, part);
    default:
      return assertNever(by);
  }
}

function matches(row: JobRow, { by }: JobQuery): boolean {
  if (by.kind === 'batch') return by.ended === undefined || row.state.kind === by.ended;
  return by.kind !== 'state' || row.state.kind === by.state;
}

const OUTCOME_KINDS = ['open', ...ENDED_KINDS] as const;

const pageFor = (limit: number): number => Math.max(1, Math.min(PAGE, limit));

/** How much of an index is wanted. */
interface Part {
  readonly firstPage: number;
  readonly upTo?: number | undefined;
}

async function* keyEntries(at: DynamoTable, orderingKey: string, part: Part): AsyncGenerator<Entry> {
  const index = TABLE.indexes.byKey;
  const { firstPage } = part;
  const range = {
    index,
    partition: keyPartition(orderingKey),
    newestFirst: true,
    ...beforeOf(part),
    firstPage,
  };
  for await (const item of readRange(at, range)) yield entry(item, text(item, index.sortKey));
}

async function* batchRange(
  at: DynamoTable,
  partition: string,
  prefix: string,
  { firstPage, upTo }: Part,
): AsyncGenerator<Entry> {
  const index = TABLE.indexes.byBatch;
  const begins = prefix === '' ? {} : { prefix };
  const ends = upTo === undefined ? {} : { before: prefix + timeKey(upTo) };
  const range = { index, partition, ...begins, ...ends, newestFirst: true, firstPage };
  for await (const item of readRange(at, range)) {
    yield entry(item, text(item, index.sortKey).slice(prefix.length));
  }
}

async function* stateEntries(
  at: DynamoTable,
  partition: string,
  range: { readonly newestFirst: boolean; readonly before?: string; readonly firstPage: number },
  sortOf: (sortKey: string) => string,
): AsyncGenerator<Entry> {
  const index = TABLE.indexes.byState;
  for await (const item of readRange(at, { index, partition, ...range })) {
    yield entry(item, sortOf(text(item, index.sortKey)));
  }
}

const beforeOf = ({ upTo }: Part): { readonly before?: string } =>
  upTo === undefined ? {} : { before: timeKey(upTo + 1) };

function stateOf(at: DynamoTable, kind: IndexedState, part: Part): readonly AsyncIterable<Entry>[] {
  if (kind === 'parked') return [parkedEntries(at, part)];
  const { firstPage } = part;
  return allShards(kind).map((partition) =>
    stateEntries(at, partition, { newestFirst: true, ...beforeOf(part), firstPage }, (sort) => sort),
  );
}

/** Their index is in the order of their due times, so all of their keys are read before the newest is known. */
async function* parkedEntries(at: DynamoTable, part: Part): AsyncGenerator<Entry> {
  const enqueued = (sort: string) => sort.split('#').slice(2).join('#');
  const shards = await Promise.all(
    allShards('parked').map((partition) =>
      Array.fromAsync(stateEntries(at, partition, { newestFirst: true, firstPage: PAGE }, enqueued)),
    ),
  );
  const { before } = beforeOf(part);
  yield* shards
    .flat()
    .filter(({ sort }) => before === undefined || sort < before)
    .sort(newestFirst);
}

/** Turns entries into rows, a page at a time, until `limit` rows that `wanted` accepts were given. */
async function* readRows(
  at: DynamoTable,
  entries: AsyncIterable<Entry>,
  limit: number,
  wanted: (row: JobRow) => boolean,
  onUnreadable: OnUnreadable | undefined,
  known: readonly string[] = [],
): AsyncGenerator<JobRow> {
  // A job that changes its state between two reads would be met under both.
  const seen = new Set(known);
  let left = limit;
  if (left <= 0) return;
  let page: ItemKey[] = [];
  for await (const { key } of entries) {
    if (seen.has(key.pk)) continue;
    seen.add(key.pk);
    page.push(key);
    if (page.length < pageFor(left)) continue;
    for (const row of (await rowsOf(at, page, onUnreadable)).filter(wanted)) {
      yield row;
      left -= 1;
    }
    if (left <= 0) return;
    page = [];
  }
  yield* (await rowsOf(at, page, onUnreadable)).filter(wanted);
}

async function rowsOf(
  at: DynamoTable,
  keys: readonly ItemKey[],
  onUnreadable: OnUnreadable | undefined,
): Promise<readonly JobRow[]> {
  return (await readItems(at, keys)).flatMap((item) => rowOf(item, onUnreadable) ?? []);
}

const entry = (item: Item, sort: string): Entry => ({
  key: { pk: text(item, TABLE.partitionKey), sk: text(item, TABLE.sortKey) },
  sort,
});

function text(item: Item, attribute: string): string {
  const value = item[attribute]?.S;
  if (value === undefined) throw new Error(`an index entry lacks the attribute ${attribute}`);
  return value;
}
