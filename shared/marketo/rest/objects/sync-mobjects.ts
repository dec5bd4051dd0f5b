import { refusal } from '../call/findings.ts';
import type { Done, Finding, Mapping } from '../call/mapping.ts';
import type { Reason } from '../call/reasons.ts';
import { MOST_REQUESTS, type Session } from '../call/session.ts';
import type { ObjectType } from '../directory/directory.ts';
import { type Finder, findAssociated, MOST_LEAD_PAGES } from './association-leads.ts';
import {
  attributesOf,
  keyAttributes,
  keyText,
  leadOf,
  type MObject,
  OPPORTUNITY,
  PROGRAM,
  problemOf,
  ROLE,
  typeOf,
} from './mobject-records.ts';
import { isReason, isVerdictOn, prepare } from './object-records.ts';
import {
  ACTIONS,
  errorOf,
  type Mode,
  notSent,
  refuseAlone,
  settle,
  statusWord,
  type Verdict,
} from './object-verdict.ts';
import { type KeyedObject, mostRepeated, type ObjectWrite, writeObjects } from './object-write.ts';
import { type IndexedUpdate, programUpdate, writePrograms } from './write-programs.ts';

export const syncMObjects: Mapping<'syncMObjects'> = {
  check: ({ mObjectList, operation }) => findingsOf(mObjectList.mObject, operation),
  async run(params, session) {
    const { mObject } = params.mObjectList;
    const verdicts = await write(session, mObject, params.operation);
    await writePrograms(session, updatesOf(mObject, verdicts), verdicts, params);
    return answer(mObject, params.operation, verdicts);
  },
};

export const deleteMObjects: Mapping<'deleteMObjects'> = {
  check: ({ mObjectList }) => findingsOf(mObjectList.mObject, 'DELETE'),
  async run({ mObjectList }, session) {
    return answer(mObjectList.mObject, 'DELETE', await write(session, mObjectList.mObject, 'DELETE'));
  },
};

function findingsOf(objects: readonly MObject[], mode: Mode): readonly Finding[] {
  const problems = objects.flatMap((object, index) => {
    const problem = ruleProblem(object, mode);
    return problem === null ? [] : [`record ${index + 1}: ${problem.message}`];
  });
  const most = mostRequests(objects);
  if (most > MOST_REQUESTS)
    problems.push(`it would take ${most} requests, ${MOST_REQUESTS} at most: split the job`);
  const [first] = problems;
  if (first === undefined) return [];
  const others = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  return [refusal(`${first}${others}`)];
}

function ruleProblem(object: MObject, mode: Mode): Reason | null {
  if (object.type === OPPORTUNITY || object.type === ROLE) return problemOf(object);
  if (object.type !== PROGRAM)
    return { code: 1003, message: `the type is none of ${OPPORTUNITY}, ${ROLE} and ${PROGRAM}` };
  if (mode !== 'UPDATE') return { code: 1003, message: 'a program can only be updated: operation UPDATE' };
  const update = programUpdate(object);
  return isReason(update) ? update : null;
}

/** Each repetition of a key is a request of its own, and each field that names leads a look-up of several pages. */
function mostRequests(objects: readonly MObject[]): number {
  const programs = objects.filter(({ type }) => type === PROGRAM).length;
  const keys = objects.filter(({ type }) => type !== PROGRAM).map(keyText);
  const lookedUp = new Set(objects.flatMap((object) => leadOf(object)?.externalKey?.name ?? []));
  const writes = mostRepeated(keys) * 2;
  return programs + writes + lookedUp.size * MOST_LEAD_PAGES + 2;
}

const updatesOf = (
  objects: readonly MObject[],
  verdicts: ReadonlyMap<number, Verdict>,
): readonly IndexedUpdate[] =>
  objects.flatMap((object, index) => {
    const update = object.type === PROGRAM && !verdicts.has(index) ? programUpdate(object) : null;
    return update === null || isReason(update) ? [] : [{ ...update, index }];
  });

/** Writes opportunities before their roles, and deletes the other way. Programs are left for later, unless they are refused. */
async function write(
  session: Session,
  objects: readonly MObject[],
  mode: Mode,
): Promise<Map<number, Verdict>> {
  const verdicts = new Map<number, Verdict>();
  for (const [index, object] of objects.entries()) {
    const problem = ruleProblem(object, mode);
    if (problem !== null) verdicts.set(index, notSent(problem));
  }
  refuseAlone(objects.length, verdicts);
  const left = objects.flatMap((object, index) => (verdicts.has(index) ? [] : [{ object, index }]));
  const findLead = await findAssociated(
    session,
    left.flatMap(({ object }) => leadOf(object) ?? []),
  );
  const writes: ObjectWrite[] = [];
  for (const kind of mode === 'DELETE' ? [ROLE, OPPORTUNITY] : [OPPORTUNITY, ROLE]) {
    const some = left.filter(({ object }) => object.type === kind);
    if (some.length === 0) continue;
    const type = await typeOf(session, kind, namesIn(some.map(({ object }) => object)));
    const records = some.flatMap(({ object, index }): KeyedObject[] => {
      const found = recordOf(type, object, mode, findLead);
      if (isVerdictOn(found)) verdicts.set(index, found);
      return isVerdictOn(found) ? [] : [{ index, key: found.key, object: found.object }];
    });
    if (records.length > 0) writes.push(writeOf(kind, mode, records));
  }
  refuseAlone(objects.length, verdicts);
  await writeObjects(session, writes, verdicts, updatesOf(objects, verdicts).length > 0);
  return verdicts;
}

const namesIn = (objects: readonly MObject[]): readonly string[] =>
  objects.flatMap((object) => attributesOf(object, null).map(({ attrName }) => attrName));

function recordOf(type: ObjectType, object: MObject, mode: Mode, findLead: Finder) {
  const link = leadOf(object);
  const lead = link === undefined ? null : findLead(link);
  if (lead !== null && lead.kind === 'none') return notSent(lead);
  const attributes = attributesOf(object, lead === null ? null : lead.id);
  const prepared = prepare(type, mode === 'DELETE' ? keyAttributes(type, attributes) : attributes, mode);
  return isVerdictOn(prepared) || prepared.kind === 'dedupeFields'
    ? prepared
    : notSent({ code: 1003, message: `${object.type} needs ${type.dedupeFields.join(', ')}` });
}

function writeOf(kind: string, mode: Mode, records: readonly KeyedObject[]): ObjectWrite {
  if (mode === 'DELETE') {
    const endpoint = kind === ROLE ? 'deleteRoles' : 'deleteOpportunities';
    return { endpoint, rest: { deleteBy: 'dedupeFields' }, records };
  }
  const endpoint = kind === ROLE ? 'syncRoles' : 'syncOpportunities';
  return { endpoint, rest: { action: ACTIONS[mode], dedupeBy: 'dedupeFields' }, records };
}

/** The integer id is null but for programs: REST has none. */
function answer(objects: readonly MObject[], mode: Mode, verdicts: ReadonlyMap<number, Verdict>): Done {
  const { statuses, outcomes } = settle(objects, verdicts, mode, ({ id, type, externalKey }, verdict) => ({
    id: type === PROGRAM ? (id ?? null) : null,
    externalKey: externalKey ?? null,
    status: statusWord(verdict, mode),
    error: errorOf(verdict),
  }));
  return { result: { result: { mObjStatusList: { mObjStatus: statuses } } }, records: outcomes };
}
