import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import type { RestReply } from '../call/read-reply.ts';
import type { Session } from '../call/session.ts';
import type { Progress } from './activity-progress.ts';
import { dateTimeText, instantOf } from './instant.ts';

/** A row of activities.json, of which these three are always there and of their types. */
export type ActivityRow = JsonObject & {
  readonly leadId: number;
  readonly activityTypeId: number;
  readonly activityDate: string;
};

/** Whose activities: leads by id, at most 30; the members of a list; or everybody's. */
export type LeadScope =
  | { readonly kind: 'leads'; readonly ids: readonly string[] }
  | { readonly kind: 'list'; readonly id: number }
  | { readonly kind: 'everybody' };

export interface ActivityQuery {
  /** One group of leads after the other. */
  readonly leads: readonly LeadScope[];
  /** Epoch ms: where streams that were not begun begin. */
  readonly since: number;
  /** Epoch ms: later activities are not answered. */
  readonly latest: number | null;
  readonly batchSize: number;
  readonly from: Progress;
}

export interface ActivityPage {
  /** Of one stream, oldest first. */
  readonly rows: readonly ActivityRow[];
  readonly to: Progress;
  /** False: every stream is at its end, for now. */
  readonly more: boolean;
}

/** Marketo looks through 300 activities of any type for a page, so that pages may be empty; more are left to the next job. */
const MOST_PAGES = 10;

/** The next activities there are. Throws `CallEnded` and `CallRefused`. */
export async function readActivities(session: Session, query: ActivityQuery): Promise<ActivityPage> {
  const streams = query.from.tokens.length;
  let progress = query.from;
  let asked = 0;
  for (let visited = 0; visited < streams + MOST_PAGES; visited += 1) {
    const stream = streamAt(query, progress);
    let page: StreamPage = { rows: [], token: progress.tokens[progress.next] ?? null, ended: true };
    if (stream !== null) {
      if (asked === MOST_PAGES) break;
      progress = await begun(session, query.since, progress);
      page = await readPage(session, query, stream, progress.tokens[progress.next] ?? '');
      asked += 1;
    }
    const tokens = progress.tokens.with(progress.next, page.token);
    const next = page.ended ? (progress.next + 1) % streams : progress.next;
    progress = { ...progress, next, tokens };
    const more = !(page.ended && next === 0);
    if (page.rows.length > 0 || !more) return { rows: page.rows, to: progress, more };
  }
  return { rows: [], to: progress, more: true };
}

interface Stream {
  readonly activityTypeIds: readonly number[];
  readonly leadIds?: readonly string[];
  readonly listId?: number;
}

/** Null: nothing can be in it, as its leads or its types are none. */
function streamAt({ leads }: ActivityQuery, { next, typeGroups }: Progress): Stream | null {
  const activityTypeIds = typeGroups[Math.floor(next / leads.length)] ?? [];
  const scope = leads[next % leads.length];
  if (activityTypeIds.length === 0 || scope === undefined) return null;
  if (scope.kind === 'list') return { activityTypeIds, listId: scope.id };
  if (scope.kind === 'everybody') return { activityTypeIds };
  return scope.ids.length === 0 ? null : { activityTypeIds, leadIds: scope.ids };
}

/** A token of a date is good for every stream: one request begins all that were not. */
async function begun(session: Session, since: number, progress: Progress): Promise<Progress> {
  if (progress.tokens[progress.next] !== null) return progress;
  const { nextPageToken } = await session.ask({
    endpoint: 'activityPagingToken',
    query: { sinceDatetime: dateTimeText(since) },
    isReply: (reply) => (reply.nextPageToken === null ? 'it has no nextPageToken' : null),
  });
  return { ...progress, tokens: progress.tokens.map((token) => token ?? nextPageToken) };
}

interface StreamPage {
  readonly rows: readonly ActivityRow[];
  readonly token: string | null;
  readonly ended: boolean;
}

/**
 * What is later than asked for ends the stream, and its token stays: whoever goes on with a later date gets these rows, and
 * those before them once more.
 */
async function readPage(
  session: Session,
  { latest, batchSize }: ActivityQuery,
  stream: Stream,
  token: string,
): Promise<StreamPage> {
  const reply = await session.ask({
    endpoint: 'activities',
    query: { nextPageToken: token, ...stream, batchSize },
    isReply: activitiesProblem,
  });
  const found = reply.result.filter(isActivityRow);
  const rows = found.filter(({ activityDate }) => !isLater(activityDate, latest));
  if (rows.length < found.length) return { rows, token, ended: true };
  return { rows, token: reply.nextPageToken ?? token, ended: !reply.moreResult };
}

function isLater(activityDate: string, latest: number | null): boolean {
  const at = instantOf(activityDate);
  return latest !== null && at !== null && at > latest;
}

function activitiesProblem({ result, nextPageToken, moreResult }: RestReply): string | null {
  if (!result.every(isActivityRow)) return 'a row is no activity';
  return moreResult && nextPageToken === null ? 'there is more, but no nextPageToken' : null;
}

const isActivityRow = (row: unknown): row is ActivityRow =>
  isObject(row) &&
  Number.isSafeInteger(row['leadId']) &&
  Number.isSafeInteger(row['activityTypeId']) &&
  typeof row['activityDate'] === 'string';
