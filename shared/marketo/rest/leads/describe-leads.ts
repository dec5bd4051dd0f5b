import { isObject } from '../../../kernel/is-object.ts';
import type { LeadField } from './lead-fields.ts';
import { standardSoapName } from './standard-lead-fields.ts';

/**
 * The fields in the rows of `leads/describe.json`. A field without a REST name cannot be asked for and is left out; one whose SOAP
 * name Marketo no longer says has the one it had. Null: these are no such rows.
 */
export function readLeadFields(rows: readonly unknown[]): readonly LeadField[] | null {
  if (rows.length === 0 || !rows.every(isObject)) return null;
  const fields = rows.flatMap((row) => {
    const rest = nameIn(row['rest']);
    if (rest === null) return [];
    const { displayName, dataType } = row;
    return {
      rest,
      soap: nameIn(row['soap']) ?? standardSoapName(rest),
      displayName: typeof displayName === 'string' ? displayName : rest,
      dataType: typeof dataType === 'string' ? dataType : 'string',
      readOnly: isObject(row['rest']) && row['rest']['readOnly'] === true,
    };
  });
  return fields.length === 0 ? null : fields;
}

function nameIn(side: unknown): string | null {
  const name = isObject(side) ? side['name'] : null;
  return typeof name === 'string' && name !== '' ? name : null;
}
