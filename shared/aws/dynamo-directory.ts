import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DirectoryStore } from '../marketo/rest/directory/directory-store.ts';
import { DIRECTORY_SCHEMA } from './document-schema.ts';
import {
  type DynamoTable,
  decodeDocument,
  encodeValue,
  expiry,
  type Item,
  keyItem,
} from './dynamo-document.ts';
import { directoryKey } from './dynamo-table.ts';

/**
 * The directory's copies, an item each: the description of 1,500 fields has some 30 KB gzipped, far below what an item holds.
 * Without compare-and-swap: whichever of two workers is later has asked later. Read consistently, as a job that follows an
 * import asks for what that has just written.
 */
export function dynamoDirectory(at: DynamoTable): DirectoryStore {
  return {
    read: async (key) => {
      const { Item } = await at.client.send(
        new GetItemCommand({ TableName: at.table, Key: keyItem(directoryKey(key)), ConsistentRead: true }),
      );
      return Item === undefined ? null : readable(Item);
    },
    write: async (key, text, { at: writtenAt, keepMs }) => {
      const Item: Item = {
        ...encodeValue(DIRECTORY_SCHEMA, { at: writtenAt, text }),
        ...expiry(writtenAt + keepMs),
        ...keyItem(directoryKey(key)),
      };
      await at.client.send(new PutItemCommand({ TableName: at.table, Item }));
    },
  };
}

/** What cannot be read is asked for again: a newer version, perhaps rolled back since, may have written it. */
function readable(item: Item): { readonly at: number; readonly text: string } | null {
  try {
    const { at, text } = decodeDocument(DIRECTORY_SCHEMA, item);
    return typeof at === 'number' && typeof text === 'string' ? { at, text } : null;
  } catch {
    return null;
  }
}
