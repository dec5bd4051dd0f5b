import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DEFAULT_RETENTION_MS, INLINE_BODY_BYTES } from '../config/limits.ts';
import { TABLE } from '../config/names.ts';
import type { Bodies, BodyRef } from '../job/bodies.ts';
import { sha256Hex } from '../kernel/hash.ts';
import { type DynamoTable, expiry, type Item, keyItem, removeItem } from './dynamo-document.ts';
import { readPartition, scanKind } from './dynamo-query.ts';
import { ATTRIBUTE, type ItemKey } from './dynamo-table.ts';

/** Below DynamoDB's 400 KB per item, with room for the key. */
const PART_BYTES = 380 * 1024;

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/**
 * Long texts in DynamoDB. The parts of a text are `body#<key>` / `<digest>#<number>`: two different texts under one
 * name, written by two runs at once, never mix, and removing a name removes every text that was ever saved under it.
 */
export function dynamoBodies(at: DynamoTable, retentionMs: number = DEFAULT_RETENTION_MS): Bodies {
  return {
    save: (key, text, expiresAt) => save(at, key, text, expiresAt),
    load: (ref) => (ref.kind === 'inline' ? Promise.resolve(ref.text) : loadParts(at, ref)),
    release: async (ref, closedAt) => {
      if (ref.kind === 'parts')
        await releaseParts(at, ref, closedAt === null ? null : closedAt + retentionMs);
    },
    remove: async (ref) => {
      if (ref.kind === 'parts') await removeParts(at, parseKey(ref.key).name, '');
    },
    removeText: async (ref) => {
      if (ref.kind !== 'parts') return;
      const { name, digest } = parseKey(ref.key);
      await removeParts(at, name, `${digest}#`);
    },
    scan: () => scanTexts(at),
  };
}

type Parts = Extract<BodyRef, { kind: 'parts' }>;

async function save(at: DynamoTable, name: string, text: string, expiresAt: number | null): Promise<BodyRef> {
  if (fitsInline(text)) return { kind: 'inline', text };
  const digest = sha256Hex(text).slice(0, 16);
  const zipped = await zip(text);
  const count = Math.ceil(zipped.length / PART_BYTES);
  for (let part = 0; part < count; part += 1) {
    const content = zipped.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    const item: Item = {
      ...keyItem(partKey(name, digest, part)),
      [ATTRIBUTE.gzipped]: { B: content },
      [ATTRIBUTE.kind]: { S: PART_KIND },
      ...expiry(expiresAt),
    };
    await at.client.send(new PutItemCommand({ TableName: at.table, Item: item }));
  }
  return { kind: 'parts', key: `${name}@${digest}`, count, bytes: Buffer.byteLength(text) };
}

/** Measured as JSON, the form in which the text lies in its document: control characters and quotes take more there. */
const fitsInline = (text: string): boolean =>
  text.length <= INLINE_BODY_BYTES && Buffer.byteLength(JSON.stringify(text)) - 2 <= INLINE_BODY_BYTES;

async function loadParts(at: DynamoTable, ref: Parts): Promise<string | null> {
  const { name, digest } = parseKey(ref.key);
  const parts = await readParts(at, name, `${digest}#`);
  const contents = parts.flatMap((part) => part[ATTRIBUTE.gzipped]?.B ?? []);
  if (contents.length !== ref.count) return null;
  return (await unzip(Buffer.concat(contents))).toString('utf8');
}

/** Put again, not updated: no role that works on texts needs another right. One that was removed meanwhile stays away. */
async function releaseParts(at: DynamoTable, ref: Parts, deleteAt: number | null): Promise<void> {
  const { name, digest } = parseKey(ref.key);
  for (const { [TABLE.ttl]: _before, ...part } of await readParts(at, name, `${digest}#`)) {
    const put = new PutItemCommand({
      TableName: at.table,
      Item: { ...part, ...expiry(deleteAt) },
      ConditionExpression: 'attribute_exists(pk)',
    });
    await at.client.send(put).catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}

async function removeParts(at: DynamoTable, name: string, prefix: string): Promise<void> {
  for (const part of await readParts(at, name, prefix)) {
    await removeItem(at, { pk: part['pk']?.S ?? '', sk: part['sk']?.S ?? '' });
  }
}

const readParts = (at: DynamoTable, name: string, prefix: string): Promise<readonly Item[]> =>
  Array.fromAsync(readPartition(at, partition(name), prefix));

/** The keys alone: the texts themselves are loaded by whoever wants them. */
async function* scanTexts(at: DynamoTable): AsyncGenerator<Parts> {
  const texts = new Map<string, Parts>();
  for await (const item of scanKind(at, PART_KIND, [TABLE.partitionKey, TABLE.sortKey])) {
    const name = (item['pk']?.S ?? '').slice(partition('').length);
    const key = `${name}@${item['sk']?.S?.split('#')[0] ?? ''}`;
    const seen = texts.get(key);
    texts.set(key, { kind: 'parts', key, count: (seen?.count ?? 0) + 1, bytes: 0 });
  }
  yield* texts.values();
}

const PART_KIND = 'part';

const partition = (name: string): string => `body#${name}`;

const partKey = (name: string, digest: string, part: number): ItemKey => ({
  pk: partition(name),
  sk: `${digest}#${String(part).padStart(4, '0')}`,
});

function parseKey(key: string): { readonly name: string; readonly digest: string } {
  const at = key.lastIndexOf('@');
  return { name: key.slice(0, at), digest: key.slice(at + 1) };
}
