import { createHash } from 'node:crypto';
import { type RestCall, type RestResult, rowsOf } from './endpoint.ts';
import { optionalInteger, parameter } from './query.ts';
import { RestError } from './rest-error.ts';

/** Records per page of the lead database (docs/marketo-facts.md). */
const MOST_PER_PAGE = 300;

type Asked = Pick<RestCall, 'request'>;

/** A page of rows by `batchSize` and `nextPageToken`: while there are more rows, there is a token. */
export function paged<Row>(call: Asked, rows: readonly Row[], show: (row: Row) => unknown): RestResult {
  return pagedBy(rows, show, {
    size: optionalInteger(call, 'batchSize'),
    token: parameter(call, 'nextPageToken'),
    query: queryOf(call),
  });
}

interface Position {
  readonly size: number | null;
  readonly token: string | null;
  /** What was asked: a token belongs to it alone. */
  readonly query: string;
}

export function pagedBy<Row>(
  rows: readonly Row[],
  show: (row: Row) => unknown,
  { size, token, query }: Position,
): RestResult {
  if (size !== null && size < 1) throw new RestError(1003, 'batchSize must be positive');
  const offset = token === null ? 0 : offsetIn(token, query);
  const next = offset + Math.min(size ?? MOST_PER_PAGE, MOST_PER_PAGE);
  const shown = rows.slice(offset, next).map(show);
  if (next >= rows.length) return rowsOf(shown);
  return { kind: 'rows', rows: shown, nextPageToken: tokenAt(next, query) };
}

/** Everything that was asked but where to go on. */
function queryOf({ request }: Asked): string {
  const asked = request.query.filter(([name]) => name !== 'nextPageToken' && name !== 'batchSize');
  return JSON.stringify([request.path, asked.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

export function tokenAt(offset: number, query: string): string {
  const text = `next:${offset}:${digest(query)}`;
  // Real tokens end in `=`, which a client has to encode.
  return Buffer.from(text.padEnd(text.length + ((4 - (text.length % 3)) % 3), ';')).toString('base64');
}

export function offsetIn(token: string, query: string): number {
  const match = /^next:(\d{1,9}):(\w+);*$/.exec(Buffer.from(token, 'base64').toString());
  if (match === null || match[2] !== digest(query)) throw new RestError(1003, 'Invalid nextPageToken');
  return Number(match[1]);
}

function digest(query: string): string {
  return createHash('sha256').update(query).digest('hex').slice(0, 12);
}
