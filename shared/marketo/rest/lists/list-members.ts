import { isObject } from '../../../kernel/is-object.ts';
import { pagesOf } from '../../../kernel/pages.ts';
import type { Request } from '../call/asking.ts';
import { type CallEnded, isRefusal } from '../call/call-ended.ts';
import { codeOf, type RestReply } from '../call/read-reply.ts';
import { reasonsOf } from '../call/reasons.ts';
import type { Session } from '../call/session.ts';

/** What is done with the members of a static list. */
export type MemberAction = 'add' | 'remove' | 'ask';

/** What Marketo says of one lead. */
export interface MemberAnswer {
  /** added, removed, memberof, notmemberof, skipped; `refused` is ours, for a request that was refused whole. */
  readonly status: string;
  /** Of a skipped or refused one. */
  readonly code: number | null;
  readonly message: string;
}

/** Adobe's figure for one request. */
export const MOST_MEMBERS_A_REQUEST = 300;

/**
 * Does it to each of these leads, in requests of up to 300, and answers for all of them. A request that Marketo refuses whole
 * is the answer for each of its leads; where all are refused, the first refusal ends the call, as does a list that is unknown
 * (1013), an error that may pass, and everything that does not prove that nothing ran. Repeating any of it changes nothing.
 */
export async function listMembers(
  session: Session,
  action: MemberAction,
  listId: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, MemberAnswer>> {
  const answers = new Map<number, MemberAnswer>();
  const waiting = [...pagesOf(ids, MOST_MEMBERS_A_REQUEST)];
  let answered = 0;
  let firstRefusal: CallEnded | null = null;
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const tried = await session.try(requestOf(action, listId, batch));
    if (tried.kind === 'refused') throw tried.error;
    if (tried.kind === 'answered') {
      answered += 1;
      for (const [index, id] of batch.entries()) answers.set(id, answerOf(tried.reply.result[index]));
    } else if (isTooLarge(tried.error) && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      waiting.unshift(batch.slice(0, middle), batch.slice(middle));
    } else if (isOfItsLeads(tried.error)) {
      firstRefusal ??= tried.error;
      const answer = refusalOf(tried.error);
      for (const id of batch) answers.set(id, answer);
    } else {
      throw tried.error;
    }
  }
  if (firstRefusal !== null && answered === 0) throw firstRefusal;
  return answers;
}

const ENDPOINTS = { add: 'addToList', remove: 'removeFromList', ask: 'memberOfList' } as const;

function requestOf(action: MemberAction, listId: number, ids: readonly number[]): Request {
  const request = {
    endpoint: ENDPOINTS[action],
    path: { id: listId },
    isReply: (reply: RestReply) => rowsProblem(reply, ids),
  };
  // A DELETE with a body is not for every proxy on the way.
  return action === 'add'
    ? { ...request, json: { input: ids.map((id) => ({ id })) } }
    : { ...request, query: { id: ids } };
}

/** Marketo answers in the order of the ids. Without that, nobody can say whom an answer is about. */
function rowsProblem({ result }: RestReply, ids: readonly number[]): string | null {
  if (result.length !== ids.length) return `${result.length} rows for ${ids.length} leads`;
  const wrong = ids.findIndex((id, index) => !isAbout(result[index], id));
  return wrong < 0 ? null : `row ${wrong + 1} is not about the lead at its place`;
}

function isAbout(row: unknown, id: number): boolean {
  if (!isObject(row) || typeof row['status'] !== 'string') return false;
  return !Object.hasOwn(row, 'id') || codeOf(row['id']) === id;
}

function answerOf(row: unknown): MemberAnswer {
  const status = isObject(row) ? String(row['status']) : '';
  return isObject(row) && status === 'skipped'
    ? { status, ...reasonsOf(row) }
    : { status, code: null, message: '' };
}

const isTooLarge = ({ fault }: CallEnded): boolean =>
  fault.kind === 'gateway' && (fault.httpStatus === 413 || fault.httpStatus === 414);

/** Whether a refusal is about these leads: another request of the same call may fare better. */
const isOfItsLeads = (error: CallEnded): boolean => isRefusal(error) && !isOfTheList(error);

const isOfTheList = ({ fault }: CallEnded): boolean => fault.kind === 'marketo' && fault.code === 1013;

function refusalOf({ fault }: CallEnded): MemberAnswer {
  const code = fault.kind === 'marketo' ? fault.code : null;
  return { status: 'refused', code, message: code === null ? fault.message : `${code} - ${fault.message}` };
}
