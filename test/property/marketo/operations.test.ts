import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failedPositions, recordFault } from '../../../shared/marketo/faults/classify.ts';
import { OPERATION_NAMES } from '../../../shared/marketo/operations/operation-names.ts';
import {
  isRead,
  isUnsafe,
  leadKeysOf,
  OPERATIONS,
  type OperationName,
  paramsWithOnly,
  validateParams,
} from '../../../shared/marketo/operations/registry.ts';
import { envelopeValues } from '../../../shared/marketo/soap/envelope-values.ts';
import { createEnvelopeWriter } from '../../../shared/marketo/soap/envelope-writer.ts';
import { recordOutcomes } from '../../../shared/marketo/soap/outcomes.ts';
import { marketoWsdl } from '../../../shared/marketo/soap/wsdl.ts';
import { type CanonicalElement, canonicalXml } from '../../support/canonical-xml.ts';
import { goldenCases } from '../../support/golden.ts';
import { hostileJson, replaced } from '../../support/hostile.ts';
import { paramsArbitrary } from '../../support/params-arbitrary.ts';
import { selectorType } from '../../support/selector-type.ts';

const operations = fc.constantFrom(...OPERATION_NAMES);
const cases = goldenCases();

/** Asks everything there is to ask about a pair; any of it may be nonsense. */
function askAll(operation: OperationName, params: unknown, result: unknown): void {
  const checked = validateParams(operation, params);
  expect(['valid', 'invalid']).toContain(checked.kind);
  if (checked.kind === 'invalid') {
    expect(checked.problems.length).toBeGreaterThan(0);
    return;
  }
  const { input } = checked;
  isUnsafe(input);
  isRead(input);
  leadKeysOf(input);
  const answer = recordOutcomes(input, result);
  expect(answer.records.length).toBeGreaterThan(0);
  const fault = recordFault(answer);
  if (fault !== null) expect(fault.failed).toBeGreaterThan(0);
  const failed = failedPositions(answer);
  const reduced = failed === null ? null : paramsWithOnly(input, failed);
  if (reduced !== null) expect(validateParams(operation, reduced).kind).toBe('valid');
}

describe('the operation table', () => {
  test('has an answer to any JSON whatever', () => {
    fc.assert(fc.property(operations, fc.jsonValue(), fc.jsonValue(), askAll), { numRuns: 500 });
  });

  test('has an answer to params and results with a wrong part', () => {
    const path = fc.array(fc.nat(5), { maxLength: 6 });
    const part = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, '', [], {}, 0, [null], [[]], { attributes: null }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        path,
        path,
        part,
        ({ operation, params, result }, one, other, wrong) => {
          askAll(operation, replaced(params, one, wrong), replaced(result, other, wrong));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('has an answer to objects that are named to break whatever makes text of them', () => {
    // Every place of every golden case: chance alone met the enumerations once in some thousand runs.
    for (const { operation, params, result } of cases) {
      for (const hostile of [{ toString: null }, { toString: false, valueOf: 1 }, Object.create(null)]) {
        for (const place of placesOf(params)) askAll(operation, replaced(params, place, hostile), result);
        for (const place of placesOf(result)) askAll(operation, params, replaced(result, place, hostile));
      }
    }
    const path = fc.array(fc.nat(5), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        path,
        path,
        hostileJson,
        ({ operation, params, result }, one, other, hostile) => {
          askAll(operation, replaced(params, one, hostile), replaced(result, other, hostile));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('has an answer to what is too deep, too long or named to do harm', () => {
    const deep = JSON.parse(`${'{"leadRecord":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
    const harmful = JSON.parse(
      '{"__proto__":{"leadRecord":1},"constructor":1,"toString":{},"hasOwnProperty":1}',
    );
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at]));
    for (const operation of OPERATION_NAMES) {
      for (const params of [deep, harmful, many, 'x'.repeat(1_000_000)]) {
        askAll(operation, params, params);
        expect(validateParams(operation, params).kind).toBe('invalid');
      }
    }
  });

  test('answers params that it answers unchanged when asked again', () => {
    fc.assert(
      fc.property(validParams(), ({ operation, params }) => {
        expect(validateParams(operation, params)).toEqual({ kind: 'valid', input: { operation, params } });
      }),
    );
  });
});

/** The way to every part of a value, by place, as `replaced` takes it. */
function placesOf(value: unknown): readonly (readonly number[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const below = Object.values(value).flatMap((child: unknown, at) =>
    placesOf(child).map((place) => [at, ...place]),
  );
  return [[], ...below];
}

interface Valid {
  readonly operation: OperationName;
  readonly params: object;
}

/** Of every operation, params as validateParams answers them. */
function validParams(): fc.Arbitrary<Valid> {
  return operations.chain((operation) =>
    paramsArbitrary(OPERATIONS[operation].params)
      .map((params) => validateParams(operation, params))
      .filter((checked) => checked.kind === 'valid')
      .map(({ input }) => input),
  );
}

describe('an envelope', () => {
  test('carries every value of valid params as it was, and nothing else', async () => {
    const writer = await createEnvelopeWriter(marketoWsdl(), 'http://127.0.0.1:9/soap/mktows/3_1');
    fc.assert(
      fc.property(validParams(), ({ operation, params }) => {
        const carried = envelopeValues(params, 'params');
        if (carried.kind === 'refused') throw new Error(`${carried.path} ${carried.problem}`);
        const envelope = canonicalXml(writer.write(operation, carried.values, '').body);
        const body = envelope.children.find((child) => child.name.endsWith('}Body'));
        expect(body?.children).toHaveLength(1);
        expect(body?.children[0]?.children.map(plain)).toEqual(elements(params));
      }),
      { numRuns: 300 },
    );
  });
});

interface Plain {
  readonly name: string;
  readonly type: string | undefined;
  readonly children: readonly Plain[];
  readonly text: string;
}

const XSI_TYPE = '{http://www.w3.org/2001/XMLSchema-instance}type';

const plain = ({ name, attributes, children, text }: CanonicalElement): Plain => ({
  name,
  type: attributes[XSI_TYPE]?.replace('{http://www.marketo.com/mktows/}', 'tns:'),
  children: children.map(plain),
  text,
});

/** What an object of params must look like as elements: written here once more, without the writer. */
function elements(params: object): readonly Plain[] {
  return Object.entries(params).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((one: unknown) => elementOf(name, one)),
  );
}

function elementOf(name: string, value: unknown): Plain {
  if (typeof value !== 'object' || value === null) {
    return { name, type: undefined, children: [], text: String(value) };
  }
  const type = name === 'leadSelector' ? `tns:${selectorType(value)}` : undefined;
  return { name, type, children: elements(value), text: '' };
}
