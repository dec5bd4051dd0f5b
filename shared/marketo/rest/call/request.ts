import { refused } from './call-ended.ts';
import type { Endpoint } from './endpoints.ts';

/** A list is one parameter of values with commas between: a value that holds one cannot be told from two. */
export type Query = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | undefined>
>;

/** A part of a path: digits, or an api name that Marketo itself has listed. */
export type PathParts = Readonly<Record<string, string | number>>;

/** What one request is made of. At most one of `json`, `form` and `file` is its body. */
export interface RequestParts {
  readonly path?: PathParts;
  readonly query?: Query;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly file?: UploadedFile;
}

export interface UploadedFile {
  /** The multipart boundary; it must not occur in `text`. */
  readonly boundary: string;
  readonly text: string;
}

/** A request as it goes over the wire, but for its address's host and its token. */
export interface BuiltRequest {
  readonly method: Endpoint['method'];
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Marketo takes 8 KB of address; the path and what a proxy may add are allowed for. */
const LONGEST_QUERY_BYTES = 6_000;
/** A JSON body over 1 MB is refused with HTTP 413. */
export const MOST_BODY_BYTES = 1_000_000;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** The one place where addresses and bodies are made of data. Throws a `CallEnded` for what cannot be said over REST. */
export function buildRequest(endpoint: Endpoint, parts: RequestParts): BuiltRequest {
  const path = pathOf(endpoint.path, parts.path ?? {});
  const query = queryOf(parts.query ?? {});
  const { method } = endpoint;
  if (parts.json !== undefined) {
    const body = JSON.stringify(parts.json);
    if (Buffer.byteLength(body) > MOST_BODY_BYTES)
      throw refused(1003, `the request would have ${Buffer.byteLength(body)} bytes, and Marketo takes 1 MB`);
    return { method: 'POST', path, query, headers: { 'content-type': 'application/json' }, body };
  }
  if (parts.form !== undefined)
    return { method, path, query, headers: FORM, body: new URLSearchParams(parts.form).toString() };
  if (parts.file !== undefined) return { method, path, query, ...multipart(parts.file) };
  if (query.length <= LONGEST_QUERY_BYTES) return { method, path, query, headers: {}, body: '' };
  if (endpoint.longByPost !== true)
    throw refused(1003, `the address would have ${query.length} bytes of query, and Marketo takes 8 KB`);
  return { method: 'POST', path, query: '_method=GET', headers: FORM, body: query };
}

const API_NAME = /^[A-Za-z0-9_]+$/;

/** `..` survives every encoding and would be folded away with the part before it: only names of known form get into a path. */
function pathOf(template: string, parts: PathParts): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const part = String(Object.hasOwn(parts, name) ? parts[name] : '');
    if (!API_NAME.test(part)) throw refused(1003, `"${part}" cannot be part of an address`);
    return part;
  });
}

function queryOf(query: Query): string {
  return Object.entries(query)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${encode(name)}=${encode(textOf(name, value))}`],
    )
    .join('&');
}

function textOf(name: string, value: NonNullable<Query[string]>): string {
  if (typeof value !== 'object') return String(value);
  const withComma = value.find((one) => String(one).includes(','));
  if (withComma === undefined) return value.join(',');
  throw refused(1003, `${name} cannot ask for "${withComma}": REST reads a value with a comma as two`);
}

/** Half of a surrogate pair would throw. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

function multipart({ boundary, text }: UploadedFile): Pick<BuiltRequest, 'headers' | 'body'> {
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="leads.csv"\r\ncontent-type: text/csv\r\n\r\n`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${head}${text}\r\n--${boundary}--\r\n`,
  };
}
