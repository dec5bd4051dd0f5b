import { adviceText } from '../deadletter/advice/advice.ts';
import type { LetterAction, LetterHead, LetterStatus } from '../deadletter/letter.ts';
import type { LetterTexts } from '../deadletter/notice.ts';
import { jsonProblem } from '../job/json-problem.ts';
import { isoTime } from '../kernel/clock.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import { type AttemptJson, attemptJson, type LateOutcomeJson, lateOutcomeJson } from './job-json.ts';

/** A letter as every program outside sees it. */
export interface LetterJson extends ListedLetterJson {
  readonly request: string | null;
  readonly response: string | null;
}

/** The same in a list, without the long texts. */
export interface ListedLetterJson {
  readonly id: string;
  readonly jobId: string | null;
  readonly epoch: number;
  readonly operation: string | null;
  readonly class: FaultClass;
  readonly code: number | null;
  readonly message: string;
  readonly advice: string;
  readonly cause: string;
  readonly attempts: readonly AttemptJson[];
  readonly deadLetteredAt: string;
  readonly status: LetterStatus;
  /** The message as it was received; its raw text if it was malformed. */
  readonly job: unknown;
  readonly httpStatus: number | null;
  readonly lateOutcome: LateOutcomeJson | null;
  /** What people did to it, the first first. Absent: nothing yet. */
  readonly actions?: readonly LetterActionJson[];
}

interface LetterActionJson extends Omit<LetterAction, 'at'> {
  readonly at: string;
}

export function letterJson(head: LetterHead, texts: LetterTexts): LetterJson {
  const { httpStatus, lateOutcome, ...listed } = listedLetterJson(head, texts.job);
  return { ...listed, request: texts.request, response: texts.response, httpStatus, lateOutcome };
}

export const listedLetterJson = (head: LetterHead, jobText: string | null): ListedLetterJson => ({
  id: head.letterId,
  jobId: head.jobId,
  epoch: head.epoch,
  operation: head.operation,
  class: head.class,
  code: head.code,
  message: head.message,
  advice: adviceText(head),
  cause: head.cause,
  attempts: head.attempts.map(attemptJson),
  deadLetteredAt: isoTime(head.deadLetteredAt),
  status: head.status,
  job: head.class === 'malformed' ? jobText : jobAsReceived(jobText),
  httpStatus: head.httpStatus,
  lateOutcome: head.lateOutcome === null ? null : lateOutcomeJson(head.lateOutcome),
  ...(head.actions === undefined
    ? {}
    : { actions: head.actions.map((action) => ({ ...action, at: isoTime(action.at) })) }),
});

function jobAsReceived(text: string | null): unknown {
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    // Filed before its levels were counted: as text it can still be shown, and listed beside others.
    return jsonProblem(value) === null ? value : text;
  } catch {
    return text;
  }
}
