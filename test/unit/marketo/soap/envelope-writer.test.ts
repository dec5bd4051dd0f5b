import { createClientAsync } from 'soap';
import { describe, expect, test } from 'vitest';
import type { OperationName } from '../../../../shared/marketo/operations/registry.ts';
import { createEnvelopeWriter } from '../../../../shared/marketo/soap/envelope-writer.ts';
import { marketoWsdl } from '../../../../shared/marketo/soap/wsdl.ts';

const ENDPOINT = 'http://127.0.0.1/soap';

describe('the envelope writer', () => {
  test('writes one header per envelope', async () => {
    const writer = await createEnvelopeWriter(marketoWsdl(), ENDPOINT);
    const one = writer.write('listMObjects', {}, '<a></a>');
    const two = writer.write('listMObjects', {}, '<b></b>');
    expect(one.body).toContain('<soap:Header><a></a></soap:Header>');
    expect(two.body).toContain('<soap:Header><b></b></soap:Header>');
  });

  test('throws if the WSDL has no such operation', async () => {
    const writer = await createEnvelopeWriter(marketoWsdl(), ENDPOINT);
    expect(() => writer.write('noSuch' as OperationName, {}, '')).toThrow('noSuch');
  });

  test('leaves other clients of the same WSDL as they are', async () => {
    await createEnvelopeWriter(marketoWsdl(), ENDPOINT);
    const bodies: string[] = [];
    const stock = await createClientAsync(marketoWsdl(), {
      endpoint: ENDPOINT,
      httpClient: {
        request: (_url, body) => {
          bodies.push(String(body));
          return new Promise<never>(() => {});
        },
      },
    });
    stock['describeMObject']({ objectName: '<&>' }, () => {});
    expect(bodies[0]).toContain('<objectName>&lt;&amp;&gt;</objectName>');
  });
});
