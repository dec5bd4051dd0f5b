import type { JobRow } from '../ledger/row.ts';
import { callMarketo } from './call.ts';
import type { Claimed } from './claim.ts';
import type { Outcome } from './outcome.ts';
import type { Invocation, WorkPorts } from './ports.ts';

/** Calls Marketo for a claimed job. An unsafe call is announced in its row after the permit and before the first byte. */
export async function call(claimed: Claimed, invocation: Invocation, ports: WorkPorts): Promise<Outcome> {
  const { job, row } = claimed;
  const intend = async (): Promise<boolean> =>
    (await row.change((own) => announced(own, ports.clock()))) !== null;
  const result = await callMarketo(job, intend, invocation, ports);
  if (result.kind === 'judged') {
    return { ...result, kind: 'found', calledAt: result.exchange.sentAt };
  }
  if (result.refusal.kind === 'lost-claim') return { kind: 'lost' };
  const { until, because } = result.refusal.wait;
  return {
    kind: 'found',
    verdict: { kind: 'deferred', until, reason: because },
    attempts: result.attempts,
    exchange: null,
    outcomes: null,
    openedHold: null,
    calledAt: null,
    quietUntil: null,
  };
}

const announced = (row: JobRow, intentAt: number): JobRow =>
  row.state.kind === 'running' ? { ...row, state: { ...row.state, intentAt } } : row;
