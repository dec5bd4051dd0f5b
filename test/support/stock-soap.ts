import { createClientAsync, type IHttpClient } from 'soap';
import type { OperationName } from '../../shared/marketo/operations/registry.ts';
import { marketoWsdl } from '../../shared/marketo/soap/wsdl.ts';

/** The header of the golden requests, in which the signature is masked. */
const GOLDEN_HEADER = {
  mktowsUserId: 'bigcorp1_461839624B16E06BA2D663',
  requestSignature: '***',
  requestTimestamp: '2026-11-22T10:00:00+00:00',
};

interface Conversation {
  readonly request: string;
  readonly soapAction: string;
  readonly answer: unknown;
}

interface StockSoap {
  /** One conversation at a time. */
  converse(
    operation: OperationName,
    params: unknown,
    response: string,
    workspace?: string | null,
  ): Promise<Conversation>;
}

/** The `soap` package as it comes, over our WSDL: it shows what the WSDL says, whatever our own client does. */
export async function createStockSoap(): Promise<StockSoap> {
  let toAnswer = '';
  let seen: { readonly body: string; readonly action: string } | null = null;
  const httpClient: IHttpClient = {
    request(_url, body, callback, headers) {
      seen = { body: String(body), action: String(headers?.['SOAPAction']) };
      callback(null, { status: 200, statusText: 'OK', headers: {}, data: toAnswer }, toAnswer);
      return new Promise<never>(() => {});
    },
  };
  const client = await createClientAsync(marketoWsdl(), {
    httpClient,
    disableCache: true,
    endpoint: 'http://127.0.0.1:9/soap/mktows/3_1',
    // As Marketo wrote it: a Date would lose the offset.
    customDeserializer: { dateTime: (text: string) => text },
  });
  return {
    async converse(operation, params, response, workspace = null) {
      toAnswer = response;
      client.clearSoapHeaders();
      client.addSoapHeader({ 'tns:AuthenticationHeader': GOLDEN_HEADER });
      if (workspace !== null) {
        client.addSoapHeader({ 'tns:MktowsContextHeader': { targetWorkspace: workspace } });
      }
      const [answer] = await client[`${operation}Async`](params);
      if (seen === null) throw new Error('nothing was sent');
      return { request: seen.body, soapAction: seen.action, answer };
    },
  };
}
