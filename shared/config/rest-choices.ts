import { isObject } from '../kernel/is-object.ts';
import { jsonIn } from '../kernel/json-in.ts';
import { ConfigurationError, type Environment, textOf } from './variables.ts';

/** What SOAP had and REST has not, as this instance has it instead. */
export interface RestChoices {
  /** The lead field with the foreign ids: one, for the type CUSTOM, or one by ForeignSysType. Null: none. */
  readonly foreignIdField: string | Readonly<Record<string, string>> | null;
  /** Partition by workspace. */
  readonly partitions: Readonly<Record<string, string>>;
  /** What becomes of a write whose e-mail address several leads have. */
  readonly onDuplicate: 'dead-letter' | 'latest';
}

export function readRestChoices(env: Environment): RestChoices {
  return {
    foreignIdField: foreignIdField(env),
    partitions: namesOf(env, 'MARKETO_PARTITIONS', 'partition by workspace, such as {"Europe":"EMEA"}') ?? {},
    onDuplicate: onDuplicate(env),
  };
}

const FIELD = /^[A-Za-z][\w]*$/;
const TYPES: ReadonlySet<string> = new Set(['CUSTOM', 'SFDC', 'NETSUITE']);

function foreignIdField(env: Environment): RestChoices['foreignIdField'] {
  const name = 'MARKETO_FOREIGN_ID_FIELD';
  const text = textOf(env, name);
  if (text === null) return null;
  if (!text.startsWith('{')) return fieldOf(name, text);
  const fields = namesOf(env, name, 'field by ForeignSysType, such as {"SFDC":"sfdcLeadId"}') ?? {};
  for (const [type, field] of Object.entries(fields)) {
    if (!TYPES.has(type))
      throw new ConfigurationError(
        `${name} names the type "${type}": ForeignSysType is CUSTOM, SFDC or NETSUITE`,
      );
    fieldOf(name, field);
  }
  return fields;
}

function fieldOf(name: string, field: string): string {
  if (FIELD.test(field)) return field;
  throw new ConfigurationError(`${name} names "${field}", which is no REST name of a field such as crmId`);
}

function namesOf(env: Environment, name: string, what: string): Readonly<Record<string, string>> | null {
  const text = textOf(env, name);
  if (text === null) return null;
  const value = jsonIn(text);
  if (isObject(value) && Object.values(value).every((one) => typeof one === 'string' && one !== ''))
    return value as Readonly<Record<string, string>>;
  throw new ConfigurationError(`${name} is not a JSON object of ${what}`);
}

function onDuplicate(env: Environment): RestChoices['onDuplicate'] {
  const text = textOf(env, 'MARKETO_ON_DUPLICATE') ?? 'dead-letter';
  if (text === 'dead-letter' || text === 'latest') return text;
  throw new ConfigurationError(`MARKETO_ON_DUPLICATE is "${text}": set it to dead-letter or latest`);
}
