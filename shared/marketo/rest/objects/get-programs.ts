import { isObject, type JsonObject } from '../../../kernel/is-object.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { isGiven } from '../../operations/types.ts';
import { dateTimeText } from '../activities/instant.ts';
import { refused } from '../call/call-ended.ts';
import { refusal } from '../call/findings.ts';
import { type Done, done, type Finding } from '../call/mapping.ts';
import { readPosition, writePosition } from '../call/position.ts';
import type { RestReply } from '../call/read-reply.ts';
import type { RequestParts } from '../call/request.ts';
import type { Session } from '../call/session.ts';
import { sameName } from './mobject-records.ts';
import { textOf } from './object-fields.ts';
import { programMObject, withoutOffset } from './program-mobject.ts';

type Params = CheckedParamsOf<'getMObjects'>;

/** As SOAP had it; an asset page holds 200 at most. */
const PER_PAGE = 100;

type One = { readonly kind: 'id'; readonly id: number } | { readonly kind: 'name'; readonly name: string };

/** One end of a range of dates, itself included. */
interface Bound {
  readonly kind: 'bound';
  readonly field: 'createdAt' | 'updatedAt';
  readonly end: 'from' | 'to';
  /** Epoch ms. */
  readonly at: number;
}

interface No {
  readonly kind: 'none';
  readonly message: string;
}

type Wanted = One | { readonly kind: 'page'; readonly bounds: readonly Bound[] } | No;

export function programFindings(params: Params): readonly Finding[] {
  const wanted = wantedOf(params);
  return wanted.kind === 'none' ? [refusal(wanted.message)] : [];
}

/** Programs by id, by name, or page by page. A program that is not there is an empty answer, as over SOAP. */
export async function getPrograms(params: Params, session: Session): Promise<Done> {
  const wanted = wantedOf(params);
  if (wanted.kind === 'none') throw refused(1003, wanted.message);
  if (wanted.kind === 'page') return readPage(params, wanted.bounds, session);
  return answer(params, await readOne(wanted, session), null);
}

function wantedOf(params: Params): Wanted {
  const { id, externalKey, includeDetails, mObjCriteriaList, mObjAssociationList } = params;
  if (externalKey !== undefined || (mObjAssociationList?.mObjAssociation ?? []).length > 0) return no(WAYS);
  const parts = [
    ...(id === undefined ? [] : [byId(String(id))]),
    ...(mObjCriteriaList?.mObjCriteria ?? []).map(criterion),
  ];
  const bounds: Bound[] = [];
  for (const part of parts) {
    if (part.kind === 'none') return part;
    if (part.kind === 'bound') bounds.push(part);
    else return parts.length === 1 ? part : no('the id or Name of a program goes with no other criterion');
  }
  return includeDetails === true
    ? no('REST shows tags and costs only of a program that is asked for by id or Name')
    : { kind: 'page', bounds };
}

const no = (message: string): No => ({ kind: 'none', message });

const WAYS = 'REST finds programs by id, by Name (EQ), and by Created At and Updated At (GE, LE)';

type Criteria = NonNullable<Params['mObjCriteriaList']>['mObjCriteria'][number];

function criterion({ attrName, comparison, attrValue }: Criteria): One | Bound | No {
  const field = DATES.find((one) => sameName(one, attrName));
  if (field !== undefined) return boundOf(field, comparison, attrValue);
  if (comparison !== 'EQ' || !isGiven(attrValue)) return no(WAYS);
  if (sameName(attrName, 'Id')) return byId(attrValue.trim());
  return sameName(attrName, 'Name') ? { kind: 'name', name: attrValue } : no(WAYS);
}

const byId = (text: string): One | No =>
  /^[1-9]\d{0,17}$/.test(text) ? { kind: 'id', id: Number(text) } : no('an id is a number above 0');

const DATES = ['createdAt', 'updatedAt'] as const;

