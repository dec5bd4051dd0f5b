import type { BudgetStore } from '../budget/port.ts';
import { BUDGET_SCHEMA } from './document-schema.ts';
import { type DynamoTable, dynamoDocuments } from './dynamo-document.ts';
import { budgetKey } from './dynamo-table.ts';

/**
 * The account's budget in DynamoDB: one item, hence one partition. Marketo admits five calls a second and each costs
 * about two writes, far below the thousand a partition takes.
 */
export function dynamoBudgetStore(at: DynamoTable, account: string): BudgetStore {
  const documents = dynamoDocuments(at, {
    schema: BUDGET_SCHEMA,
    keyOf: budgetKey,
    attributes: () => ({}),
  });
  return {
    get: () => documents.get(account),
    read: () => documents.read(account),
    change: documents.change,
  };
}
