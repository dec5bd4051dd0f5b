import type { KeptCall } from '../job/calls.ts';
import { isoTime } from '../kernel/clock.ts';
import type { OperatePorts } from './ports.ts';

/** The call as every program outside sees it. */
type SharedCallJson = Omit<KeptCall, 'at'> & { readonly at: string };

type SharedCall =
  | { readonly kind: 'no-letter' }
  /** The job of the letter shared its last call with nobody, or none was made. */
  | { readonly kind: 'alone' }
  | { readonly kind: 'not-kept'; readonly callId: string }
  | { readonly kind: 'call'; readonly json: SharedCallJson };

/** The whole exchange of the call that a letter's job shared with others when it came to its end. */
export async function findSharedCall(
  { archive, calls }: Pick<OperatePorts, 'archive' | 'calls'>,
  letterId: string,
): Promise<SharedCall> {
  const letter = await archive.get(letterId);
  if (letter === null) return { kind: 'no-letter' };
  const last = letter.attempts.at(-1);
  if (last?.shared === undefined) return { kind: 'alone' };
  const call = await calls.get(last.callId);
  if (call === null) return { kind: 'not-kept', callId: last.callId };
  return { kind: 'call', json: { ...call, at: isoTime(call.at) } };
}
