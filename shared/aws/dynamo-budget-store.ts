import type { BudgetState } from '../budget/state.ts';
import type { BudgetStore } from '../budget/store.ts';
import { type DynamoTable, readDocument, swapDocument } from './dynamo-document.ts';
import { budgetKey } from './dynamo-keys.ts';

/**
 * The account's budget in DynamoDB: one item, hence one partition. Marketo admits five calls a second and each costs
 * about two writes, far below the thousand a partition takes.
 */
export function dynamoBudgetStore(at: DynamoTable, account: string): BudgetStore {
  const key = budgetKey(account);
  return {
    read: () => readDocument<BudgetState>(at, key),
    replace: (next) => swapDocument(at, key, next, {}),
  };
}
