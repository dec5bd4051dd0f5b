import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import { refused } from '../call/call-ended.ts';
import type { EndpointName } from '../call/endpoints.ts';
import type { RestReply } from '../call/read-reply.ts';
import type { Session } from '../call/session.ts';

/** The most that an asset endpoint gives at a time; its default is 20. */
const PAGE = 200;

/** 2,000 assets: more than any instance that we know of has channels or tag types. */
const MOST_PAGES = 10;

/**
 * Every row of an asset endpoint, page by page, in Marketo's order. `name` is the member that each row must have, a text. Throws
 * `CallEnded` for more rows than `MOST_PAGES` have.
 */
export async function readAssets(
  session: Session,
  endpoint: EndpointName,
  name: string,
): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { maxReturn: PAGE, offset: page * PAGE };
    const { result } = await session.ask({ endpoint, query, isReply: namedBy(name) });
    rows.push(...result.filter(isObject));
    if (result.length < PAGE) return rows;
  }
  throw refused(1003, `the instance has ${MOST_PAGES * PAGE} of these or more, too many for one job`);
}

/** Says what is wrong with a reply of which a row has no text of this name. */
export const namedBy =
  (name: string) =>
  ({ result }: RestReply): string | null => {
    const isNamed = (row: unknown) =>
      isObject(row) && Object.hasOwn(row, name) && typeof row[name] === 'string';
    return result.every(isNamed) ? null : `a row has no ${name}`;
  };
