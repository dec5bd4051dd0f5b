import { createClientAsync, type IHttpClient, type IOptions, type SoapMethod } from 'soap';
import type { JsonObject } from '../../kernel/is-object.ts';
import type { OperationName } from '../operations/registry.ts';
import { withTypeAttributes } from './type-attributes.ts';

interface Envelope {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface EnvelopeWriter {
  /** `values` are what envelopeValues answered; `header` is XML. Throws if the WSDL does not know the operation. */
  write(operation: OperationName, values: JsonObject, header: string): Envelope;
  /** Parses a reply by the WSDL's types. Throws on anything that is not a well-formed SOAP answer, and on a fault. */
  read(xml: string): unknown;
}

/** Under which option of a call node-soap hands the envelope to our HTTP client. */
const CARRY = 'carry';

/**
 * node-soap as a writer and reader of envelopes. The sending in between is ours: node-soap knows no deadline, loses track
 * of which request was whose under concurrency, and turns an empty or foreign answer into a success.
 */
export async function createEnvelopeWriter(wsdl: string, endpoint: string): Promise<EnvelopeWriter> {
  const client = await createClientAsync(wsdl, { ...OPTIONS, endpoint });
  const headers = new WeakMap<object, string>();
  client.addSoapHeader((_method: unknown, _location: unknown, _action: unknown, args: object) =>
    headers.get(args),
  );
  return {
    write: (operation, values, header) => {
      const method: SoapMethod | undefined = client[operation];
      if (method === undefined) throw new Error(`the WSDL has no operation ${operation}`);
      const typed = withTypeAttributes(operation, values);
      headers.set(typed, header);
      return write(method, operation, typed);
    },
    read: (xml) => client.wsdl.xmlToObject(xml),
  };
}

/** Takes the envelope that node-soap wrote and never answers, so that node-soap reads no reply. It is called at once. */
const collector: IHttpClient = {
  request(_url, body, _callback, headers, options) {
    const carry: unknown = options?.[CARRY];
    if (typeof carry === 'function') carry({ body: String(body), headers: { ...headers } });
    return new Promise<never>(() => {});
  },
};

const asItStands = (text: string): string => text;

/** A long above 2^53 stays text: as a number it would be another one. */
function exactLong(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

const OPTIONS: IOptions = {
  httpClient: collector,
  // The values come escaped: node-soap's own escaping has holes (envelope-values.ts).
  escapeXML: false,
  preserveWhitespace: true,
  // A dateTime made a Date would lose its offset.
  customDeserializer: { dateTime: asItStands, date: asItStands, long: exactLong, integer: exactLong },
  // The cache is keyed by the WSDL alone: another client in this process would get these options with it.
  disableCache: true,
};

function write(method: SoapMethod, operation: OperationName, values: JsonObject): Envelope {
  const written: Envelope[] = [];
  method(values, () => {}, { [CARRY]: (envelope: Envelope) => written.push(envelope) });
  const [envelope] = written;
  if (envelope === undefined) throw new Error(`no envelope was written for ${operation}`);
  return envelope;
}
