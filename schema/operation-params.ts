import { writeFileSync } from 'node:fs';
import {
  isChoice,
  isEnumeration,
  isList,
  isOptional,
  isSequence,
} from '../shared/marketo/operations/check-params.ts';
import { OPERATION_NAMES } from '../shared/marketo/operations/operation-names.ts';
import { OPERATIONS } from '../shared/marketo/operations/registry.ts';
import { type Schema, xsdName } from '../shared/marketo/operations/xsd.ts';
import { REPLIES } from '../shared/marketo/soap/reply-types.ts';

export const OPERATION_PARAMS_FILE = new URL('../client/operation-params.ts', import.meta.url);
export const OPERATION_RESULTS_FILE = new URL('../client/operation-results.ts', import.meta.url);

/**
 * The params of each operation as plain interfaces, for senders in TypeScript, made from the schemas that validate: the types
 * that TypeScript infers of those would ask whoever imports them for the validator's own.
 */
export function operationParamsText(): string {
  const types = new NamedTypes('params');
  const members = OPERATION_NAMES.map((name) => member(name, types.typeOf(OPERATIONS[name].params)));
  return moduleText(
    'from the schemas that validate',
    `/** What a sender passes as \`params\`, by operation. */\nexport interface OperationParams ${block(members)}`,
    types,
  );
}

/** What each operation answers, in the same form: the types of the WSDL, which the REST mapping answers in, too. */
export function operationResultsText(): string {
  const types = new NamedTypes('result');
  const resultOf = (children: Readonly<Record<string, Schema>>): string =>
    `{ ${Object.entries(children)
      .map(([name, child]) => member(name, types.typeOf(child)))
      .join(' ')} }`;
  const members = OPERATION_NAMES.map((name) => member(name, resultOf(REPLIES[name])));
  return moduleText(
    'from the types of the WSDL',
    `/** What a completed job has as its \`result\`, by operation. */\nexport interface OperationResults ${block(members)}`,
    types,
  );
}

const moduleText = (source: string, root: string, types: NamedTypes): string =>
  [`// Written by schema/operation-params.ts, ${source}.`, root, ...types.declarations()]
    .join('\n\n')
    .concat('\n');

/** Gives every type that the WSDL names a declaration of its own, under that name. */
class NamedTypes {
  readonly #declarations = new Map<string, string>();
  readonly #direction: 'params' | 'result';

  constructor(direction: 'params' | 'result') {
    this.#direction = direction;
  }

  declarations(): readonly string[] {
    return [...this.#declarations.values()];
  }

  typeOf(schema: Schema): string {
    if (isOptional(schema))
      return `${this.typeOf(schema.wrapped)}${this.#isResult ? ' | null' : ''} | undefined`;
    if (isList(schema)) return listOf(this.typeOf(schema.item));
    if (isSequence(schema)) return this.#sequence(schema, Object.entries(schema.entries));
    if (isChoice(schema))
      return this.#alias(
        schema,
        schema.options.map((option) => this.typeOf(option)),
      );
    if (isEnumeration(schema))
      return this.#alias(
        schema,
        schema.options.map((word) => `'${word}'`),
      );
    return this.#isResult ? textOrLeaf(schema) : leafType(schema);
  }

  get #isResult(): boolean {
    return this.#direction === 'result';
  }

  #sequence(schema: Schema, entries: readonly (readonly [string, Schema])[]): string {
    // Anything at all would be assignable to an interface without members.
    if (entries.length === 0) return 'Readonly<Record<string, never>>';
    const members = entries.map(([name, child]) => this.#member(name, child));
    // What carries xsi:type is an attribute to XML, and no type of the WSDL.
    if (!hasName(schema)) return `{ ${members.join(' ')} }`;
    return this.#named(schema, (name) => `export interface ${name} ${block(members)}`);
  }

  #member(name: string, child: Schema): string {
    const type = this.typeOf(child);
    return this.#isResult && LACKING.has(name)
      ? member(name, `${type} | null | undefined`, true)
      : member(name, type, isOptional(child));
  }

  #alias(schema: Schema, options: readonly string[]): string {
    return this.#named(schema, (name) => `export type ${name} = ${options.join(' | ')};`);
  }

  /** Types of one name differ in how many entries they take, and in nothing that a type can say. */
  #named(schema: Schema, declare: (name: string) => string): string {
    const name = xsdName(schema);
    const declaration = declare(name);
    const known = this.#declarations.get(name) ?? declaration;
    if (known !== declaration) throw new Error(`${name} is the name of two types`);
    this.#declarations.set(name, declaration);
    return name;
  }
}

const listOf = (item: string): string => `readonly ${item.includes(' ') ? `(${item})` : item}[]`;

const hasName = (schema: Schema): boolean => 'pipe' in schema;

const leafType = (schema: Schema): string =>
  'options' in schema && Array.isArray(schema.options)
    ? schema.options.map(({ type }: Schema) => type).join(' | ')
    : schema.type;

/** What the WSDL promises and answers are known to lack (test/unit/client/results.test.ts). */
const LACKING: ReadonlySet<string> = new Set(['newStreamPosition', 'marketoGUID']);

/** What a sender may write in several ways comes back as text; so does a whole number that JSON would not carry exactly. */
function textOrLeaf(schema: Schema): string {
  if (schema.type === 'union') return 'string';
  return xsdName(schema) === 'long' ? 'string | number' : leafType(schema);
}

const member = (name: string, type: string, optional = false): string =>
  `readonly ${/^\w+$/.test(name) ? name : `'${name}'`}${optional ? '?' : ''}: ${type};`;

const block = (members: readonly string[]): string => `{\n${members.join('\n')}\n}`;

if (import.meta.main) {
  writeFileSync(OPERATION_PARAMS_FILE, operationParamsText());
  writeFileSync(OPERATION_RESULTS_FILE, operationResultsText());
}
