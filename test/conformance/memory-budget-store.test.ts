import { memoryBudgetStore } from '../memory/memory-budget-store.ts';
import { budgetStoreConformance } from './budget-store.ts';

budgetStoreConformance('the memory store', async () => memoryBudgetStore());
