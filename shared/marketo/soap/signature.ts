import { createHmac } from 'node:crypto';

interface Signature {
  readonly timestamp: string;
  readonly signature: string;
}

/**
 * Signs the moment, not the body: lower-case hex HMAC-SHA1 over timestamp and user id. It ages, so it is made
 * at the moment of sending and never kept.
 */
export function sign(userId: string, encryptionKey: string, at: number): Signature {
  const timestamp = w3cTime(at);
  return { timestamp, signature: requestSignature(timestamp, userId, encryptionKey) };
}

export const requestSignature = (timestamp: string, userId: string, encryptionKey: string): string =>
  createHmac('sha1', encryptionKey)
    .update(timestamp + userId, 'utf8')
    .digest('hex');

/** W3C date-time with an offset, as in Adobe's samples: whole seconds and no `Z`. */
const w3cTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+00:00`;
