import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import type { Asking, Request } from '../call/asking.ts';

/** The rows of one page, every one of them read; a row that is none of these makes the reply one to another request. */
export async function askRows<T>(
  session: Asking,
  request: Request,
  read: (row: JsonObject) => T | null,
): Promise<{ readonly rows: readonly T[]; readonly nextPageToken: string | null }> {
  const readAll = (rows: readonly unknown[]): readonly (T | null)[] =>
    rows.map((row) => (isObject(row) ? read(row) : null));
  const isReply: NonNullable<Request['isReply']> = ({ result }) =>
    readAll(result).includes(null) ? 'a row lacks what every such row has' : null;
  const { result, nextPageToken } = await session.ask({ ...request, isReply });
  return { rows: readAll(result).filter((row) => row !== null), nextPageToken };
}

/** Text, and not empty. */
export const textIn = (row: JsonObject, name: string): string | null => {
  const value = row[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

export const idIn = (row: JsonObject, name = 'id'): number | null => {
  const value = row[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
};

/** Texts only; whatever else stands among them is left out. */
export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

export const objectsIn = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
