import type { Mappings } from '../call/mapping.ts';
import { getImportToListStatus } from './import-status.ts';
import { importToList } from './import-to-list.ts';
import { listOperation } from './list-operation.ts';

export const listMappings = {
  listOperation,
  importToList,
  getImportToListStatus,
} satisfies Partial<Mappings>;
