import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Calls, KeptCall } from '../job/calls.ts';
import { CALL_SCHEMA, schemaNumber, upgraded } from './document-schema.ts';
import { type DynamoTable, expiry, type Item, keyItem, removeItem } from './dynamo-document.ts';
import { readPartition, scanKind } from './dynamo-query.ts';
import { ATTRIBUTE, callIdOf, callKey } from './dynamo-table.ts';

/** The attribute `kind` of a call's items, by which a scan finds them. */
const CALL_KIND = 'call';

/** Below DynamoDB's 400 KB per item, with room for the key. */
const PART_BYTES = 380 * 1024;

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Shared calls in DynamoDB: gzipped, one item each but for the longest, whose parts stand under one key, in their order. */
export const dynamoCalls = (at: DynamoTable): Calls => ({
  keep: (call, expiresAt) => keep(at, call, expiresAt),
  get: (callId) => load(at, callId),
  ids: () => idsOf(at),
  remove: async (callId) => {
    for (const item of await partsOf(at, callId))
      await removeItem(at, { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' });
  },
});

async function keep(at: DynamoTable, call: KeptCall, expiresAt: number): Promise<void> {
  const zipped = await zip(JSON.stringify(call));
  const count = Math.ceil(zipped.length / PART_BYTES);
  for (let part = 0; part < count; part += 1) {
    const content = zipped.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    const item: Item = {
      ...keyItem(callKey(call.callId, part, count)),
      [ATTRIBUTE.kind]: { S: CALL_KIND },
      [ATTRIBUTE.gzipped]: { B: content },
      [ATTRIBUTE.schema]: { N: String(schemaNumber(CALL_SCHEMA)) },
      ...expiry(expiresAt),
    };
    await at.client.send(new PutItemCommand({ TableName: at.table, Item: item }));
  }
}

async function load(at: DynamoTable, callId: string): Promise<KeptCall | null> {
  const items = await partsOf(at, callId);
  const [first] = items;
  // Each part says how many there are.
  const count = Number(first?.['sk']?.S?.split('/')[1]);
  if (first === undefined || count !== items.length) return null;
  const zipped = Buffer.concat(items.flatMap((item) => item[ATTRIBUTE.gzipped]?.B ?? []));
  const value = JSON.parse((await unzip(zipped)).toString('utf8'));
  return upgraded(CALL_SCHEMA, Number(first[ATTRIBUTE.schema]?.N ?? 0), value, callId) as unknown as KeptCall;
}

const partsOf = (at: DynamoTable, callId: string): Promise<readonly Item[]> =>
  Array.fromAsync(readPartition(at, callKey(callId, 0, 0).pk));

async function* idsOf(at: DynamoTable): AsyncGenerator<string> {
  // Each part has the kind: one that is left of a call that was removed half is to be found, too.
  const met = new Set<string>();
  for await (const { pk } of scanKind(at, CALL_KIND, ['pk'])) {
    const callId = callIdOf(pk?.S ?? '');
    if (!met.has(callId)) yield callId;
    met.add(callId);
  }
}
