import type { ForeignGroupsStore } from '../job/foreign-groups.ts';
import { FOREIGN_GROUPS_KEPT_MS } from '../job/foreign-groups.ts';
import { FOREIGN_GROUPS_SCHEMA } from './document-schema.ts';
import { type DynamoTable, dynamoDocuments, expiry } from './dynamo-document.ts';
import { foreignGroupsKey } from './dynamo-table.ts';

/** One item of the account, apart from its budget: that one is written with every call. */
export function dynamoForeignGroups(at: DynamoTable, account: string): ForeignGroupsStore {
  const documents = dynamoDocuments(at, {
    schema: FOREIGN_GROUPS_SCHEMA,
    keyOf: foreignGroupsKey,
    attributes: ({ lastAt }) => expiry(lastAt + FOREIGN_GROUPS_KEPT_MS),
  });
  return {
    get: () => documents.get(account),
    change: async (reduce) => {
      await documents.change(account, reduce);
    },
  };
}
