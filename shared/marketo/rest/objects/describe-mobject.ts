import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import { refused } from '../call/call-ended.ts';
import { refusal } from '../call/findings.ts';
import { done, type Mapping } from '../call/mapping.ts';
import type { RestReply } from '../call/read-reply.ts';
import type { Session } from '../call/session.ts';
import type { ObjectType } from '../directory/directory.ts';
import { attributeName } from './mobject-records.ts';

/** What SOAP listed; it was the same for every instance, so nobody is asked. */
const DESCRIBED = ['ActivityRecord', 'LeadRecord', 'Opportunity', 'OpportunityPersonRole'] as const;

export const listMObjects: Mapping<'listMObjects'> = {
  check: () => [],
  async run() {
    const payload = { objects: [...DESCRIBED] };
    return done({ result: payload }, { result: payload });
  },
};

export const describeMObject: Mapping<'describeMObject'> = {
  check({ objectName }) {
    const problem = problemOf(objectName);
    return problem === null ? [] : [refusal(problem)];
  },
  async run({ objectName }, session) {
    const payload = {
      metadata: { ...HEAD, name: objectName, fieldList: { field: await fields(objectName, session) } },
    };
    return done({ result: payload }, { result: payload });
  },
};

const HEAD = { description: null, isCustom: false, isVirtual: false, updatedAt: null };

function problemOf(name: string): string | null {
  if (name === 'LeadRecord' || name === 'Opportunity' || name === 'OpportunityPersonRole') return null;
  if (name === 'ActivityRecord')
    return 'REST does not describe ActivityRecord; the attributes of activities are in activities/types.json';
  return `"${name}" is no object that can be described; these are: ${DESCRIBED.join(', ')}`;
}

async function fields(objectName: string, session: Session): Promise<readonly Field[]> {
  switch (objectName) {
    case 'LeadRecord':
      return leadFields(session);
    case 'Opportunity':
      return objectFields(await session.directory.opportunity(session));
    case 'OpportunityPersonRole':
      return objectFields(await session.directory.role(session));
    default:
      throw refused(1003, problemOf(objectName) ?? objectName);
  }
}

type Field = ReturnType<typeof field>;

/** As SOAP shows a field. What REST does not say of it is null. */
const field = (is: {
  name: string;
  displayName: string;
  dataType: string;
  size: number | null;
  readOnly: boolean;
  key: boolean;
}) => ({
  name: is.name,
  description: null,
  displayName: is.displayName,
  sourceObject: null,
  dataType: is.dataType,
  size: is.size,
  isReadonly: is.readOnly,
  isUpdateBlocked: is.readOnly,
  isName: null,
  isPrimaryKey: is.key,
  isCustom: false,
  isDynamic: false,
  dynamicFieldRef: null,
  updatedAt: null,
});

const objectFields = (type: ObjectType): readonly Field[] =>
  type.fields.map(({ name, displayName, dataType, length, readOnly }) =>
    field({
      name: attributeName(name),
      displayName,
      dataType,
      size: length,
      readOnly,
      key: name === type.idField,
    }),
  );

/** Read here and not from a copy: only the reply itself has the lengths. */
async function leadFields(session: Session): Promise<readonly Field[]> {
  const { result } = await session.ask({ endpoint: 'describeLeads', isReply: hasFields });
  const soapNames = await namesWithoutReply(result, session);
  return result.filter(isObject).flatMap((row) => {
    const rest = childText(row, 'rest', 'name');
    const name = childText(row, 'soap', 'name') ?? (rest === null ? null : (soapNames.get(rest) ?? null));
    if (name === null) return [];
    const length = row['length'];
    return [
      field({
        name,
        displayName: text(row['displayName']) ?? name,
        dataType: text(row['dataType']) ?? 'string',
        size: typeof length === 'number' ? length : null,
        readOnly: isObject(row['rest']) && row['rest']['readOnly'] === true,
        key: name === 'Id',
      }),
    ];
  });
}

const hasFields = ({ result }: RestReply): string | null =>
  result.length > 0 && result.every(isObject) ? null : 'it describes no fields';

/** Adobe promises the SOAP name of a field no longer: where no row has one, the directory knows those of the standard fields. */
async function namesWithoutReply(
  rows: readonly unknown[],
  session: Session,
): Promise<ReadonlyMap<string, string>> {
  if (rows.some((row) => isObject(row) && isObject(row['soap']))) return new Map();
  const { all } = await session.directory.leadFields(session);
  return new Map(all.flatMap(({ rest, soap }): [string, string][] => (soap === null ? [] : [[rest, soap]])));
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const childText = (row: JsonObject, parent: string, name: string): string | null => {
  const found = row[parent];
  return isObject(found) ? text(found[name]) : null;
};
