import { Refusal } from '../instance/refusal.ts';
import type { RestCall } from './endpoint.ts';
import { errorOf, RestError } from './rest-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Records of a write, at most (docs/marketo-facts.md). */
const MOST_RECORDS = 300;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The objects under `input`. Anything else is an error of the whole request. */
export function inputOf({ request }: Pick<RestCall, 'request'>, most = MOST_RECORDS): JsonObject[] {
  const input = request.json?.['input'];
  if (!Array.isArray(input) || input.length === 0) throw new RestError(1003, 'input is not specified');
  if (input.length > most) throw new RestError(1003, `input has more than ${most} records`);
  const records = input.filter(isObject);
  if (records.length < input.length) throw new RestError(609);
  return records;
}

/** The records of an `input` that may be anything: for the books, which never refuse. */
export function recordsIn({ request }: Pick<RestCall, 'request'>): JsonObject[] {
  const input = request.json?.['input'];
  return Array.isArray(input) ? input.filter(isObject) : [];
}

export function textMember(json: JsonObject | null, name: string): string | null {
  const value = json?.[name] ?? null;
  if (value === null || value === '') return null;
  if (typeof value !== 'string')
    throw new RestError(1001, `Invalid value '${value}'. Required of type 'String'`);
  return value;
}

export function oneOf<Member extends string>(
  members: readonly Member[],
  value: string,
  what: string,
): Member {
  const member = members.find((candidate) => candidate === value);
  if (member === undefined) throw new RestError(1003, `Invalid ${what}: ${value}`);
  return member;
}

/** Serves one record of a batch; what is refused of it is its own `reasons`. */
export function settled(run: () => JsonObject, skipped: JsonObject = {}): JsonObject {
  try {
    return run();
  } catch (error) {
    const { code, message } = recordError(error);
    return { ...skipped, status: 'skipped', reasons: [{ code: String(code), message }] };
  }
}

function recordError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  if (error instanceof Refusal) return errorOf(error);
  throw error;
}
