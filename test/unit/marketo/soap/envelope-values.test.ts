import { describe, expect, test } from 'vitest';
import { envelopeValues } from '../../../../shared/marketo/soap/envelope-values.ts';
import { withTypeAttributes } from '../../../../shared/marketo/soap/type-attributes.ts';

const refused = (params: unknown, path: string) =>
  expect(envelopeValues(params, 'params')).toMatchObject({ kind: 'refused', path });

const carried = (params: unknown, values: unknown) =>
  expect(envelopeValues(params, 'params')).toEqual({ kind: 'carried', values });

describe('envelopeValues', () => {
  test('turns every leaf into escaped text', () => {
    carried(
      { a: '<&>"\'\t\r\n]]>', b: 1.5, c: false, d: 12n, e: ['x', { f: '' }] },
      {
        a: '&lt;&amp;&gt;&quot;&apos;&#9;&#13;&#10;]]&gt;',
        b: '1.5',
        c: 'false',
        d: '12',
        e: ['x', { f: '' }],
      },
    );
  });

  test('leaves absent children out', () => {
    carried({ a: null, b: undefined, c: {} }, { c: {} });
  });

  test('carries the type of a selector, and no other attribute', () => {
    const attributes = { 'xsi:type': 'tns:LeadKeySelector' };
    const leadSelector = { keyType: 'EMAIL' };
    carried({ leadSelector }, { leadSelector });
    expect(withTypeAttributes('getMultipleLeads', { leadSelector })).toEqual({
      leadSelector: { attributes, ...leadSelector },
    });
    refused({ leadSelector: { attributes, ...leadSelector } }, 'params.leadSelector');
    refused({ attributes }, 'params');
  });

  test.each(['$xml', '$value', '_xml', '$attributes', ':a', 'tns:a', 'a b', 'a><evil', '', '__proto__'])(
    'refuses %j as a name',
    (name) => {
      refused(JSON.parse(`{"lead":{${JSON.stringify(name)}:"x"}}`), 'params.lead');
      refused(JSON.parse(`{${JSON.stringify(name)}:"x"}`), 'params');
    },
  );

  test.each([new Date(0), Number.NaN, Number.POSITIVE_INFINITY, Symbol('a'), () => 'a', new Map(), /a/])(
    'refuses %s as a value',
    (value) => refused({ a: [{ b: value }] }, 'params.a[0].b'),
  );

  test('refuses a list in a list, a hole, and params that are no object', () => {
    refused({ a: [['x']] }, 'params.a[0]');
    refused({ a: ['x', null] }, 'params.a[1]');
    for (const params of [null, undefined, 'text', [], 7]) refused(params, 'params');
  });

  test('refuses what is nested too deep, without exhausting the stack', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 100_000; i += 1) deep = { a: deep };
    expect(envelopeValues({ a: deep }, 'params')).toMatchObject({
      kind: 'refused',
      problem: 'is nested too deep',
    });
  });

  test('names the place of a character that XML cannot carry, and not the text around it', () => {
    const answer = envelopeValues({ lead: [{ name: 'Ann\u0008Lee' }] }, 'params');
    expect(answer).toMatchObject({ kind: 'refused', path: 'params.lead[0].name' });
    expect(JSON.stringify(answer)).not.toContain('Ann');
  });
});
