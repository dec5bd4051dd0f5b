import { adviceText } from '../deadletter/advice/advice.ts';
import { assertNever } from '../kernel/assert-never.ts';
import type { JobRow, JobState } from '../ledger/row.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import type { OperationName } from '../marketo/operations/registry.ts';
import { resultOf } from './jobs.ts';
import type { OperatePorts } from './ports.ts';

/** How a job came to its end, as whoever sent it wants to know it: each end is a value, and none an exception. */
export type Answer = CompletedAnswer | DeadLetteredAnswer | CancelledAnswer;

interface Ended {
  readonly id: string;
  readonly operation: OperationName;
}

export interface CompletedAnswer extends Ended {
  readonly kind: 'completed';
  /** The children of `success<Operation>`; null where there was nothing to keep, or it could not be kept. */
  readonly result: unknown;
  /** Marketo answered, and the answer could not be stored, or was erased with a person. */
  readonly resultDropped: boolean;
}

export interface DeadLetteredAnswer extends Ended {
  readonly kind: 'dead-lettered';
  readonly class: FaultClass;
  /** Marketo's own, if it gave one. */
  readonly code: number | null;
  readonly message: string;
  /** What that means and what to do about it. */
  readonly advice: string;
  /** Under which an operator finds it. */
  readonly letterId: string;
}

export interface CancelledAnswer extends Ended {
  readonly kind: 'cancelled';
}

export type AnswerPorts = Pick<OperatePorts, 'archive' | 'bodies'>;

/** Null for a job that has not ended. One whose letter is about to be filed has not. */
export async function answerOf(ports: AnswerPorts, row: JobRow): Promise<Answer | null> {
  const { state } = row;
  const of = { id: row.jobId, operation: row.operation };
  switch (state.kind) {
    case 'completed':
      return {
        kind: state.kind,
        ...of,
        result: await resultOf(row, ports),
        resultDropped: state.resultDropped,
      };
    case 'dead-lettered':
      return { kind: state.kind, ...of, ...(await faultOf(ports, row, state)), letterId: state.letterId };
    case 'cancelled':
      return { kind: state.kind, ...of };
    case 'queued':
    case 'waiting':
    case 'parked':
    case 'running':
    case 'decided':
      return null;
    default:
      return assertNever(state);
  }
}

/** By its letter; by its last attempt where somebody has removed that. */
async function faultOf(
  { archive }: AnswerPorts,
  { attempts, operation }: JobRow,
  { letterId }: Extract<JobState, { kind: 'dead-lettered' }>,
): Promise<Pick<DeadLetteredAnswer, 'class' | 'code' | 'message' | 'advice'>> {
  const letter = await archive.get(letterId);
  const last = attempts.at(-1);
  const fault = {
    class: letter?.class ?? last?.class ?? 'unknown',
    code: letter === null ? (last?.code ?? null) : letter.code,
    message: letter?.message ?? last?.message ?? '',
  };
  return { ...fault, advice: adviceText(letter ?? { ...fault, operation }) };
}
