import type { RestCall } from './endpoint.ts';
import type { RestRequest } from './request.ts';
import { RestError } from './rest-error.ts';

type Asked = Pick<RestCall, 'request'>;

/** The value of a query parameter, the last if there are several; null if it is absent or empty. */
export function parameter({ request }: Asked, name: string): string | null {
  const value = valuesOf(request, name).at(-1) ?? '';
  return value === '' ? null : value;
}

export function requiredParameter(call: Asked, name: string): string {
  const value = parameter(call, name);
  if (value === null) throw new RestError(1002, `Missing value for required parameter '${name}'`);
  return value;
}

/** A comma-separated parameter, which may be repeated as well. A comma inside a value separates: there is no escape. */
export function listParameter({ request }: Asked, name: string): string[] {
  return valuesOf(request, name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function valuesOf({ query }: RestRequest, name: string): string[] {
  return query.filter(([given]) => given === name).map(([, value]) => value);
}

export function integer(value: string): number {
  if (!/^-?\d{1,15}$/.test(value))
    throw new RestError(1001, `Invalid value '${value}'. Required of type 'Integer'`);
  return Number(value);
}

export function optionalInteger(call: Asked, name: string): number | null {
  const value = parameter(call, name);
  return value === null ? null : integer(value);
}

export function optionalBoolean(call: Asked, name: string): boolean | null {
  const value = parameter(call, name);
  if (value === null) return null;
  if (value !== 'true' && value !== 'false')
    throw new RestError(1001, `Invalid value '${value}'. Required of type 'Boolean'`);
  return value === 'true';
}

/** ISO 8601 with an offset, and without milliseconds, which are not documented everywhere. */
export function instant(value: string): number {
  const well = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)$/.test(value);
  const at = Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (!well || Number.isNaN(at)) throw new RestError(1003, `Invalid date '${value}'`);
  return at;
}

/** Dates go out without milliseconds: `2026-01-02T03:04:05Z`. */
export function dateOut(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
