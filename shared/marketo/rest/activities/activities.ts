import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refusal, unlike } from '../call/findings.ts';
import { done, type Finding, type Mapping, type Mappings } from '../call/mapping.ts';
import { positionFindings } from '../call/position.ts';
import type { Session } from '../call/session.ts';
import { keyFindings, type LeadKeyInput } from '../leads/lead-keys.ts';
import { readProgress, writeProgress } from './activity-progress.ts';
import { activityHead, campaignIdOf } from './activity-record.ts';
import { type LeadScope, readActivities } from './activity-stream.ts';
import { typeFilterOf, wantedTypes } from './activity-types.ts';
import { dateTimeText, instantOf } from './instant.ts';
import { leadGroups, onlyLead } from './lead-scope.ts';

type Params = CheckedParamsOf<'getLeadActivity'> | CheckedParamsOf<'getLeadChanges'>;
type Selector = CheckedParamsOf<'getLeadChanges'>['leadSelector'];

const getLeadActivity: Mapping<'getLeadActivity'> = {
  check: (params, { now }) => [
    ...keyFindings([keyOf(params)]),
    ...streamFindings(params, now),
    ...(offsetOf(params) === undefined ? [unlike(OLDEST_FIRST)] : []),
  ],

  async run(params, session) {
    const page = await readPage(session, params, [await onlyLead(session, keyOf(params))]);
    const record = page.records.map(({ head, leadId }) => ({
      ...head,
      personName: null,
      mktPersonId: leadId,
      foreignSysId: null,
      orgName: null,
      foreignSysOrgId: null,
    }));
    const activityRecordList = record.length === 0 ? null : { activityRecord: record };
    return done({ leadActivityList: { ...page.counts, activityRecordList } });
  },
};

const getLeadChanges: Mapping<'getLeadChanges'> = {
  check: (params, { now }) => [
    ...selectorFindings(selectedKeys(params.leadSelector)),
    ...streamFindings(params, now),
    ...(offsetOf(params) === undefined && rangeOf(params, now).isDefault ? [unlike(THIRTY_DAYS)] : []),
  ],

  run(params, session) {
    const { leadSelector } = params;
    const answer = (leads: readonly LeadScope[]) => changes(session, params, leads);
    return withLeads(session, leadSelector, answer);
  },
};

export const activityMappings = { getLeadActivity, getLeadChanges } satisfies Partial<Mappings>;

async function changes(
  session: Session,
  params: CheckedParamsOf<'getLeadChanges'>,
  leads: readonly LeadScope[],
) {
  const page = await readPage(session, params, leads);
  const record = page.records.map(({ head, leadId }) => ({ ...head, mktPersonId: leadId }));
  const leadChangeRecordList = record.length === 0 ? null : { leadChangeRecord: record };
  return done({ result: { ...page.counts, leadChangeRecordList } });
}

/** Hands the selected leads on; a list's id out of a copy that has become wrong is looked up again. */
async function withLeads<T>(
  session: Session,
  selector: Selector,
  use: (leads: readonly LeadScope[]) => Promise<T>,
): Promise<T> {
  const keys = selectedKeys(selector);
  if (keys.length > 0) return use(await leadGroups(session, keys));
  if (selector === undefined || !('staticListName' in selector || 'staticListId' in selector))
    return use([{ kind: 'everybody' }]);
  const { staticListId, staticListName = '' } = selector;
  if (staticListId !== undefined) return use([{ kind: 'list', id: staticListId }]);
  return session.directory.using(
    session,
    () => session.directory.list(session, staticListName),
    ({ id }) => use([{ kind: 'list', id }]),
  );
}

const keyOf = ({ leadKey }: CheckedParamsOf<'getLeadActivity'>): LeadKeyInput => ({
  type: leadKey.keyType,
  value: String(leadKey.keyValue),
});

function selectedKeys(selector: Selector): readonly LeadKeyInput[] {
  if (selector === undefined || !('keyType' in selector)) return [];
  return selector.keyValues.stringItem.map((value) => ({ type: selector.keyType, value: String(value) }));
}

/** Each such key is a request, and pages of activities come on top. */
const MOST_KEYS_ALONE = 40;
const FOUND_ALONE: ReadonlySet<string> = new Set(['COOKIE', 'SFDCOPPTYID']);

