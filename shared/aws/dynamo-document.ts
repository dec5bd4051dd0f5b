import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ItemKey } from './dynamo-keys.ts';
import { ATTRIBUTE } from './dynamo-table.ts';

/** The table, as every adapter in this folder is given it. */
export interface DynamoTable {
  readonly client: DynamoDBClient;
  readonly table: string;
}

export type Item = Record<string, AttributeValue>;

/** What every document carries for compare-and-swap. */
export interface Versioned {
  readonly version: number;
  readonly writeToken: string;
}

export type Swap<T> = { readonly kind: 'written' } | { readonly kind: 'conflict'; readonly stored: T | null };

/** Longer documents are gzipped: a write unit pays for 1 KB, and letters with their exchange inline shrink tenfold. */
const PLAIN_BYTES = 8 * 1024;

/** DynamoDB refuses items past 400 KB; the rest is room for keys, index attributes and a letter's summary. */
const MOST_BYTES = 380 * 1024;

/** A document that DynamoDB cannot hold, whatever is tried: long texts belong into `Bodies`. */
export class DocumentTooLarge extends Error {
  override readonly name = 'DocumentTooLarge';
}

/**
 * Writes `next` if the stored version is the one before it, or if nothing is stored and it is the first.
 * Whatever went wrong, the item itself says what happened: a condition can fail because our own earlier try was
 * applied and only its reply was lost, and a time-out says nothing at all. If the item is still the one we wanted to
 * replace, the error stands.
 */
export async function swapDocument<T extends Versioned>(
  at: DynamoTable,
  key: ItemKey,
  next: T,
  attributes: Item,
): Promise<Swap<T>> {
  const item = { ...encodeDocument(next), ...attributes, ...keyItem(key) };
  try {
    await at.client.send(
      new PutItemCommand({ TableName: at.table, Item: item, ...onlyAfter(next.version - 1) }),
    );
    return { kind: 'written' };
  } catch (error) {
    return judgeFailure(at, key, next, error);
  }
}

async function judgeFailure<T extends Versioned>(
  at: DynamoTable,
  key: ItemKey,
  next: T,
  error: unknown,
): Promise<Swap<T>> {
  const refused = error instanceof ConditionalCheckFailedException;
  const stored = await readDocument<T>(at, key).catch((unreadable: unknown) => {
    throw refused ? unreadable : error;
  });
  if (stored?.writeToken === next.writeToken) return { kind: 'written' };
  if (refused || (stored?.version ?? 0) !== next.version - 1) return { kind: 'conflict', stored };
  throw error;
}

/** Strongly consistent; null if there is none. */
export async function readDocument<T>(at: DynamoTable, key: ItemKey): Promise<T | null> {
  const { Item } = await at.client.send(
    new GetItemCommand({ TableName: at.table, Key: keyItem(key), ConsistentRead: true }),
  );
  return Item === undefined ? null : decodeDocument<T>(Item);
}

export async function removeItem(at: DynamoTable, key: ItemKey): Promise<void> {
  await at.client.send(new DeleteItemCommand({ TableName: at.table, Key: keyItem(key) }));
}

export const keyItem = (key: ItemKey): Item => ({ pk: { S: key.pk }, sk: { S: key.sk } });

/** The TTL attribute: epoch seconds, rounded up so that nothing goes early; absent for what stays. */
export const expiry = (deleteAt: number | null): Item =>
  deleteAt === null ? {} : { ttl: { N: String(Math.ceil(deleteAt / 1000)) } };

function onlyAfter(version: number): Partial<PutItemCommand['input']> {
  if (version === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': ATTRIBUTE.version },
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  };
}

export function encodeDocument(document: Versioned): Item {
  const text = JSON.stringify(document);
  const plain = Buffer.byteLength(text) <= PLAIN_BYTES;
  const content: AttributeValue = plain ? { S: text } : { B: gzipSync(text) };
  if (content.B !== undefined && content.B.length > MOST_BYTES) {
    throw new DocumentTooLarge(`a document of ${content.B.length} bytes (gzipped) cannot be stored`);
  }
  return {
    [plain ? ATTRIBUTE.document : ATTRIBUTE.gzipped]: content,
    [ATTRIBUTE.version]: { N: String(document.version) },
    [ATTRIBUTE.writeToken]: { S: document.writeToken },
  };
}

export function decodeDocument<T>(item: Item): T {
  const gzipped = item[ATTRIBUTE.gzipped]?.B;
  const text = gzipped === undefined ? item[ATTRIBUTE.document]?.S : gunzipSync(gzipped).toString('utf8');
  if (text === undefined) throw new Error(`the item ${item['pk']?.S ?? '?'} holds no document`);
  return JSON.parse(text) as T;
}
