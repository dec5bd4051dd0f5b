import { isObject, type JsonObject } from '../../kernel/is-object.ts';
import { isChoice, isList, isSequence, optionByChildren, unwrap } from '../operations/check-params.ts';
import { OPERATIONS, type OperationName } from '../operations/registry.ts';
import { type Schema, xsdName } from '../operations/xsd.ts';

/**
 * Values of an operation with the `xsi:type` that SOAP wants of a type that stands in for an abstract one, in the form in which
 * node-soap writes attributes. The children tell which type it is.
 */
export const withTypeAttributes = (operation: OperationName, values: JsonObject): JsonObject =>
  childrenOf(OPERATIONS[operation].params, values);

function childrenOf(schema: Schema, values: JsonObject): JsonObject {
  if (!isSequence(schema)) return values;
  const { entries } = schema;
  return Object.fromEntries(
    Object.entries(values).map(([name, child]) => {
      const known = entries[name];
      return [name, known === undefined ? child : typed(unwrap(known), child)];
    }),
  );
}

function typed(schema: Schema, value: unknown): unknown {
  if (isList(schema) && Array.isArray(value)) return value.map((one: unknown) => typed(schema.item, one));
  if (!isObject(value)) return value;
  const option = isChoice(schema) ? optionByChildren(schema, value) : undefined;
  if (option === undefined) return childrenOf(schema, value);
  return { attributes: { 'xsi:type': `tns:${xsdName(option)}` }, ...childrenOf(option, value) };
}
