import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { absent, type Copy, type Documents, UnansweredWrite } from '../kernel/document.ts';
import { randomToken } from '../kernel/random.ts';
import { type DocumentSchema, type Fields, schemaNumber, upgraded } from './document-schema.ts';
import { ATTRIBUTE, type ItemKey } from './dynamo-table.ts';

/** The table, as every adapter in this folder is given it. */
export interface DynamoTable {
  readonly client: DynamoDBClient;
  readonly table: string;
}

export type Item = Record<string, AttributeValue>;

/** How documents of one kind lie in the table. */
export interface DocumentKind<T> {
  readonly schema: DocumentSchema<T>;
  readonly keyOf: (id: string) => ItemKey;
  /** What indexes and expiry need of a value, beside its keys. */
  readonly attributes: (value: T) => Item;
}

/**
 * Longer documents are gzipped: a write unit pays for 1 KB, of which the keys and the envelope of an item take some 300 bytes.
 * Letters with their exchange inline shrink tenfold.
 */
const PLAIN_BYTES = 700;

/** DynamoDB refuses items past 400 KB; the rest is room for keys, index attributes and a letter's summary. */
const MOST_BYTES = 380 * 1024;

/** A document that DynamoDB cannot hold, whatever is tried: long texts belong into `Bodies`. */
export class DocumentTooLarge extends Error {
  override readonly name = 'DocumentTooLarge';
}

/** Documents of one kind under compare-and-swap. */
export function dynamoDocuments<T>(at: DynamoTable, kind: DocumentKind<T>): Documents<T> {
  const read = (id: string) => readCopy(at, kind, id);
  return {
    read,
    get: async (id) => (await read(id)).value,
    async change(target, reduce) {
      let copy = typeof target === 'string' ? await read(target) : target;
      for (;;) {
        const value = reduce(copy.value);
        if (value === null) return { kind: 'left', copy };
        const next: Copy<T> = { id: copy.id, value, version: copy.version + 1, token: randomToken() };
        const inTheWay = await write(at, kind, next);
        if (inTheWay === null) return { kind: 'written', copy: next };
        copy = inTheWay;
      }
    },
  };
}

/** Writes over the version before; answers null, or what is stored instead. */
async function write<T>(
  at: DynamoTable,
  kind: DocumentKind<T>,
  next: Copy<T>,
): Promise<Copy<T | null> | null> {
  const Item = itemOf(kind, next);
  try {
    await at.client.send(new PutItemCommand({ TableName: at.table, Item, ...onlyAfter(next.version - 1) }));
    return null;
  } catch (error) {
    return whatIsStored(at, kind, next, error);
  }
}

/**
 * Whatever went wrong, the item itself says what happened: a condition can fail because our own earlier try was applied
 * and only its reply was lost. If the item is still the one to be replaced, the write may yet arrive.
 */
async function whatIsStored<T>(
  at: DynamoTable,
  kind: DocumentKind<T>,
  next: Copy<T>,
  error: unknown,
): Promise<Copy<T | null> | null> {
  const refused = error instanceof ConditionalCheckFailedException;
  const stored = await readCopy(at, kind, next.id).catch((unreadable: unknown) => {
    throw refused ? unreadable : new UnansweredWrite(next, error);
  });
  if (stored.token === next.token) return null;
  if (refused || stored.version !== next.version - 1) return stored;
  throw new UnansweredWrite(next, error);
}

/** Strongly consistent. */
async function readCopy<T>(at: DynamoTable, kind: DocumentKind<T>, id: string): Promise<Copy<T | null>> {
  const { Item } = await at.client.send(
    new GetItemCommand({ TableName: at.table, Key: keyItem(kind.keyOf(id)), ConsistentRead: true }),
  );
  if (Item === undefined) return absent(id);
  return {
    id,
    value: decodeDocument(kind.schema, Item),
    version: Number(Item[ATTRIBUTE.version]?.N ?? 0),
    token: Item[ATTRIBUTE.writeToken]?.S ?? '',
  };
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

/** The whole item of a document. Throws a `DocumentTooLarge` for what no item can hold. */
export function itemOf<T>(kind: DocumentKind<T>, { id, value, version, token }: Copy<T>): Item {
  return {
    ...encodeValue(kind.schema, value),
    [ATTRIBUTE.version]: { N: String(version) },
    [ATTRIBUTE.writeToken]: { S: token },
    ...kind.attributes(value),
    ...keyItem(kind.keyOf(id)),
  };
}

/** The value with its schema number. */
export function encodeValue<T>(schema: DocumentSchema<T>, value: T): Item {
  const text = JSON.stringify(schema.form === undefined ? value : schema.form.pack(value));
  const plain = Buffer.byteLength(text) <= PLAIN_BYTES;
  const content: AttributeValue = plain ? { S: text } : { B: gzipSync(text) };
  if (content.B !== undefined && content.B.length > MOST_BYTES) {
    throw new DocumentTooLarge(`a document of ${content.B.length} bytes (gzipped) cannot be stored`);
  }
  return {
    [plain ? ATTRIBUTE.document : ATTRIBUTE.gzipped]: content,
    [ATTRIBUTE.schema]: { N: String(schemaNumber(schema)) },
  };
}

/** The one place where stored bytes become a type: what the number says is what the upgrades made of it. */
export function decodeDocument<T>(schema: DocumentSchema<T>, item: Item): T {
  const gzipped = item[ATTRIBUTE.gzipped]?.B;
  const text = gzipped === undefined ? item[ATTRIBUTE.document]?.S : gunzipSync(gzipped).toString('utf8');
  const id = item['pk']?.S ?? '?';
  if (text === undefined) throw new Error(`the item ${id} holds no document`);
  const number = Number(item[ATTRIBUTE.schema]?.N ?? 0);
  return upgraded(schema, number, JSON.parse(text) as Fields, id) as T;
}
