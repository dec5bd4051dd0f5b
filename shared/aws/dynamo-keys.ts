import { sha256Hex } from '../kernel/hash.ts';
import { SHARDS } from './dynamo-table.ts';

/** The primary key of an item. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const rowKey = (jobId: string): ItemKey => ({ pk: `job#${jobId}`, sk: 'row' });
export const letterKey = (letterId: string): ItemKey => ({ pk: `letter#${letterId}`, sk: 'head' });
export const budgetKey = (account: string): ItemKey => ({ pk: `budget#${account}`, sk: 'state' });
/** Hashed: an ordering key may hold an e-mail address, and keys end up in logs, metrics and consoles. */
export const markKey = (orderingKey: string): ItemKey => ({
  pk: `mark#${sha256Hex(orderingKey)}`,
  sk: 'mark',
});

/** Wide enough for every date that JavaScript knows, so that text order is time order. */
export const timeKey = (at: number): string => String(Math.max(0, Math.trunc(at))).padStart(16, '0');

/** SQS's sequence numbers have up to 20 digits; a job without one sorts first. */
export const sequenceKey = (sequenceNumber: string | null): string =>
  (sequenceNumber ?? '').padStart(20, '0');

/** The same id is always in the same shard, so that moving between states replaces one index entry. */
export const shardOf = (id: string): string =>
  String(Number.parseInt(sha256Hex(id).slice(0, 8), 16) % SHARDS);

export const allShards = (prefix: string): readonly string[] =>
  Array.from({ length: SHARDS }, (_, shard) => `${prefix}#${shard}`);
