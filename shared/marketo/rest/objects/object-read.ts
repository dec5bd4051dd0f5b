import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import { CallEnded } from '../call/call-ended.ts';
import type { EndpointName } from '../call/endpoints.ts';
import type { RestReply } from '../call/read-reply.ts';
import { reasonListOf } from '../call/reasons.ts';
import type { PathParts, RequestParts } from '../call/request.ts';
import type { Session } from '../call/session.ts';
import type { RestObject } from './object-write.ts';

/** Which objects are meant: those with one of the values in a searchable field, or the one that has all of a compound key. */
export type Filter =
  | { readonly kind: 'field'; readonly field: string; readonly values: readonly string[] }
  | { readonly kind: 'compound'; readonly key: RestObject };

export interface ObjectRead {
  readonly endpoint: EndpointName;
  readonly path?: PathParts;
  readonly filter: Filter;
  readonly fields: readonly string[];
  readonly batchSize: number;
  readonly nextPageToken: string | null;
}

export interface ObjectPage {
  readonly rows: readonly JsonObject[];
  readonly nextPageToken: string | null;
}

/** One page. A row that only says that nothing has the key is none. Throws `CallEnded` and `CallRefused`. */
export async function readObjects(session: Session, read: ObjectRead): Promise<ObjectPage> {
  const { endpoint, path = {} } = read;
  const reply = await session.ask({ endpoint, path, ...parts(read), isReply: hasRows });
  const rows = reply.result.filter(isObject).filter(isFound);
  return { rows, nextPageToken: reply.nextPageToken };
}

function parts({ filter, fields, batchSize, nextPageToken }: ObjectRead): RequestParts {
  const page = { batchSize, ...(nextPageToken === null ? {} : { nextPageToken }) };
  if (filter.kind === 'field')
    return {
      query: { filterType: filter.field, filterValues: filter.values, fields, ...page },
    };
  return {
    query: { _method: 'GET' },
    json: { filterType: 'dedupeFields', fields, input: [filter.key], ...page },
  };
}

const hasRows = ({ result }: RestReply): string | null =>
  result.every(isObject) ? null : 'a row of it is no object';

const NOT_FOUND: ReadonlySet<number | null> = new Set([1004, 1013]);

function isFound(row: JsonObject): boolean {
  if (row['status'] !== 'skipped') return true;
  const [reason] = reasonListOf(row);
  if (reason === undefined || NOT_FOUND.has(reason.code)) return false;
  throw new CallEnded({ kind: 'marketo', code: reason.code, message: reason.message, httpStatus: 200 });
}
