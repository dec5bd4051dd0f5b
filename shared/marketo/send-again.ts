import { classOf } from './faults/codes.ts';
import type { Post, Read, Send, Sent, Target } from './transport.ts';

/**
 * Sends a request; one that is refused only because what vouches for it had aged (a signature, a token) is sent once more at
 * once, with a permit of its own. Nothing else of its call is repeated.
 */
export async function sendAgainIfAged<T, Refusal>(
  send: Send<Refusal>,
  target: Target,
  perform: (post: Post) => Promise<Read<T>>,
): Promise<Sent<T, Refusal>> {
  const sent = await send(target, perform);
  return isAged(sent) ? send(target, perform) : sent;
}

/** Whether it was refused for its age alone: Marketo has done nothing of it. */
export const isAged = (sent: Sent<unknown, unknown>): boolean =>
  sent.kind === 'fault' && sent.fault.kind === 'marketo' && classOf(sent.fault.code) === 'expired-signature';
