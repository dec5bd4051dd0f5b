import { writeFileSync } from 'node:fs';
import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { CATALOGUE } from '../cli/operations/catalogue.ts';
import { MAX_BODY_BYTES } from '../shared/config/limits.ts';
import { MESSAGE_VERSION } from '../shared/job/job.ts';
import { jobSchema } from '../shared/job/job-schema.ts';
import { MOST_LEVELS } from '../shared/job/json-problem.ts';
import { isObject } from '../shared/kernel/is-object.ts';
import { OPERATION_NAMES } from '../shared/marketo/operations/operation-names.ts';
import { OPERATIONS, type OperationName } from '../shared/marketo/operations/registry.ts';
import { fieldDescription } from './field-descriptions.ts';

export const JOB_MESSAGE_SCHEMA_FILE = new URL('../job-message.schema.json', import.meta.url);

/**
 * The JSON Schema of the job message, for senders in other languages, made from the schemas that validate. What JSON
 * Schema cannot say (a lead record needs a key, XML carries no control characters) is left to `mktq check`.
 */
export function jobMessageSchema(): object {
  const message = convert(jobSchema);
  const types = new NamedTypes();
  const times = Object.fromEntries(
    TIMES.map((name) => [name, { type: 'string', format: 'date-time' }] as const),
  );
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:mktq:job-message:1',
    title: 'mktq job message, version 1',
    description:
      `The body of an SQS message: at most ${MAX_BODY_BYTES / 1024} KiB of JSON, nested at most ${MOST_LEVELS} levels deep, the ` +
      'message itself included. Its MessageGroupId is the SHA-256, in hex, of its ordering key: of orderingKey if that is given; else, ' +
      'if the job names one lead, of lead:<KEY>:<value> by the first of Id (IDNUM), ForeignSysPersonId (the word of ForeignSysType), Email ' +
      '(EMAIL, trimmed, in lower case) and cookie (COOKIE); else of job:<id>. Between other groups SQS keeps no order. Its ' +
      'MessageDeduplicationId is its id.',
    examples: OPERATION_NAMES.map(exampleOf),
    ...message,
    properties: described({ ...message.properties, ...times, params: { type: 'object' } }),
    required: ['version', 'id', 'operation', 'params'],
    allOf: OPERATION_NAMES.map((name) => ({
      if: { properties: { operation: { const: name } }, required: ['operation'] },
      // biome-ignore lint/suspicious/noThenProperty: the word is JSON Schema's
      then: { properties: { params: types.settled(convert(OPERATIONS[name].params)) } },
    })),
    definitions: types.definitions(),
  };
}

/** The example of the operation's help, as a whole message. */
const exampleOf = (operation: OperationName) => ({
  version: MESSAGE_VERSION,
  id: `example-${operation}`,
  operation,
  params: CATALOGUE[operation].example,
});

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  version: 'Of this form of the message.',
  id: 'Unique for ever. The same id with the same operation and params is the same job and runs once; with others it is refused.',
  operation: 'One of the operations of the Marketo SOAP API; it decides what params are.',
  params: "The children of the operation's params element, by their names in the WSDL. Case counts.",
  workspace: 'Of syncLead alone: the workspace in which the lead is written.',
  orderingKey:
    'Replaces the key that is derived from the lead: jobs of one key run in the order in which they were sent.',
  batch: 'Counts the job under this name.',
  enqueuedAt: 'For people; nothing hangs on it.',
  notBefore: 'It does not run before this time, and has its place in the order of its key from then.',
  expiresAt: 'It does not run after this time; it is dead-lettered as expired.',
  maxAttempts:
    'Calls that may fail before it is dead-lettered, 12 by default. Waiting for a limit is no attempt.',
  onInDoubt:
    'What becomes of an unsafe call whose answer never came. retry says that doing it twice does no harm.',
  meta: 'Carried through untouched, for the sender.',
  epoch: 'Set by a redrive alone; a sender leaves it out.',
};

const described = (properties: Readonly<Record<string, object | boolean>>) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const description = DESCRIPTIONS[name];
      return [
        name,
        typeof property === 'object' && description !== undefined ? { description, ...property } : property,
      ];
    }),
  );

const TIMES = ['enqueuedAt', 'notBefore', 'expiresAt'] as const;

function convert(schema: Parameters<typeof toJsonSchema>[0]): JsonSchema {
  const { $schema: _, ...converted } = toJsonSchema(schema, {
    target: 'draft-07',
    typeMode: 'input',
    // Rules that JSON Schema has no words for.
    errorMode: 'ignore',
  });
  return converted;
}

/** Gives every type that the WSDL names a definition of its own. The converter leaves that name on each schema, as `xsd`. */
class NamedTypes {
  readonly #texts = new Map<string, string>();

  definitions(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#texts].map(([name, text]) => [name, JSON.parse(text) as JsonSchema]));
  }

  settled(schema: object): JsonSchema {
    const { xsd, ...inside } = this.#inside(schema);
    if (inside['type'] === 'array' && isObject(inside['items'])) return oneOrMany(inside, inside['items']);
    if (xsd === 'dateTime') return { ...inside, format: 'date-time' };
    if (typeof xsd !== 'string' || (inside['type'] !== 'object' && inside['enum'] === undefined))
      return inside;
    return { $ref: `#/definitions/${this.#named(xsd, JSON.stringify(inside))}` };
  }

  /** Types of one name differ where one operation takes fewer entries than another. */
  #named(name: string, text: string): string {
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name}-${number}`;
      const taken = this.#texts.get(candidate);
      if (taken === undefined) this.#texts.set(candidate, text);
      if (taken === undefined || taken === text) return candidate;
    }
  }

  #inside(schema: object): Record<string, unknown> {
    const type = 'xsd' in schema ? String(schema.xsd) : '';
    return Object.fromEntries(
      Object.entries(schema).map(([key, value]: [string, unknown]) => {
        if (key === 'properties' && isObject(value)) return [key, this.#each(type, value)];
        if (key === 'items' && isObject(value)) return [key, this.settled(value)];
        if (key === 'anyOf' && Array.isArray(value))
          return [key, value.map((one: object) => this.settled(one))];
        return [key, value];
      }),
    );
  }

  #each(type: string, properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(properties).map(([name, value]) => {
        if (!isObject(value)) return [name, value];
        const description = fieldDescription(type, name);
        return [name, { ...(description === undefined ? {} : { description }), ...this.settled(value) }];
      }),
    );
  }
}

/** A repeated element may also be given bare. */
function oneOrMany(list: object, item: object): JsonSchema {
  return { anyOf: [list, item] };
}

function jobMessageSchemaText(): string {
  return `${JSON.stringify(jobMessageSchema(), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(JOB_MESSAGE_SCHEMA_FILE, jobMessageSchemaText());
