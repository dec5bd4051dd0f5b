import { ownKeyOf } from '../job/ordering-key.ts';
import { type JsonObject as Fields, isObject } from '../kernel/is-object.ts';
import type { JobRow, JobState } from '../ledger/row.ts';

/**
 * How a row is written: a write unit pays for 1 KB, and half of a plain row were the names of its fields. A name that is not
 * in the list is written as it is. A short name, once given, is that of stored rows: it may not mean something else later.
 */
const SHORT_NAMES = {
  epoch: 'e',
  operation: 'o',
  digest: 'd',
  orderingKey: 'y',
  batch: 'b',
  enqueuedAt: 't',
  sequenceNumber: 'n',
  attempts: 'a',
  attemptsDropped: 'ad',
  counted: 'c',
  starts: 's',
  claims: 'cl',
  state: 'z',
  lateOutcome: 'l',
  deleteAt: 'x',
  callId: 'i',
  at: 'w',
  durationMs: 'ms',
  class: 'f',
  code: 'q',
  httpStatus: 'h',
  message: 'm',
  earlier: 'ea',
  kind: 'k',
  until: 'u',
  reason: 'r',
  quietOf: 'qo',
  isLong: 'lo',
  body: 'bo',
  groupId: 'g',
  owner: 'ow',
  leaseUntil: 'lu',
  intentAt: 'in',
  alone: 'al',
  decision: 'de',
  tries: 'tr',
  result: 're',
  resultDropped: 'rd',
  letterId: 'li',
  quietUntil: 'qu',
  closedAt: 'ca',
  retryBody: 'rb',
  request: 'rq',
  response: 'rs',
  decidedAt: 'da',
  succeeded: 'su',
  company: 'co',
  packed: 'pa',
} as const;

const SHORT = new Map<string, string>(Object.entries(SHORT_NAMES));
const LONG = new Map<string, string>(Object.entries(SHORT_NAMES).map(([long, short]) => [short, long]));

/** What a reader puts there where nothing is written. */
const ROW: Fields = {
  epoch: 0,
  batch: null,
  sequenceNumber: null,
  attempts: [],
  attemptsDropped: 0,
  counted: 0,
  starts: 0,
  lateOutcome: null,
  deleteAt: null,
};
const ATTEMPT: Fields = { class: null, code: null, httpStatus: null, message: '', counted: false };
const STATE: Readonly<Record<string, Fields>> = {
  running: { intentAt: null },
  completed: { result: null, resultDropped: false },
  'dead-lettered': { quietUntil: null },
};
const DECISION: Fields = {
  code: null,
  retryBody: null,
  request: null,
  response: null,
  httpStatus: null,
  quietUntil: null,
};

/** The row without its id, which is the key of its item. */
export function packRow({ jobId, ...row }: JobRow): Fields {
  const own = { orderingKey: ownKeyOf(jobId), claims: 0 };
  const attempts = row.attempts.map((attempt) => without({ ...attempt }, ATTEMPT));
  return renamed(
    {
      ...without({ ...row }, { ...ROW, ...own }),
      ...(attempts.length === 0 ? {} : { attempts }),
      state: packState(row.state),
    },
    SHORT,
  );
}

export function unpackRow(stored: Fields, jobId: string): Fields {
  const row = renamed(stored, LONG);
  const attempts = listOf(row['attempts']).map((attempt) => ({ ...ATTEMPT, ...attempt }));
  return { ...ROW, orderingKey: ownKeyOf(jobId), ...row, jobId, attempts, state: unpackState(row['state']) };
}

function packState(state: JobState): Fields {
  const usual = STATE[state.kind] ?? {};
  if (state.kind !== 'decided')
    return without(withTexts({ ...state }, plainText), { ...usual, alone: false });
  return { ...state, decision: without(withTexts({ ...state.decision }, plainText), DECISION) };
}

function unpackState(stored: unknown): Fields {
  const state = withTexts(isObject(stored) ? stored : {}, inlineText);
  const usual = STATE[String(state['kind'])];
  const { decision } = state;
  if (!isObject(decision)) return { ...usual, ...state };
  return { ...state, decision: { ...DECISION, ...withTexts(decision, inlineText) } };
}

/** The fields that hold a `BodyRef`: a text inside the item is written as itself. */
const TEXTS: ReadonlySet<string> = new Set(['body', 'result', 'retryBody', 'request', 'response']);

const withTexts = (value: Fields, change: (one: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(value).map(([name, one]) => [name, TEXTS.has(name) ? change(one) : one]));

const plainText = (ref: unknown): unknown => (isObject(ref) && ref['kind'] === 'inline' ? ref['text'] : ref);

const inlineText = (stored: unknown): unknown =>
  typeof stored === 'string' ? { kind: 'inline', text: stored } : stored;

const without = (value: Fields, usual: Fields): Fields =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([name, one]) => !(name in usual) || JSON.stringify(one) !== JSON.stringify(usual[name]),
    ),
  );

const renamed = (value: Fields, names: ReadonlyMap<string, string>): Fields =>
  Object.fromEntries(
    Object.entries(value).map(([name, one]) => [names.get(name) ?? name, renamedWithin(one, names)]),
  );

function renamedWithin(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => renamedWithin(one, names));
  return isObject(value) ? renamed(value, names) : value;
}

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);
