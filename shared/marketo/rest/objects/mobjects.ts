import type { Mappings } from '../call/mapping.ts';
import { describeMObject, listMObjects } from './describe-mobject.ts';
import { getMObjects } from './get-mobjects.ts';
import { deleteMObjects, syncMObjects } from './sync-mobjects.ts';

export const mObjectMappings = {
  listMObjects,
  describeMObject,
  getMObjects,
  syncMObjects,
  deleteMObjects,
} satisfies Partial<Mappings>;
