import { describe, expect, test } from 'vitest';
import { parseEnvelope, renderFault, renderSuccess } from '../../../../simulator/soap/envelope.ts';
import { ServiceFault } from '../../../../simulator/soap/fault.ts';
import { nil, tag } from '../../../../simulator/soap/markup.ts';
import { envelope } from '../caller.ts';

describe('parseEnvelope', () => {
  test('reads operation, params, authentication and workspace', () => {
    const context =
      '<ns1:MktowsContextHeader><targetWorkspace>Europe</targetWorkspace></ns1:MktowsContextHeader>';
    const request = parseEnvelope(envelope('listMObjects', '<x>1</x>', { at: 0, signature: 'abc', context }));
    expect(request).toMatchObject({
      kind: 'request',
      operation: 'listMObjects',
      params: { children: [{ name: 'x', text: '1' }] },
      authentication: { userId: 'simulator_user', signature: 'abc', timestamp: '1970-01-01T00:00:00.000Z' },
      workspace: 'Europe',
    });
  });

  test('finds no authentication where there is none', () => {
    const bare = envelope('getTags', '').replace(/<soap:Header>.*<\/soap:Header>/, '');
    expect(parseEnvelope(bare)).toMatchObject({ kind: 'request', authentication: null, workspace: null });
  });

  test('does not take an unqualified authentication header', () => {
    const unqualified = envelope('getTags', '').replaceAll(
      'ns1:AuthenticationHeader',
      'AuthenticationHeader',
    );
    expect(parseEnvelope(unqualified)).toMatchObject({ authentication: null });
  });

  test.each([
    ['something else than an envelope', '<html/>'],
    [
      'SOAP 1.2',
      envelope('getTags', '').replace(
        'http://schemas.xmlsoap.org/soap/envelope/',
        'http://www.w3.org/2003/05/soap-envelope',
      ),
    ],
    ['params without a namespace', envelope('getTags', '').replaceAll('ns1:paramsGetTags', 'paramsGetTags')],
    [
      'two elements in the body',
      envelope('getTags', '').replace('</soap:Body>', '<ns1:paramsGetTags/></soap:Body>'),
    ],
    ['an empty body', envelope('getTags', '').replace(/<soap:Body>.*<\/soap:Body>/, '<soap:Body/>')],
    ['broken XML', '<soap:Envelope'],
  ])('does not understand %s', (_, document) => {
    expect(parseEnvelope(document).kind).toBe('unintelligible');
  });
});

test('a fault has the documented shape', () => {
  const documented = `<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">
  <SOAP-ENV:Body>
    <SOAP-ENV:Fault>
      <faultcode>SOAP-ENV:Client</faultcode>
      <faultstring>20014 - Authentication failed</faultstring>
      <detail>
        <ns1:serviceException xmlns:ns1="http://www.marketo.com/mktows/">
          <name>mktServiceException</name>
          <message>Authentication failed (20014)</message>
          <code>20014</code>
        </ns1:serviceException>
      </detail>
    </SOAP-ENV:Fault>
  </SOAP-ENV:Body>
</SOAP-ENV:Envelope>`;
  const compact = (xml: string) => xml.replace(/>\s+</g, '><').trim();
  expect(compact(renderFault(new ServiceFault(20014)))).toBe(compact(documented));
});

test('a success has a qualified root and unqualified children', () => {
  const xml = renderSuccess('listMObjects', tag('result', tag('objects', 'A & B'), nil('error')));
  expect(xml).toContain(
    '<SOAP-ENV:Body><ns1:successListMObjects><result><objects>A &amp; B</objects><error xsi:nil="true"/></result></ns1:successListMObjects></SOAP-ENV:Body>',
  );
});
