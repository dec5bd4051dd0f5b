import type { CausesTold } from '../events/causes-told.ts';
import type { Documents } from '../kernel/document.ts';
import { CAUSES_TOLD_SCHEMA } from './document-schema.ts';
import { type DynamoTable, dynamoDocuments } from './dynamo-document.ts';
import { causesToldKey } from './dynamo-table.ts';

/** What each reader has been told of the causes, an item each: two thousand causes have some 60 KB gzipped. */
export const dynamoCausesTold = (at: DynamoTable): Documents<CausesTold> =>
  dynamoDocuments(at, { schema: CAUSES_TOLD_SCHEMA, keyOf: causesToldKey, attributes: () => ({}) });
