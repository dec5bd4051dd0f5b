import { type AcknowledgementsStore, lastGoneAt } from '../deadletter/acknowledgements.ts';
import { ACKNOWLEDGEMENTS_SCHEMA } from './document-schema.ts';
import { type DynamoTable, dynamoDocuments, expiry } from './dynamo-document.ts';
import { acknowledgementsKey } from './dynamo-table.ts';

/** One item of the account. */
export function dynamoAcknowledgements(at: DynamoTable, account: string): AcknowledgementsStore {
  const documents = dynamoDocuments(at, {
    schema: ACKNOWLEDGEMENTS_SCHEMA,
    keyOf: acknowledgementsKey,
    attributes: (value) => expiry(lastGoneAt(value)),
  });
  return {
    get: () => documents.get(account),
    change: async (reduce) => (await documents.change(account, reduce)).kind === 'written',
  };
}
