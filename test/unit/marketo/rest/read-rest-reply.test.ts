import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classify } from '../../../../shared/marketo/faults/classify.ts';
import { readIdentityReply } from '../../../../shared/marketo/rest/call/identity-reply.ts';
import { codeOf, readRestReply } from '../../../../shared/marketo/rest/call/read-reply.ts';
import { jsonReply } from '../../../support/identity.ts';

describe('a reply of success', () => {
  test('has its rows, the next page and its warnings', () => {
    const body = {
      success: true,
      result: [{ id: 1 }],
      nextPageToken: 'T=',
      moreResult: true,
      warnings: ['w', { code: 1 }],
    };
    expect(readRestReply(jsonReply(body))).toEqual({
      kind: 'answered',
      value: { result: [{ id: 1 }], nextPageToken: 'T=', moreResult: true, warnings: ['w', '{"code":1}'] },
    });
  });

  test.each([{}, { result: null }, { result: 'x', nextPageToken: '', warnings: {} }])(
    'without rows has none: %j',
    (rest) => {
      expect(readRestReply(jsonReply({ success: true, ...rest }))).toMatchObject({
        value: { result: [], nextPageToken: null, moreResult: false, warnings: [] },
      });
    },
  );
});

describe('an error', () => {
  test.each(['606', 606, ' 606 '])('has the number %j, whatever the status', (code) => {
    const body = { success: false, errors: [{ code, message: 'Max rate limit' }] };
    for (const status of [200, 400, 500])
      expect(readRestReply(jsonReply(body, status))).toEqual({
        kind: 'fault',
        fault: { kind: 'marketo', code: 606, message: 'Max rate limit', httpStatus: status },
      });
  });

  test.each([undefined, [], [null], [{}], [{ code: '6x6', message: 7 }], 'no'])(
    'without one has none: %j',
    (errors) => {
      expect(readRestReply(jsonReply({ success: false, errors }))).toMatchObject({
        fault: { kind: 'marketo', code: null, message: 'an error without a message' },
      });
    },
  );

  test.each([Number.NaN, 1.5, '', '1234567890', true, null, {}])('has no number in %j', (value) => {
    expect(codeOf(value)).toBeNull();
  });
});

describe('what is no reply', () => {
  test.each([
    ['', 200, { kind: 'unreadable', what: 'empty' }],
    ['<html>', 200, { kind: 'unreadable', what: 'html' }],
    ['{"success":tr', 200, { kind: 'unreadable', what: 'truncated' }],
    ['{"success":"true"}', 200, { kind: 'unreadable', what: 'foreign' }],
    ['[]', 500, { kind: 'unreadable', what: 'foreign' }],
    ['busy', 502, { kind: 'unreadable', what: 'text' }],
    ['', 302, { kind: 'unreadable', what: 'redirect' }],
    ['no', 404, { kind: 'gone', httpStatus: 404 }],
    ['no', 413, { kind: 'gateway', httpStatus: 413 }],
    ['no', 429, { kind: 'gateway', httpStatus: 429 }],
  ] as const)('%j with %i is told by its body, else its status', (body, status, fault) => {
    expect(readRestReply(jsonReply(body, status))).toMatchObject({ kind: 'fault', fault });
  });
});

test('no text makes a reading throw, or a class be missing', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record(
        { success: fc.anything(), errors: fc.jsonValue(), result: fc.jsonValue(), warnings: fc.jsonValue() },
        { requiredKeys: [] },
      )
      .map((value) => {
        try {
          return JSON.stringify(value) ?? '';
        } catch {
          return '';
        }
      }),
    fc
      .record(
        {
          access_token: fc.jsonValue(),
          expires_in: fc.jsonValue(),
          error: fc.jsonValue(),
          error_description: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 100, max: 599 }), (body, status) => {
      for (const read of [
        readRestReply(jsonReply(body, status)),
        readIdentityReply(jsonReply(body, status), 'secret'),
      ])
        if (read.kind === 'fault') expect(classify(read.fault, true).kind).toBe('failed');
    }),
  );
});
