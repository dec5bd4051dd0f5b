import { isObject } from '../../../kernel/is-object.ts';
import { refused } from '../call/call-ended.ts';
import type { RestReply } from '../call/read-reply.ts';
import type { Session } from '../call/session.ts';

/** A lead that a filter has found. `row` holds the fields that were asked for, as REST gives them. */
export interface FoundLead {
  readonly id: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/** What a filter looks for: at most as many values as Marketo takes, none of them empty or with a comma. */
export interface LeadFilter {
  readonly filterType: string;
  readonly values: readonly string[];
  readonly fields: readonly string[];
}

/** Marketo takes as many values for one filter, and gives as many rows a page. */
export const MOST_FILTER_VALUES = 300;

/** A filter that matches more than 1,000 leads is refused (1003); as many come in four pages, and a page may be short. */
const MOST_PAGES = 10;

/** Every lead that one filter finds, page after page. Throws `CallEnded` and `CallRefused`. */
export async function leadsByFilter(
  session: Session,
  filter: LeadFilter,
  isAskedFor: (lead: FoundLead) => boolean,
): Promise<readonly FoundLead[]> {
  const found: FoundLead[] = [];
  let nextPageToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const reply = await session.ask({
      endpoint: 'leads',
      query: { ...queryOf(filter), batchSize: MOST_FILTER_VALUES, nextPageToken },
      isReply: (one) => leadRowsProblem(one, isAskedFor),
    });
    found.push(...leadsOf(reply));
    if (reply.nextPageToken === null) return found;
    nextPageToken = reply.nextPageToken;
  }
  throw refused(1003, 'more than 1,000 leads have these keys');
}

export const queryOf = ({ filterType, values, fields }: LeadFilter) => ({
  filterType,
  filterValues: values,
  fields: [...new Set(['id', ...fields])],
});

/** Rows without an id are left out: `leadRowsProblem` has refused a reply that has any. */
export const leadsOf = ({ result }: RestReply): readonly FoundLead[] =>
  result.flatMap((row) => {
    const lead = leadOf(row);
    return lead === null ? [] : [lead];
  });

/** What is wrong with a page of leads; null: nothing is. */
export function leadRowsProblem(
  { result }: RestReply,
  isAskedFor: (lead: FoundLead) => boolean = () => true,
): string | null {
  for (const row of result) {
    const lead = leadOf(row);
    if (lead === null) return 'a row has no lead id';
    if (!isAskedFor(lead)) return 'it has a lead that was not asked for';
  }
  return null;
}

function leadOf(row: unknown): FoundLead | null {
  if (!isObject(row) || !Object.hasOwn(row, 'id')) return null;
  const { id } = row;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? { id, row } : null;
}
