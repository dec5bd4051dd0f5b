import { CANCELLATION_KEEP_MS, type Cancellation, type Cancellations } from '../ledger/cancellations.ts';
import { CANCELLATION_SCHEMA } from './document-schema.ts';
import { type DocumentKind, type DynamoTable, dynamoDocuments, expiry } from './dynamo-document.ts';
import { cancellationKey } from './dynamo-table.ts';

/** The cancelled batches in DynamoDB, an item each. */
export const dynamoCancellations = (at: DynamoTable): Cancellations => dynamoDocuments(at, CANCELLATION);

const CANCELLATION: DocumentKind<Cancellation> = {
  schema: CANCELLATION_SCHEMA,
  keyOf: cancellationKey,
  attributes: ({ at }) => expiry(at + CANCELLATION_KEEP_MS),
};