function boundOf(field: Bound['field'], comparison: Criteria['comparison'], text: string): Bound | No {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return no('a criterion of a date needs one like 2026-01-31T00:00:00Z');
  if (comparison === 'GE') return { kind: 'bound', field, end: 'from', at };
  return comparison === 'LE' ? { kind: 'bound', field, end: 'to', at } : no(WAYS);
}

async function readOne(wanted: One, session: Session): Promise<readonly JsonObject[]> {
  const tried = await session.try(
    wanted.kind === 'id'
      ? {
          endpoint: 'program',
          path: { id: wanted.id },
          isReply: isAbout(({ id }) => Number(id) === wanted.id),
        }
      : {
          endpoint: 'programByName',
          query: { name: wanted.name, includeTags: true, includeCosts: true },
          isReply: isAbout(({ name }) => isNamed(name, wanted.name)),
        },
  );
  if (tried.kind === 'answered') return tried.reply.result.filter(isObject);
  const missing = tried.kind === 'ended' && tried.error.fault.kind === 'marketo' && tried.error.fault.code;
  if (missing === NO_SUCH_ASSET) return [];
  throw tried.error;
}

const NO_SUCH_ASSET = 702;

async function readPage(params: Params, bounds: readonly Bound[], session: Session): Promise<Done> {
  const offset = offsetOf(params);
  const { result } = await session.ask({
    endpoint: 'programs',
    query: { maxReturn: PER_PAGE, offset, ...rangeOf(bounds) },
    isReply: hasPrograms,
  });
  const rows = result.filter(isObject).filter((row) => bounds.every((bound) => isWithin(row, bound)));
  return answer(params, rows, result.length < PER_PAGE ? null : offset + PER_PAGE);
}

function offsetOf(params: Params): number {
  const token = readPosition(params.streamPosition, params)?.[0] ?? '0';
  if (!/^\d{1,9}$/.test(token)) throw refused(1003, 'the position is damaged; begin anew');
  return Number(token);
}

/** What Marketo can narrow down by itself: nothing is created after it was updated last. */
function rangeOf(bounds: readonly Bound[]): RequestParts['query'] {
  const from = bounds.filter(({ end }) => end === 'from').map(({ at }) => at);
  const to = bounds.filter(({ end, field }) => end === 'to' && field === 'updatedAt').map(({ at }) => at);
  return {
    earliestUpdatedAt: from.length === 0 ? undefined : dateTimeText(Math.max(...from)),
    latestUpdatedAt: to.length === 0 ? undefined : dateTimeText(Math.min(...to)),
  };
}

/** Marketo's range takes in what was created or updated within it, so its rows are looked at once more. */
function isWithin(row: JsonObject, { field, end, at }: Bound): boolean {
  const found = Date.parse(withoutOffset(textOf(row[field])) ?? '');
  if (Number.isNaN(found)) return true;
  return end === 'from' ? found >= at : found <= at;
}

const hasPrograms = ({ result }: RestReply): string | null =>
  result.every((row) => isObject(row) && Number.isSafeInteger(Number(row['id'] ?? Number.NaN)))
    ? null
    : 'a row of it is no program';

const isAbout =
  (isWanted: (row: JsonObject) => boolean) =>
  (reply: RestReply): string | null =>
    hasPrograms(reply) ??
    (reply.result.filter(isObject).every(isWanted) ? null : 'it is about another program');

/** Whether Marketo tells apart what differs in case alone is not known. */
const isNamed = (name: unknown, wanted: string): boolean =>
  typeof name === 'string' && name.trim().toLowerCase() === wanted.trim().toLowerCase();

function answer(params: Params, rows: readonly JsonObject[], next: number | null): Done {
  const payload = {
    returnCount: rows.length,
    hasMore: next !== null,
    newStreamPosition: next === null ? '' : writePosition([String(next)], params),
    mObjectList: rows.length === 0 ? null : { mObject: rows.map(programMObject) },
  };
  return done({ result: payload }, { result: payload });
}
