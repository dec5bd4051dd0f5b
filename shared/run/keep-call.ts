import { errorText } from '../kernel/error-text.ts';
import type { Carried } from './carry.ts';
import type { RunPorts } from './ports.ts';

type KeepPorts = Pick<RunPorts, 'calls' | 'clock' | 'log' | 'settings'>;

/**
 * Keeps what went over the wire of a call that several jobs shared, once for all of them. The rows by which it is found are
 * recorded later, and so live longer. Never rejects: a letter is whole without it.
 */
export async function keepCall(
  { callId, operation, answer }: Carried,
  jobs: number,
  { calls, clock, log, settings }: KeepPorts,
): Promise<void> {
  if (answer.kind === 'refused') return;
  const { request, response, httpStatus, sentAt, endedAt } = answer.exchange;
  const call = { callId, operation, jobs, at: sentAt ?? endedAt, httpStatus, request, response };
  try {
    await calls.keep(call, clock() + settings.retentionMs);
  } catch (error) {
    log.warn('the exchange of a shared call could not be kept', { callId, error: errorText(error) });
  }
}
