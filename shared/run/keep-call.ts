import { errorText } from '../kernel/error-text.ts';
import type { Carried } from './carry.ts';
import type { RunPorts } from './ports.ts';

type KeepPorts = Pick<RunPorts, 'calls' | 'clock' | 'sleep' | 'log' | 'settings'>;

/** What follows an answer, its recording above all, has 15 s until the process may end: a slow store must not spend them here. */
const KEEP_MS = 2_000;

/**
 * Keeps what went over the wire of a call that several jobs shared, once for all of them. The rows by which it is found are
 * recorded later, and so live longer. Never rejects: a letter is whole without it.
 */
export async function keepCall(
  { callId, operation, answer }: Carried,
  jobs: number,
  { calls, clock, sleep, log, settings }: KeepPorts,
): Promise<void> {
  if (answer.kind === 'refused') return;
  const { request, response, httpStatus, sentAt, endedAt } = answer.exchange;
  const call = { callId, operation, jobs, at: sentAt ?? endedAt, httpStatus, request, response };
  const kept = new AbortController();
  const keeping = calls.keep(call, clock() + settings.retentionMs).finally(() => kept.abort());
  // Should it fail after it was waited for.
  keeping.catch(() => {});
  try {
    await Promise.race([keeping, sleep(KEEP_MS, kept.signal)]);
  } catch (error) {
    log.warn('the exchange of a shared call could not be kept', { callId, error: errorText(error) });
  }
}
