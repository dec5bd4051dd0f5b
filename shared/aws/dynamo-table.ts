import type { CreateTableCommandInput, GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';
import { TABLE } from '../config/names.ts';
import { sha256Hex } from '../kernel/hash.ts';
import { batchKey } from '../ledger/chunks.ts';

/** Items of one index are spread over this many partitions, so that one batch or one state never makes a hot one. */
const SHARDS = 8;

/** Attribute names beside the keys. `doc` is the whole document as JSON; long ones are gzipped into `docz` instead. */
export const ATTRIBUTE = {
  document: 'doc',
  gzipped: 'docz',
  version: 'version',
  writeToken: 'writeToken',
  schema: 'schema',
  kind: 'kind',
  summary: 'summary',
} as const;

type Index = (typeof TABLE.indexes)[keyof typeof TABLE.indexes];

/**
 * The one table. Its indexes carry only keys, because such an entry is rewritten only when a key changes; rows are then read
 * from the table. `byStatus` alone carries the letter's summary, so that 100,000 letters can be grouped unread.
 */
export function tableDefinition(tableName: string): CreateTableCommandInput {
  const { byKey, byBatch, byState, byStatus } = TABLE.indexes;
  const indexes = [byKey, byBatch, byState, byStatus];
  const keys = [TABLE.partitionKey, TABLE.sortKey, ...indexes.flatMap((i) => [i.partitionKey, i.sortKey])];
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: keySchema(TABLE.partitionKey, TABLE.sortKey),
    GlobalSecondaryIndexes: [
      keysOnly(byKey),
      keysOnly(byBatch),
      keysOnly(byState),
      {
        ...keysOnly(byStatus),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [ATTRIBUTE.summary] },
      },
    ],
  };
}

const keysOnly = (index: Index): GlobalSecondaryIndex => ({
  IndexName: index.name,
  KeySchema: keySchema(index.partitionKey, index.sortKey),
  Projection: { ProjectionType: 'KEYS_ONLY' },
});

const keySchema = (partitionKey: string, sortKey: string): GlobalSecondaryIndex['KeySchema'] => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  { AttributeName: sortKey, KeyType: 'RANGE' },
];

/** The primary key of an item. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const rowKey = (jobId: string): ItemKey => ({ pk: `job#${jobId}`, sk: 'row' });
/** The id in the key of a row. */
export const jobIdOf = (pk: string): string => pk.replace(/^job#/, '');
export const letterKey = (letterId: string): ItemKey => ({ pk: `letter#${letterId}`, sk: 'head' });
/** The id in the key of a letter. */
export const letterIdOfKey = (pk: string): string => pk.replace(/^letter#/, '');
export const budgetKey = (account: string): ItemKey => ({ pk: `budget#${account}`, sk: 'state' });
export const foreignGroupsKey = (account: string): ItemKey => ({ pk: `groups#${account}`, sk: 'foreign' });
export const acknowledgementsKey = (account: string): ItemKey => ({
  pk: `acknowledged#${account}`,
  sk: 'causes',
});
/** Of a chunk's id, `<batch>/<part>`: the chunks of a batch share a partition. */
export const chunkKey = (chunkId: string): ItemKey => {
  const [batch = '', part = ''] = chunkId.split('/');
  return { pk: `chunk#${batch}`, sk: part };
};
export const chunkIdOf = ({ pk, sk }: ItemKey): string => `${pk.replace(/^chunk#/, '')}/${sk}`;
/** Of a batch that was cancelled. */
export const cancellationKey = (batch: string): ItemKey => ({
  pk: `cancelled#${batchKey(batch)}`,
  sk: 'flag',
});
/** Of a batch under way, and of one whose end was told. */
export const openBatchKey = (batch: string): ItemKey => ({ pk: `batch#${batchKey(batch)}`, sk: 'open' });
export const causesToldKey = (reader: string): ItemKey => ({ pk: `told#${reader}`, sk: 'causes' });
export const directoryKey = (copy: string): ItemKey => ({ pk: `directory#${copy}`, sk: 'copy' });
/** One part of `count`, from 0. */
export const callKey = (callId: string, part: number, count: number): ItemKey => ({
  pk: `call#${callId}`,
  sk: `${String(part).padStart(3, '0')}/${String(count).padStart(3, '0')}`,
});
/** The id in the key of a call's part. */
export const callIdOf = (pk: string): string => pk.replace(/^call#/, '');

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
