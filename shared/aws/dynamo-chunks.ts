import { DEFAULT_RETENTION_MS } from '../config/limits.ts';
import { batchKey, type Chunk, type Chunks, chunkKeepMs, lastSentAt } from '../ledger/chunks.ts';
import { CHUNK_SCHEMA } from './document-schema.ts';
import {
  type DocumentKind,
  type DynamoTable,
  decodeDocument,
  dynamoDocuments,
  expiry,
} from './dynamo-document.ts';
import { readPartition, scanKind } from './dynamo-query.ts';
import { ATTRIBUTE, chunkIdOf, chunkKey } from './dynamo-table.ts';

/** The attribute `kind` of a chunk's item, by which a scan finds it. */
const CHUNK_KIND = 'chunk';

/** Chunks in DynamoDB: those of a batch lie in one partition of the table, an item each of some 5 KB, gzipped. */
export function dynamoChunks(at: DynamoTable, retentionMs: number = DEFAULT_RETENTION_MS): Chunks {
  return {
    ...dynamoDocuments(at, chunkDocuments(retentionMs)),
    ofBatch: (batch) => chunksOf(at, batch),
    ids: () => idsOf(at),
  };
}

const chunkDocuments = (retentionMs: number): DocumentKind<Chunk> => ({
  schema: CHUNK_SCHEMA,
  keyOf: chunkKey,
  attributes: (chunk) => ({
    [ATTRIBUTE.kind]: { S: CHUNK_KIND },
    ...expiry(lastSentAt(chunk) + chunkKeepMs(retentionMs)),
  }),
});

async function* chunksOf(at: DynamoTable, batch: string): AsyncGenerator<Chunk> {
  for await (const item of readPartition(at, chunkKey(`${batchKey(batch)}/`).pk))
    yield decodeDocument(CHUNK_SCHEMA, item);
}

async function* idsOf(at: DynamoTable): AsyncGenerator<string> {
  for await (const { pk, sk } of scanKind(at, CHUNK_KIND, ['pk', 'sk'])) {
    yield chunkIdOf({ pk: pk?.S ?? '', sk: sk?.S ?? '' });
  }
}
