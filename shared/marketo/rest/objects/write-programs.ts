import { classify } from '../../faults/classify.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { isGiven } from '../../operations/types.ts';
import type { Request, Tried } from '../call/asking.ts';
import { CallEnded } from '../call/call-ended.ts';
import type { RestReply } from '../call/read-reply.ts';
import type { Reason } from '../call/reasons.ts';
import type { Session } from '../call/session.ts';
import type { MObject } from './mobject-records.ts';
import { refusal, type Verdict } from './object-verdict.ts';
import { isVerdict } from './object-write.ts';

/** Costs are added, so a repeat adds them once more: such an update is announced. */
export interface ProgramUpdate {
  readonly id: number;
  readonly form: Readonly<Record<string, string>>;
  readonly addsCosts: boolean;
}

type TypeAttrib = NonNullable<MObject['typeAttribList']>['typeAttrib'][number];

/** What is written to a program: costs and tags, as over SOAP. A `Reason` where REST has no equal. */
export function programUpdate(object: MObject): ProgramUpdate | Reason {
  const { id, externalKey, attribList, associationList, typeAttribList } = object;
  if (id === undefined || id < 1 || externalKey !== undefined)
    return no('a program is named by its id, and by nothing else');
  if ((attribList?.attrib ?? []).length > 0 || (associationList?.mObjAssociation ?? []).length > 0)
    return no('of a program only costs and tags are written: typeAttribList');
  const parts = (typeAttribList?.typeAttrib ?? []).map(partOf);
  const problem = parts.find((part) => part.kind === 'none');
  if (problem !== undefined) return no(problem.message);
  const costs = parts.flatMap((part) => (part.kind === 'cost' ? [part.cost] : []));
  const tags = parts.flatMap((part) => (part.kind === 'tag' ? [part.tag] : []));
  if (costs.length + tags.length === 0) return no('nothing is to be written to the program');
  const form = {
    ...(costs.length === 0 ? {} : { costs: JSON.stringify(costs) }),
    ...(tags.length === 0 ? {} : { tags: JSON.stringify(tags) }),
  };
  return { id, form, addsCosts: costs.length > 0 };
}

const no = (message: string): Reason => ({ code: 1003, message });

type Part =
  | {
      readonly kind: 'cost';
      readonly cost: { readonly startDate: string; readonly cost: number; readonly note?: string };
    }
  | { readonly kind: 'tag'; readonly tag: { readonly tagType: string; readonly tagValue: string } }
  | { readonly kind: 'none'; readonly message: string };

const none = (message: string): Part => ({ kind: 'none', message });

function partOf({ attrType, attrList }: TypeAttrib): Part {
  const values = new Map((attrList?.attrib ?? []).map(({ name, value }) => [name.trim(), value.trim()]));
  const get = (name: string): string | undefined => {
    const value = values.get(name);
    return isGiven(value) ? value : undefined;
  };
  if (attrType === 'Cost') return costOf(get);
  if (attrType === 'Tag') return tagOf(get);
  return none('a program takes typeAttrib of the types Cost and Tag');
}

/** A period of a month: `2026-01` begins on the first. */
const MONTH = /^(\d{4}-(?:0[1-9]|1[0-2]))(?:-\d{2})?$/;

function costOf(get: (name: string) => string | undefined): Part {
  const [month, amount, note] = [MONTH.exec(get('Month') ?? '')?.[1], get('Amount') ?? '', get('Note')];
  if (get('Id') !== undefined)
    return none('REST cannot change a cost by its Id; without one a cost is added');
  if (month === undefined) return none('a cost needs its Month, like 2026-01');
  if (!/^\d{1,9}(\.0+)?$/.test(amount)) return none('a cost needs its Amount, and REST takes a whole number');
  const cost = { startDate: `${month}-01`, cost: Number(amount) };
  return { kind: 'cost', cost: note === undefined ? cost : { ...cost, note } };
}

function tagOf(get: (name: string) => string | undefined): Part {
  const [tagType, tagValue] = [get('Type'), get('Value')];
  if (tagType === undefined || tagValue === undefined) return none('a tag needs its Type and Value');
  if (tagType === 'Channel') return none('REST cannot change the channel of a program');
  return { kind: 'tag', tag: { tagType, tagValue } };
}

/** An update and where it stands among the records of the job. */
export interface IndexedUpdate extends ProgramUpdate {
  readonly index: number;
}

/**
 * Updates programs, those first whose repetition is harmless. After the first that adds costs was answered, what follows only
 * adds to the outcome: a record that was not sent fails by itself. One whose answer is lost ends the call in doubt, with what
 * is not known to be done as `remaining`.
 */
export async function writePrograms(
  session: Session,
  updates: readonly IndexedUpdate[],
  verdicts: Map<number, Verdict>,
  params: CheckedParamsOf<'syncMObjects'>,
): Promise<void> {
  const inOrder = [...updates.filter((one) => !one.addsCosts), ...updates.filter((one) => one.addsCosts)];
  const alone = params.mObjectList.mObject.length === 1;
  let added = false;
  for (const [at, update] of inOrder.entries()) {
    const tried = await session.try(requestOf(update));
    const verdict = verdictOf(tried, alone);
    if (verdict !== null) {
      verdicts.set(update.index, verdict);
      added ||= update.addsCosts && tried.kind === 'answered';
      continue;
    }
    const error = tried.kind === 'answered' ? null : tried.error;
    if (error instanceof CallEnded && update.addsCosts && mayHaveRun(error))
      throw inDoubt(error, params, verdicts);
    if (!added) throw error;
    const why = error instanceof CallEnded ? error.message : 'no request was admitted any more';
    const code = error instanceof CallEnded ? classify(error.fault, true).code : null;
    for (const { index } of inOrder.slice(at)) verdicts.set(index, refusal(code, `not sent: ${why}`));
    return;
  }
}

const requestOf = ({ id, form, addsCosts }: ProgramUpdate): Request => ({
  endpoint: 'updateProgram',
  path: { id },
  form,
  announces: addsCosts,
  isReply: isAbout(id),
});

const isAbout =
  (id: number) =>
  ({ result: [row] }: RestReply): string | null => {
    const about = typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined;
    return row === undefined || Number(about) === id ? null : 'it is about another program';
  };

/** Null: the call cannot go on as if nothing were. */
function verdictOf(tried: Tried, alone: boolean): Verdict | null {
  if (tried.kind === 'answered') return { status: 'updated', reasons: [] };
  if (tried.kind === 'refused' || alone || !isVerdict(tried.error)) return null;
  const { code, message } = classify(tried.error.fault, true);
  return refusal(code, message);
}

const mayHaveRun = ({ fault }: CallEnded): boolean => classify(fault, true).ran !== 'no';

function inDoubt(
  error: CallEnded,
  params: CheckedParamsOf<'syncMObjects'>,
  verdicts: ReadonlyMap<number, Verdict>,
): CallEnded {
  const isDone = (index: number) => (verdicts.get(index)?.status ?? 'skipped') !== 'skipped';
  const left = params.mObjectList.mObject.filter((_, index) => !isDone(index));
  if (left.length === params.mObjectList.mObject.length) return error;
  const remaining = { ...params, mObjectList: { mObject: left } };
  return new CallEnded(error.fault, error.exchange, { remaining, outdated: error.outdated });
}
