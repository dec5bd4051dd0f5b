import { type PackedBudget, packed, unpacked } from '../budget/packed.ts';
import type { BudgetStore } from '../budget/port.ts';
import type { BudgetState } from '../budget/state.ts';
import type { Copy } from '../kernel/document.ts';
import { BUDGET_SCHEMA } from './document-schema.ts';
import { type DocumentKind, type DynamoTable, dynamoDocuments } from './dynamo-document.ts';
import { budgetKey } from './dynamo-table.ts';

export const BUDGET_KIND: DocumentKind<PackedBudget> = {
  schema: BUDGET_SCHEMA,
  keyOf: budgetKey,
  attributes: () => ({}),
};

/**
 * The account's budget in DynamoDB: one item, hence one partition. Marketo admits five calls a second and each costs
 * about one write, far below the thousand a partition takes.
 */
export function dynamoBudgetStore(at: DynamoTable, account: string): BudgetStore {
  const documents = dynamoDocuments(at, BUDGET_KIND);
  const read = async (): Promise<Copy<BudgetState | null>> => opened(await documents.read(account));
  return {
    get: async () => (await read()).value,
    read,
    async change(copy, reduce) {
      const value = copy.value === null ? null : packed(copy.value);
      const changed = await documents.change({ ...copy, value }, (stored) => {
        const next = reduce(stored === null ? null : unpacked(stored));
        return next === null ? null : packed(next);
      });
      return changed.kind === 'left'
        ? { kind: 'left', copy: opened(changed.copy) }
        : { kind: 'written', copy: { ...changed.copy, value: unpacked(changed.copy.value) } };
    },
  };
}

const opened = ({ value, ...envelope }: Copy<PackedBudget | null>): Copy<BudgetState | null> => ({
  ...envelope,
  value: value === null ? null : unpacked(value),
});
