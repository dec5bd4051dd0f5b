import { describeMObject, listMObjects } from './describe-mobject.ts';
import { getMObjects } from './get-mobjects.ts';
import type { Mappings } from './mapping.ts';
import { deleteMObjects, syncMObjects } from './sync-mobjects.ts';

export const mObjectMappings = {
  listMObjects,
  describeMObject,
  getMObjects,
  syncMObjects,
  deleteMObjects,
} satisfies Partial<Mappings>;
