import type { Endpoint } from './endpoint.ts';
import { multipart, type Part } from './multipart.ts';
import type { RestRequest } from './request.ts';
import { RestError } from './rest-error.ts';

/** A request as HTTP has it. */
export interface RawRequest {
  readonly method: string;
  /** As sent, still encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
}

/** The method a request counts as: `_method` is for long reads of the lead database alone. */
export function countedMethod({ method, path, query }: RawRequest): string | RestError {
  const named = query.get('_method');
  if (named === null) return method;
  const allowed = method === 'POST' && named === 'GET' && path.startsWith('/rest/v1/');
  return allowed ? 'GET' : new RestError(605);
}

const NOTHING = { form: [], json: null, file: null };

/** Throws a RestError for a body that is not what the endpoint reads. */
export function readRequest(raw: RawRequest, endpoint: Endpoint): RestRequest {
  const { method, pattern: _pattern, body } = endpoint;
  const query = [...raw.query].filter(([name]) => name !== '_method');
  const request = { method, path: raw.path, query, ...NOTHING };
  switch (body) {
    case 'none':
      return request;
    case 'get':
    case 'compound':
      return raw.method === 'GET' ? request : longRead(raw, request, body === 'compound');
    case 'json':
      return { ...request, json: jsonIn(raw) };
    case 'optional-json':
      return raw.body.length === 0 ? request : { ...request, json: jsonIn(raw) };
    case 'form':
      return { ...request, form: formIn(raw) };
    case 'multipart':
      return withParts(raw, request);
  }
}

function longRead(raw: RawRequest, request: RestRequest, compound: boolean): RestRequest {
  if (compound && isJson(raw)) return { ...request, json: jsonIn(raw) };
  return { ...request, query: [...request.query, ...formIn(raw)] };
}

const isJson = ({ contentType }: RawRequest): boolean => /^application\/json\s*(?:;|$)/i.test(contentType);

function jsonIn(raw: RawRequest): Readonly<Record<string, unknown>> {
  if (!isJson(raw)) throw new RestError(612);
  const value = parsed(textOf(raw, 609));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RestError(609);
  return { ...value };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RestError(609);
  }
}

function formIn(raw: RawRequest): (readonly [string, string])[] {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(raw.contentType)) throw new RestError(612);
  return [...new URLSearchParams(textOf(raw, 612))];
}

/** The file, and the parameters, which may be parts as well. */
function withParts(raw: RawRequest, request: RestRequest): RestRequest {
  if (!/^multipart\/form-data\s*(?:;|$)/i.test(raw.contentType)) throw new RestError(612);
  const parts = multipart(raw.contentType, textOf(raw, 613));
  const file = parts?.find((part) => part.name === 'file' && part.hasFilename);
  if (parts === null || file === undefined) throw new RestError(613);
  const values = parts.filter((part) => part !== file);
  const query = [...request.query, ...values.map(({ name, content }: Part) => [name, content] as const)];
  return { ...request, query, file: file.content };
}

function textOf({ body }: RawRequest, code: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new RestError(code);
  }
}
