/** Which messages of a batch the function has not dealt with, as the event source mapping reads its answer. */
export type BatchFailures =
  | { readonly kind: 'some'; readonly messageIds: ReadonlySet<string> }
  /** The answer cannot be read: the whole batch counts as failed. */
  | { readonly kind: 'all'; readonly why: string };

const NONE: BatchFailures = { kind: 'some', messageIds: new Set() };

/**
 * Nothing, null, `{}` and an empty or null list mean that all went well; an identifier that is missing, empty or not of
 * this batch spoils the whole answer (AWS, "Handling errors for an SQS event source in Lambda").
 */
export function readBatchResponse(response: unknown, batch: ReadonlySet<string>): BatchFailures {
  if (response === undefined || response === null) return NONE;
  if (typeof response !== 'object') return { kind: 'all', why: `the answer is a ${typeof response}` };
  const failures = 'batchItemFailures' in response ? response.batchItemFailures : null;
  if (failures === null || failures === undefined) return NONE;
  if (!Array.isArray(failures)) return { kind: 'all', why: 'batchItemFailures is not a list' };
  const messageIds = new Set<string>();
  for (const failure of failures as readonly unknown[]) {
    const messageId = identifierOf(failure);
    if (messageId === null) return { kind: 'all', why: 'a batch item failure has no itemIdentifier' };
    if (!batch.has(messageId)) return { kind: 'all', why: `${messageId} is not a message of this batch` };
    messageIds.add(messageId);
  }
  return { kind: 'some', messageIds };
}

function identifierOf(failure: unknown): string | null {
  if (typeof failure !== 'object' || failure === null || !('itemIdentifier' in failure)) return null;
  const identifier = failure.itemIdentifier;
  return typeof identifier === 'string' && identifier !== '' ? identifier : null;
}
