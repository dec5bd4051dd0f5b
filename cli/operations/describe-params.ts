import {
  isChoice,
  isEnumeration,
  isList,
  isOptional,
  isSequence,
  rulesOf,
  type Sequence,
} from '../../shared/marketo/operations/check-params.ts';
import { ATTRIBUTE_NAMES, type Schema, xsdName } from '../../shared/marketo/operations/xsd.ts';

/** One param, or what stands inside one; every program outside sees it so. */
export interface Param {
  /** With those it stands in: `leadRecord.Email`; `[]` is each of a list. */
  readonly path: string;
  /** The WSDL's name of a type with children; else string, int, boolean or dateTime, or several of JSON's. */
  readonly type: string;
  readonly optional: boolean;
  /** The words it takes. */
  readonly values?: readonly string[];
  /** Of a number. */
  readonly least?: number;
  readonly most?: number;
  /** Of a list: how many it takes. */
  readonly leastItems?: number;
  readonly mostItems?: number;
  /** Only where the children say that this type is meant, of those that may stand here. */
  readonly of?: string;
  /** What has to stand beside what. */
  readonly rules?: readonly string[];
}

/** Every param of an operation, in the order of the WSDL, from the schema that validates jobs. */
export const describeParams = (params: Schema): readonly Param[] => childrenOf(params, '');

/** What has to stand beside what in the params themselves. */
export const rulesOfParams = (params: Schema): readonly string[] => rulesBeside(params);

function childrenOf(schema: Schema, path: string, of?: string): readonly Param[] {
  if (!isSequence(schema)) return [];
  return Object.entries((schema as Sequence).entries)
    .filter(([name]) => !ATTRIBUTE_NAMES.has(name))
    .flatMap(([name, child]) => {
      const [own, ...inner] = paramsAt(child, path === '' ? name : `${path}.${name}`, false);
      if (own === undefined) return [];
      return [of === undefined ? own : { ...own, of }, ...inner];
    });
}

function paramsAt(schema: Schema, path: string, optional: boolean): readonly Param[] {
  if (isOptional(schema)) return paramsAt(schema.wrapped, path, true);
  if (isList(schema)) {
    const [item, ...inner] = paramsAt(schema.item, `${path}[]`, optional);
    return item === undefined ? [] : [{ ...item, ...itemLimits(schema) }, ...inner];
  }
  const rules = rulesBeside(schema);
  const own: Param = { path, type: typeOf(schema), optional, ...(rules.length === 0 ? {} : { rules }) };
  if (isSequence(schema)) return [own, ...childrenOf(schema, path)];
  if (isChoice(schema))
    return [own, ...schema.options.flatMap((option) => childrenOf(option, path, xsdName(option)))];
  return [{ ...own, ...valueLimits(schema) }];
}

function typeOf(schema: Schema): string {
  if (isChoice(schema)) return schema.options.map(xsdName).join(' or ');
  const isUnion = schema.type === 'union' && 'options' in schema && Array.isArray(schema.options);
  if (!isUnion) return xsdName(schema);
  return (schema.options as readonly Schema[]).map(({ type }) => type).join(' or ');
}

const itemLimits = (schema: Schema): Partial<Param> =>
  limits(requirement(schema, 'min_length'), requirement(schema, 'max_length'), ['leastItems', 'mostItems']);

function valueLimits(schema: Schema): Partial<Param> {
  if (isEnumeration(schema)) return { values: schema.options };
  return limits(requirement(schema, 'min_value'), requirement(schema, 'max_value'), ['least', 'most']);
}

/** The range of xsd:int itself is no limit that anybody has to be told. */
const INT_BITS = 31;
const isTold = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) < 2 ** INT_BITS - 1;

function limits(
  least: readonly number[],
  most: readonly number[],
  [leastName, mostName]: readonly [keyof Param, keyof Param],
): Partial<Param> {
  const [low, high] = [least.filter(isTold), most.filter(isTold)];
  return {
    ...(low.length === 0 ? {} : { [leastName]: Math.max(...low) }),
    ...(high.length === 0 ? {} : { [mostName]: Math.min(...high) }),
  };
}

function requirement(schema: Schema, type: string): readonly number[] {
  return rulesOf(schema).flatMap((rule) =>
    rule.type === type && 'requirement' in rule && typeof rule.requirement === 'number'
      ? [rule.requirement]
      : [],
  );
}

/** The words of the rules about children. One whose words depend on the value says itself what is wrong with it. */
const rulesBeside = (schema: Schema): readonly string[] =>
  !isSequence(schema)
    ? []
    : rulesOf(schema).flatMap((rule) =>
        'message' in rule && typeof rule.message === 'string' ? [rule.message] : [],
      );
