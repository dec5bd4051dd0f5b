import type { RestCall, RestResult } from './endpoint.ts';
import { optionalInteger } from './query.ts';
import { RestError } from './rest-error.ts';

/** Rows of an asset page, unless told and at most (docs/marketo-facts.md). */
const USUAL_PER_PAGE = 20;
const MOST_PER_PAGE = 200;

/** What an asset endpoint says where there is nothing: no `result` at all. */
export const NO_ASSETS: RestResult = {
  kind: 'rows',
  rows: null,
  warnings: ['No assets found for the given search criteria.'],
};

/** A page of assets by `offset` and `maxReturn`: the end is a short page, or none. */
export function assetPage<Row>(
  call: Pick<RestCall, 'request'>,
  rows: readonly Row[],
  show: (row: Row) => unknown,
): RestResult {
  const size = optionalInteger(call, 'maxReturn') ?? USUAL_PER_PAGE;
  const offset = optionalInteger(call, 'offset') ?? 0;
  if (size < 1 || size > MOST_PER_PAGE || offset < 0)
    throw new RestError(1003, 'Invalid maxReturn or offset');
  const page = rows.slice(offset, offset + size);
  return page.length === 0 ? NO_ASSETS : { kind: 'rows', rows: page.map(show) };
}

/** `2026-01-02T03:04:05Z+0000`. */
export function assetDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z+0000`;
}
