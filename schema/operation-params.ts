import { writeFileSync } from 'node:fs';
import {
  isChoice,
  isEnumeration,
  isList,
  isOptional,
  isSequence,
} from '../shared/marketo/operations/check-params.ts';
import { OPERATION_NAMES, OPERATIONS } from '../shared/marketo/operations/registry.ts';
import { type Schema, xsdName } from '../shared/marketo/operations/xsd.ts';

export const OPERATION_PARAMS_FILE = new URL('../client/operation-params.ts', import.meta.url);

/**
 * The params of each operation as plain interfaces, for senders in TypeScript, made from the schemas that validate: the types
 * that TypeScript infers of those would ask whoever imports them for the validator's own.
 */
export function operationParamsText(): string {
  const types = new NamedTypes();
  const members = OPERATION_NAMES.map((name) => member(name, types.typeOf(OPERATIONS[name].params)));
  return [
    '// Written by schema/operation-params.ts, from the schemas that validate.',
    `/** What a sender passes as \`params\`, by operation. */\nexport interface OperationParams ${block(members)}`,
    ...types.declarations(),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Gives every type that the WSDL names a declaration of its own, under that name. */
class NamedTypes {
  readonly #declarations = new Map<string, string>();

  declarations(): readonly string[] {
    return [...this.#declarations.values()];
  }

  typeOf(schema: Schema): string {
    if (isOptional(schema)) return `${this.typeOf(schema.wrapped)} | undefined`;
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
    return leafType(schema);
  }

  #sequence(schema: Schema, entries: readonly (readonly [string, Schema])[]): string {
    // Anything at all would be assignable to an interface without members.
    if (entries.length === 0) return 'Readonly<Record<string, never>>';
    const members = entries.map(([name, child]) => member(name, this.typeOf(child), isOptional(child)));
    // What carries xsi:type is an attribute to XML, and no type of the WSDL.
    if (!hasName(schema)) return `{ ${members.join(' ')} }`;
    return this.#named(schema, (name) => `export interface ${name} ${block(members)}`);
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

const member = (name: string, type: string, optional = false): string =>
  `readonly ${/^\w+$/.test(name) ? name : `'${name}'`}${optional ? '?' : ''}: ${type};`;

const block = (members: readonly string[]): string => `{\n${members.join('\n')}\n}`;

if (import.meta.main) writeFileSync(OPERATION_PARAMS_FILE, operationParamsText());
