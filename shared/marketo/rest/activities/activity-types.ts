import { nearest } from '../../../config/spelling.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refused } from '../call/call-ended.ts';
import type { Session } from '../call/session.ts';
import type { ActivityType } from '../directory/directory.ts';

/** Words of SOAP's ActivityType whose name in REST is not the word taken apart (docs/rest.md). */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['NewSFDCOpprtnty', 'New SFDC Opportunity'],
  ['AssocWithOpprtntyInSales', 'Add to Opportunity'],
  ['DissocFromOpprtntyInSales', 'Remove from Opportunity'],
  ['UpdateOpprtntyInSales', 'Update Opportunity'],
  ['PushLeadToSales', 'Sync Lead to SFDC'],
  ['PushLeadUpdatesToSales', 'Sync Lead Updates to SFDC'],
  ['DeleteLeadFromSales', 'Delete Lead from SFDC'],
  ['AddtoSFDCCampaign', 'Add to SFDC Campaign'],
  ['EnrichWithDatacom', 'Enrich with Data.com'],
  ['ChangeFieldInProgram', 'Change Program Data'],
]);

/** `RemoveFromSFDCCampaign` as activities show it: "Remove From SFDC Campaign". Case says nothing. */
export const activityName = (word: string): string =>
  RENAMED.get(word) ?? word.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');

/** The filters of a job, by the names that REST has. An empty list is no filter. */
export interface TypeFilter {
  readonly included: readonly string[];
  readonly excluded: readonly string[];
  readonly named: readonly string[];
}

export function typeFilterOf(
  params: CheckedParamsOf<'getLeadActivity'> | CheckedParamsOf<'getLeadChanges'>,
): TypeFilter {
  const { includeTypes, excludeTypes } = params.activityFilter ?? {};
  const names = 'activityNameFilter' in params ? (params.activityNameFilter?.stringItem ?? []) : [];
  return {
    included: (includeTypes?.activityType ?? []).map(activityName),
    excluded: (excludeTypes?.activityType ?? []).map(activityName),
    // Adobe: a blank value asks for every activity.
    named: names.map((name) => String(name).trim()).filter((name) => name !== ''),
  };
}

/**
 * The types that a job wants, by id. Throws a `CallEnded` with code 1003 for a name that the instance has no type of, after
 * its types were read again. What is excluded need not exist.
 */
export async function wantedTypes(session: Session, filter: TypeFilter): Promise<readonly ActivityType[]> {
  const known = await session.directory.activityTypes(session);
  const types =
    unknownIn(filter, known).length === 0
      ? known
      : await session.directory.activityTypes(session, { fresh: true });
  const [unknown] = unknownIn(filter, types);
  if (unknown !== undefined) throw refused(1003, unknownType(unknown, types));
  const wanted = types.filter(({ name }) => isWanted(name, filter)).toSorted((a, b) => a.id - b.id);
  if (wanted.length === 0) throw refused(1003, 'the filters leave no type of activity');
  return wanted;
}

const isIn = (names: readonly string[], name: string): boolean =>
  names.some((one) => one.toLowerCase() === name.toLowerCase());

function isWanted(name: string, { included, excluded, named }: TypeFilter): boolean {
  return (
    (included.length === 0 || isIn(included, name)) &&
    (named.length === 0 || isIn(named, name)) &&
    !isIn(excluded, name)
  );
}

function unknownIn({ included, named }: TypeFilter, types: readonly ActivityType[]): readonly string[] {
  const known = types.map(({ name }) => name);
  return [...included, ...named].filter((name) => !isIn(known, name));
}

function unknownType(name: string, types: readonly ActivityType[]): string {
  const meant = nearest(
    name,
    types.map((type) => type.name),
  );
  return `REST knows no type of activity "${name}"${meant === null ? '' : `; did you mean "${meant}"?`}`;
}
