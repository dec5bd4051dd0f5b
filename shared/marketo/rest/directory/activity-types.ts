import { DAY_MS } from '../../../kernel/clock.ts';
import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import type { Asking } from '../call/asking.ts';
import type { CopyKind } from './copies.ts';
import type { ActivityType } from './directory.ts';
import { askRows, idIn, objectsIn, textIn } from './rows.ts';

export const ACTIVITY_TYPES: CopyKind<readonly ActivityType[]> = {
  name: 'activityTypes',
  ageMs: () => DAY_MS,
  staleMs: 7 * DAY_MS,
  isValue: (value): value is readonly ActivityType[] => Array.isArray(value) && value.every(isActivityType),
};

const isActivityType = (value: unknown): value is ActivityType =>
  isObject(value) &&
  typeof value['id'] === 'number' &&
  typeof value['name'] === 'string' &&
  (value['primaryAttribute'] === null || typeof value['primaryAttribute'] === 'string') &&
  Array.isArray(value['attributes']);

export async function askActivityTypes(session: Asking): Promise<readonly ActivityType[]> {
  const request = { endpoint: 'activityTypes', step: 'look-up, types of activities' } as const;
  return (await askRows(session, request, read)).rows;
}

function read(row: JsonObject): ActivityType | null {
  const id = idIn(row);
  const name = textIn(row, 'name');
  if (id === null || name === null) return null;
  const primary = row['primaryAttribute'];
  return {
    id,
    name,
    primaryAttribute: isObject(primary) ? textIn(primary, 'name') : null,
    attributes: objectsIn(row['attributes']).flatMap((attribute) => textIn(attribute, 'name') ?? []),
  };
}
