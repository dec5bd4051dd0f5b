import { describe, expect, it } from 'vitest';
import { readBatchResponse } from '../../../local/batch-response.ts';

const batch = new Set(['a', 'b']);
const failing = (...ids: readonly unknown[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('readBatchResponse', () => {
  it.each([[undefined], [null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
    'takes %j for a batch that went well',
    (response) => {
      expect(readBatchResponse(response, batch)).toEqual({ kind: 'some', messageIds: new Set() });
    },
  );

  it('names the messages that failed, each once', () => {
    expect(readBatchResponse(failing('b', 'b'), batch)).toEqual({ kind: 'some', messageIds: new Set(['b']) });
  });

  it.each([
    ['a string', 'done'],
    ['a list that is none', { batchItemFailures: 'a' }],
    ['an empty identifier', failing('')],
    ['no identifier', failing(null)],
    ['another key', { batchItemFailures: [{ messageId: 'a' }] }],
    ['no object', { batchItemFailures: ['a'] }],
    ['a message of another batch', failing('a', 'z')],
  ])('fails the whole batch for %s', (_, response) => {
    expect(readBatchResponse(response, batch).kind).toBe('all');
  });
});