function selectorFindings(keys: readonly LeadKeyInput[]): readonly Finding[] {
  const alone = keys.filter(({ type }) => FOUND_ALONE.has(type)).length;
  if (alone <= MOST_KEYS_ALONE) return keyFindings(keys);
  const message = `${alone} keys of cookies or opportunities take a request each: give at most ${MOST_KEYS_ALONE}`;
  return [refusal(message)];
}

const offsetOf = ({ startPosition }: Params): string | undefined =>
  startPosition?.offset?.trim() || undefined;

const DEFAULT_RANGE_MS = 30 * 24 * 3_600_000;

/** Epoch ms. The selector by time of update says the same as the dates of the position (Adobe, *getLeadChanges*). */
function rangeOf(params: Params, now: number) {
  const { oldestCreatedAt, activityCreatedAt, latestCreatedAt } = params.startPosition ?? {};
  const selector = 'leadSelector' in params ? params.leadSelector : undefined;
  const selected = selector !== undefined && 'oldestUpdatedAt' in selector ? selector : undefined;
  const oldest = instantsOf(oldestCreatedAt, activityCreatedAt, selected?.oldestUpdatedAt);
  const latest = instantsOf(latestCreatedAt, selected?.latestUpdatedAt);
  return {
    since: oldest.length === 0 ? now - DEFAULT_RANGE_MS : Math.max(...oldest),
    latest: latest.length === 0 ? null : Math.min(...latest),
    isDefault: oldest.length === 0,
  };
}

const instantsOf = (...texts: readonly (string | undefined)[]): readonly number[] =>
  texts.flatMap((text) => instantOf(text) ?? []);

/** Marketo gives no more at a time. */
const MOST_ROWS = 300;
/** What SOAP gave without a batch size. */
const DEFAULT_ROWS = 100;

async function readPage(session: Session, params: Params, leads: readonly LeadScope[]) {
  const types = await wantedTypes(session, typeFilterOf(params));
  const from = readProgress(
    offsetOf(params),
    params,
    types.map(({ id }) => id),
    leads.length,
  );
  const { since, latest } = rangeOf(params, session.clock());
  const batchSize = Math.min(params.batchSize ?? DEFAULT_ROWS, MOST_ROWS);
  const page = await readActivities(session, { leads, since, latest, batchSize, from });
  const campaignIds = [...new Set(page.rows.flatMap((row) => campaignIdOf(row) ?? []))];
  const campaigns =
    campaignIds.length === 0
      ? new Map<number, string>()
      : await session.directory.campaignNames(session, campaignIds);
  const byId = new Map(types.map((type) => [type.id, type]));
  return {
    counts: {
      returnCount: page.rows.length,
      remainingCount: page.more ? 1 : 0,
      newStartPosition: {
        latestCreatedAt: params.startPosition?.latestCreatedAt ?? null,
        oldestCreatedAt: params.startPosition?.oldestCreatedAt ?? dateTimeText(since),
        activityCreatedAt: params.startPosition?.activityCreatedAt ?? null,
        offset: writeProgress(page.to, params),
      },
    },
    records: page.rows.map((row) => ({
      head: activityHead(row, byId, campaigns),
      leadId: String(row.leadId),
    })),
  };
}

const OLDEST_FIRST =
  'activities come oldest first, from oldestCreatedAt on or, without it, from 30 days ago; SOAP gave the newest first';
const THIRTY_DAYS = 'without a date in startPosition the last 30 days are read';
const DELETED =
  'Delete Lead: Marketo keeps the activities of deleted leads apart, and answers none of them here';

function streamFindings(params: Params, now: number): readonly Finding[] {
  const { since, latest } = rangeOf(params, now);
  const { included, named } = typeFilterOf(params);
  const asksForDeleted = [...included, ...named].some((name) => name.toLowerCase() === 'delete lead');
  return [
    ...positionFindings(offsetOf(params), params),
    ...(latest !== null && since > latest
      ? [{ kind: 'refused', code: 1003, message: 'oldestCreatedAt is after latestCreatedAt' } as const]
      : []),
    ...(asksForDeleted ? [unlike(DELETED)] : []),
    ...((params.batchSize ?? 0) > MOST_ROWS ? [unlike(`a page has at most ${MOST_ROWS} activities`)] : []),
  ];
}
