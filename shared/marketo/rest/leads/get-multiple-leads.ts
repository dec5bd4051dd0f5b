import { leadReference } from '../../operations/lead-reference.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refused } from '../call/call-ended.ts';
import { refusal, unlike } from '../call/findings.ts';
import { type Done, done, type Finding, type Known, type Mapping } from '../call/mapping.ts';
import { positionFindings, readPosition, writePosition } from '../call/position.ts';
import type { RestReply } from '../call/read-reply.ts';
import type { Session } from '../call/session.ts';
import { fieldsNaming } from './fields-naming.ts';
import { soapFields } from './get-lead.ts';
import { toLeadRecord, unknownNameFinding } from './lead-attributes.ts';
import type { LeadField } from './lead-fields.ts';
import { leadRowsProblem, leadsOf, queryOf } from './lead-filter.ts';
import { filterFindings, filterTypeOf } from './lead-keys.ts';

type Params = CheckedParamsOf<'getMultipleLeads'>;
type Selector = NonNullable<Params['leadSelector']>;

/** One page of REST a job; the position that it answers belongs to the same params. */
export const getMultipleLeads: Mapping<'getMultipleLeads'> = {
  check: findingsOf,
  run: async (params, session) => {
    const [token = null] = readPosition(params.streamPosition, params) ?? [];
    const shown = await shownFields(params, session);
    const page = {
      fields: [...new Set(['id', 'email', ...shown.map(({ rest }) => rest)])],
      batchSize: batchSizeOf(params),
      nextPageToken: token ?? undefined,
    };
    const { leadSelector: selector } = params;
    if (selector === undefined || 'oldestUpdatedAt' in selector) throw refused(1003, NO_SELECTOR);
    const reply =
      'keyType' in selector
        ? await leadsByKeys(session, selector, page)
        : await leadsOfList(session, selector, page);
    return doneOf(reply, params, shown);
  },
};

const NO_SELECTOR =
  'REST lists no leads by the time of their last update: ask by keys or by a static list, use getLeadChanges, or extract them in bulk (bulk lead extract, filter updatedAt)';

function findingsOf(params: Params, { fields }: Known): readonly Finding[] {
  const { leadSelector: selector, lastUpdatedAt, streamPosition } = params;
  if (selector === undefined || 'oldestUpdatedAt' in selector || lastUpdatedAt !== undefined)
    return [refusal(NO_SELECTOR)];
  const unknown = fields === null ? [] : namesOf(params).filter((name) => fields.bySoapName(name) === null);
  return [
    ...positionFindings(streamPosition, params),
    ...('keyType' in selector ? filterFindings(keysOf(selector)) : listFindings(selector)),
    ...(fields === null ? [] : unknown.map((name) => unknownNameFinding(name, fields))),
    unlike(COUNT),
    ...(batchSizeOf(params) < (params.batchSize ?? 0)
      ? [{ kind: 'unlike' as const, code: 1003, message: PAGE }]
      : []),
  ];
}

/** Marketo's own, for one page of leads. */
const MOST_PER_PAGE = 300;
/** What Adobe recommended for SOAP. */
const USUAL_PER_PAGE = 100;

const COUNT = 'remainingCount is 1 while leads are left and then 0: REST does not count them';
const PAGE = `a page has at most ${MOST_PER_PAGE} leads`;

const batchSizeOf = ({ batchSize }: Params): number => Math.min(batchSize ?? USUAL_PER_PAGE, MOST_PER_PAGE);

const namesOf = ({ includeAttributes }: Params): readonly string[] => includeAttributes?.stringItem ?? [];

/** No names are all of them. */
async function shownFields(params: Params, session: Session): Promise<readonly LeadField[]> {
  const names = namesOf(params);
  const fields = await fieldsNaming(session, names);
  if (names.length === 0) return soapFields(fields);
  const shown = names.map((name) => {
    const field = fields.bySoapName(name);
    if (field !== null) return field;
    const { code, message } = unknownNameFinding(name, fields);
    throw refused(code, message);
  });
  return [...new Set(shown)];
}

type KeySelector = Extract<Selector, { keyType: unknown }>;

const keysOf = ({ keyType, keyValues }: KeySelector) =>
  keyValues.stringItem.map((value) => leadReference(keyType, value)).filter(({ value }) => value !== '');

interface Page {
  readonly fields: readonly string[];
  readonly batchSize: number;
  readonly nextPageToken: string | undefined;
}

const EMPTY: RestReply = { result: [], nextPageToken: null, moreResult: false, warnings: [] };

async function leadsByKeys(
  session: Session,
  selector: KeySelector,
  { fields, ...page }: Page,
): Promise<RestReply> {
  const values = [...new Set(keysOf(selector).map(({ value }) => value))];
  const filterType = filterTypeOf(selector.keyType);
  if (values.length === 0 || filterType === null) return EMPTY;
  return session.ask({
    endpoint: 'leads',
    query: { ...queryOf({ filterType, values, fields }), ...page },
    isReply: (reply) => leadRowsProblem(reply),
  });
}

type ListSelector = Extract<Selector, { staticListId?: unknown; staticListName?: unknown }>;

const LIST_NOT_FOUND = 1013;

const listFindings = ({ staticListId }: ListSelector): readonly Finding[] =>
  staticListId === undefined || staticListId > 0
    ? []
    : [refusal(`no static list has the id ${staticListId}`, LIST_NOT_FOUND)];

function leadsOfList(session: Session, selector: ListSelector, page: Page): Promise<RestReply> {
  const { staticListId, staticListName = '' } = selector;
  const membersOf = (id: number) =>
    session.ask({
      endpoint: 'listLeads',
      path: { id },
      query: { ...page },
      isReply: (reply) => leadRowsProblem(reply),
    });
  if (staticListId !== undefined) return membersOf(staticListId);
  const { directory } = session;
  return directory.using(
    session,
    () => directory.list(session, staticListName),
    ({ id }) => membersOf(id),
  );
}

function doneOf(reply: RestReply, params: Params, shown: readonly LeadField[]): Done {
  const { nextPageToken } = reply;
  const leadRecord = leadsOf(reply).map((lead) => toLeadRecord(lead, shown));
  return done({
    result: {
      returnCount: leadRecord.length,
      remainingCount: nextPageToken === null ? 0 : 1,
      newStreamPosition: nextPageToken === null ? '' : writePosition([nextPageToken], params),
      ...(leadRecord.length === 0 ? {} : { leadRecordList: { leadRecord } }),
    },
  });
}
