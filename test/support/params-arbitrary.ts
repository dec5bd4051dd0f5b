import * as fc from 'fast-check';
import {
  isChoice,
  isEnumeration,
  isList,
  isOptional,
  isSequence,
  type Sequence,
} from '../../shared/marketo/operations/check-params.ts';
import { ATTRIBUTE_NAMES, type Schema, xsdName } from '../../shared/marketo/operations/xsd.ts';

/** Strings that XML, or a careless writer of it, gives a meaning to. */
const TREACHEROUS = [
  ']]>',
  '<![CDATA[x]]>',
  '<![CDATA[<?xml version="1.0"?><a/>]]>',
  '&lt;',
  '&amp;lt;',
  '&#60;',
  '<!-- -->',
  '</attrValue><attrValue>',
  '"\'',
  ' leading and trailing ',
  'two\nlines\r\nand\ttabs\r',
  '😀',
  '$value',
  '<?xml version="1.0"?>',
  '%s',
] as const;

/** Text that an envelope can carry, often such as to break it. */
const carriedText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TREACHEROUS),
  fc.array(fc.constantFrom(...TREACHEROUS), { maxLength: 3 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

/** Params that fit a schema of the table as far as its shape goes; a rule of the operation may still refuse them. */
export function paramsArbitrary(schema: Schema): fc.Arbitrary<unknown> {
  if (isOptional(schema)) return paramsArbitrary(schema.wrapped);
  if (isSequence(schema)) return sequenceArbitrary(schema);
  if (isList(schema)) return fc.array(paramsArbitrary(schema.item), { minLength: 1, maxLength: 3 });
  if (isChoice(schema)) return fc.oneof(...schema.options.map(paramsArbitrary));
  if (isEnumeration(schema)) return fc.constantFrom(...schema.options);
  return leafArbitrary(xsdName(schema));
}

function sequenceArbitrary(schema: Sequence): fc.Arbitrary<unknown> {
  const children = Object.entries(schema.entries).filter(([name]) => !ATTRIBUTE_NAMES.has(name));
  const required = children.filter(([, child]) => !isOptional(child)).map(([name]) => name);
  const values = Object.fromEntries(children.map(([name, child]) => [name, paramsArbitrary(child)]));
  return fc.record(values, { requiredKeys: required, noNullPrototype: true });
}

function leafArbitrary(xsd: string): fc.Arbitrary<unknown> {
  switch (xsd) {
    case 'string':
      return carriedText;
    case 'int':
      return fc.integer({ min: 1, max: 100 });
    case 'boolean':
      return fc.boolean();
    case 'dateTime':
      return fc.constantFrom('2026-11-22T10:00:00Z', '2013-07-01T00:00:00.5-05:00');
    default:
      throw new Error(`no params are of type ${xsd}`);
  }
}
