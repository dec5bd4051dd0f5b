import { describe, expect, test } from 'vitest';
import { failedPositions, recordFault } from '../../../../shared/marketo/faults/classify.ts';
import { OPERATION_NAMES } from '../../../../shared/marketo/operations/operation-names.ts';
import { paramsWithOnly } from '../../../../shared/marketo/operations/registry.ts';
import { recordOutcomes } from '../../../../shared/marketo/soap/outcomes.ts';
import { withTypeAttributes } from '../../../../shared/marketo/soap/type-attributes.ts';
import { marketoWsdl } from '../../../../shared/marketo/soap/wsdl.ts';
import { type CanonicalElement, canonicalXml } from '../../../support/canonical-xml.ts';
import { checked } from '../../../support/checked.ts';
import { type GoldenCase, goldenCases } from '../../../support/golden.ts';
import { createStockSoap } from '../../../support/stock-soap.ts';

const cases = goldenCases();
const stock = await createStockSoap();

/** The params as the stock package wants them. */
function typedParams(golden: GoldenCase): unknown {
  const { operation, params } = inputOf(golden);
  return withTypeAttributes(operation, params);
}

const inputOf = ({ operation, params }: GoldenCase) => checked(operation, params);

describe('a golden conversation', () => {
  test('exists for every operation', () => {
    const told = new Set(cases.map((golden) => golden.operation));
    expect(OPERATION_NAMES.filter((name) => !told.has(name))).toEqual([]);
  });

  test.each(cases)('$name is asked in the words of the WSDL', async (golden) => {
    const { request, soapAction } = await stock.converse(
      golden.operation,
      typedParams(golden),
      golden.response,
      golden.workspace,
    );
    expect(canonicalXml(request)).toEqual(canonicalXml(golden.request));
    expect(soapAction).toBe(`"http://www.marketo.com/mktows/${golden.operation}"`);
  });

  test.each(cases)('$name is understood', async (golden) => {
    const { answer } = await stock.converse(golden.operation, typedParams(golden), golden.response);
    expect(answer).toEqual(golden.result);
  });

  test.each(cases)('$name is judged by its records', (golden) => {
    const input = inputOf(golden);
    const answer = recordOutcomes(input, golden.result);
    if (golden.failures === null) expect(recordFault(answer)).toBeNull();
    else expect(recordFault(answer)).toMatchObject(Object(golden.failures));
    const failed = failedPositions(answer);
    expect(failed === null ? null : paramsWithOnly(input, failed)).toEqual(golden.failedOnly);
  });
});

const XS = '{http://www.w3.org/2001/XMLSchema}';

describe('the WSDL', () => {
  const document = canonicalXml(marketoWsdl());
  const all = (name: string, within: CanonicalElement = document): readonly CanonicalElement[] =>
    within.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(name, child)]);
  const typeNamed = (name: string) =>
    all(`${XS}complexType`).filter((type) => type.attributes['name'] === name);
  const childrenOf = (name: string) =>
    typeNamed(name).flatMap((type) => all(`${XS}element`, type).map((child) => child.attributes['name']));

  test('begins as XML text, which is how node-soap tells it from an address', () => {
    expect(marketoWsdl().startsWith('<?xml')).toBe(true);
  });

  test('leaves children unqualified', () => {
    expect(all(`${XS}schema`)[0]?.attributes['elementFormDefault']).toBe('unqualified');
  });

  test('declares every type that it refers to, once', () => {
    const declared = [...all(`${XS}complexType`), ...all(`${XS}simpleType`)].map(
      (type) => type.attributes['name'],
    );
    const wanted = all(`${XS}element`).map((element) => element.attributes['type']);
    const own = wanted.flatMap((type) => (type?.startsWith('tns:') ? [type.slice(4)] : []));
    expect(own.length).toBeGreaterThan(100);
    expect(own.filter((name) => !declared.includes(name))).toEqual([]);
    expect(new Set(declared).size).toBe(declared.length);
  });

  test('has what 3_1 added to earlier versions, where it added it', () => {
    expect(childrenOf('AuthenticationHeader')).toEqual([
      'mktowsUserId',
      'requestSignature',
      'requestTimestamp',
      'partnerId',
      'audit',
      'mode',
    ]);
    expect(childrenOf('ParamsSyncLead')).toEqual(['leadRecord', 'returnLead', 'marketoCookie', 'moveCookie']);
    expect(childrenOf('ParamsScheduleCampaign')[1]).toBe('cloneToProgramName');
    expect(childrenOf('ParamsMergeLeads').at(-1)).toBe('mergeInSales');
    expect(childrenOf('ParamsGetLeadChanges')).toEqual([
      'startPosition',
      'activityFilter',
      'activityNameFilter',
      'batchSize',
      'leadSelector',
    ]);
    expect(childrenOf('ActivityRecord').slice(0, 2)).toEqual(['id', 'marketoGUID']);
    expect(childrenOf('LeadChangeRecord').slice(0, 2)).toEqual(['id', 'marketoGUID']);
  });

  test('binds the workspace to syncLead alone', () => {
    const bound = all('{http://schemas.xmlsoap.org/wsdl/}binding').flatMap((binding) =>
      all('{http://schemas.xmlsoap.org/wsdl/}operation', binding),
    );
    const withWorkspace = bound.filter((operation) =>
      all('{http://schemas.xmlsoap.org/wsdl/soap/}header', operation).some(
        (header) => header.attributes['part'] === 'MktowsContextHeader',
      ),
    );
    expect(bound.length).toBe(23);
    expect(withWorkspace.map((operation) => operation.attributes['name'])).toEqual(['syncLead']);
  });

  test('names an address that exists nowhere', () => {
    expect(marketoWsdl()).toContain('location="https://instance.invalid/');
  });

  test('of one operation declares it alone, and every type that it refers to', () => {
    const alone = canonicalXml(marketoWsdl(['syncLead']));
    const names = (kind: string): unknown[] => all(kind, alone).map(({ attributes }) => attributes['name']);
    const declared = [...names(`${XS}complexType`), ...names(`${XS}simpleType`)];
    const wanted = all(`${XS}element`, alone).map(({ attributes }) => attributes['type']);
    const own = wanted.flatMap((type) => (type?.startsWith('tns:') ? [type.slice(4)] : []));
    expect(own.filter((name) => !declared.includes(name))).toEqual([]);
    expect(declared).not.toContain('ParamsGetLead');
    expect(names(`${XS}element`)).toContain('successSyncLead');
  });
});
