import { request } from 'node:http';
import { DEFAULT_CREDENTIALS } from '../../../simulator/simulator.ts';
import { type Credentials, sign } from '../../../simulator/soap/auth.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A hand-written envelope, as docs/marketo-facts.md shows it. */
export function envelope(
  operation: string,
  params: string,
  options: { at?: number; credentials?: Credentials; signature?: string; context?: string } = {},
): string {
  const credentials = options.credentials ?? DEFAULT_CREDENTIALS;
  const timestamp = new Date(options.at ?? Date.now()).toISOString();
  const root = `ns1:params${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="http://www.marketo.com/mktows/"' +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Header><ns1:AuthenticationHeader>' +
    `<mktowsUserId>${credentials.userId}</mktowsUserId>` +
    `<requestSignature>${options.signature ?? sign(credentials, timestamp)}</requestSignature>` +
    `<requestTimestamp>${timestamp}</requestTimestamp></ns1:AuthenticationHeader>${options.context ?? ''}` +
    `</soap:Header><soap:Body><${root}>${params}</${root}></soap:Body></soap:Envelope>`
  );
}

/** Sends bytes over a connection of its own; rejects if no whole answer comes. */
export function post(
  url: string,
  body: string | Buffer,
  method = 'POST',
  signal?: AbortSignal,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, agent: false, ...(signal === undefined ? {} : { signal }) },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const { statusCode, headers } = incoming;
          resolve({ status: statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Calls an operation with good credentials. */
export function call(
  simulator: { soapUrl: string },
  operation: string,
  params: string,
  at?: number,
): Promise<Reply> {
  return post(simulator.soapUrl, envelope(operation, params, at === undefined ? {} : { at }));
}

/** The text of the first element of a name, or null; null for xsi:nil too. */
export function textOf(reply: { body: string }, element: string): string | null {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(reply.body)?.[1] ?? null;
}

export function codeOf(reply: { body: string }): number | null {
  const code = textOf(reply, 'code');
  return code === null ? null : Number(code);
}

export const leadKey = (type: string, value: string) =>
  `<leadKey><keyType>${type}</keyType><keyValue>${value}</keyValue></leadKey>`;

export const attribute = (name: string, value: string) =>
  `<attribute><attrName>${name}</attrName><attrValue>${value}</attrValue></attribute>`;

/** The params of a syncLead by Email. */
export const lead = (email: string, ...attributes: string[]) =>
  `<leadRecord><Email>${email}</Email><leadAttributeList>${attributes.join('')}</leadAttributeList></leadRecord>` +
  '<returnLead>true</returnLead>';
