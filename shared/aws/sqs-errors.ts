import { SQSServiceException } from '@aws-sdk/client-sqs';

/** One entry of a batch that SQS refused, in its own words. */
interface RefusedEntry {
  readonly code: string;
  readonly message: string;
  /** SQS says that the entry itself is wrong: asking again gives the same answer. */
  readonly final: boolean;
}

/** SQS's fields may all be absent by their type; an entry nobody explained is worth another try. */
export const refusedEntry = (entry: {
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
  readonly SenderFault?: boolean | undefined;
}): RefusedEntry => ({
  code: entry.Code ?? 'unknown',
  message: entry.Message ?? '',
  final: entry.SenderFault === true && !isPassing(entry.Code ?? ''),
});

const isThrottle = (code: string): boolean => /throttl/i.test(code);

/** Trouble of the moment, or of whoever asks, and not of what is asked: the SDK calls all of it the client's. */
const isPassing = (code: string): boolean => isThrottle(code) || isOfWhoAsks(code);

/** Rights, keys, credentials, a clock, the queue: once somebody has mended it the same request goes through, and not a second later. */
const isOfWhoAsks = (code: string): boolean =>
  /denied|unauthorized|^kms|token|signature|accesskey|credential|expired|security|overlimit|queuedoesnotexist|nonexistentqueue/i.test(
    code,
  ) && !isThrottle(code);

/**
 * The message is deleted, visible again or under a newer receipt: there is nothing left to hide. SQS says so with
 * these codes, or with InvalidParameterValue and "The receipt handle has expired".
 */
export const isGone = ({ code, message }: RefusedEntry): boolean =>
  /MessageNotInflight|ReceiptHandleIsInvalid/.test(code) ||
  (/InvalidParameterValue/.test(code) && /receipt handle (has expired|is invalid)/i.test(message));

/** SQS refused the request itself: asking again gives the same answer. */
export const isSenderFault = (error: unknown): boolean =>
  error instanceof SQSServiceException && error.$fault === 'client' && !isPassing(error.name);

/** Who asks has to be given something first: asking again at once gives the same answer. */
export const isAskersTrouble = (error: unknown): boolean =>
  error instanceof SQSServiceException && error.$fault === 'client' && isOfWhoAsks(error.name);
