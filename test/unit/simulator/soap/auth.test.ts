import { describe, expect, test } from 'vitest';
import { checkAuthentication, sign } from '../../../../simulator/soap/auth.ts';

/** The vector of Adobe's documentation. */
const CREDENTIALS = {
  userId: 'bigcorp1_461839624B16E06BA2D663',
  encryptionKey: '899756834129871744AAEE88DDCC77CDEEDEC1AAAD66',
};
const TIMESTAMP = '2010-04-09T14:04:54-07:00';
const SIGNATURE = 'ffbff4d4bef354807481e66dc7540f7890523a87';
const NOW = Date.parse(TIMESTAMP);
const WINDOW_MS = 300_000;

test("sign gives the signature of Adobe's documentation", () => {
  expect(sign(CREDENTIALS, TIMESTAMP)).toBe(SIGNATURE);
});

describe('checkAuthentication', () => {
  const header = { userId: CREDENTIALS.userId, signature: SIGNATURE, timestamp: TIMESTAMP };
  const codeFor = (given: typeof header | null, now = NOW) =>
    checkAuthentication(given, CREDENTIALS, now, WINDOW_MS)?.code ?? null;

  test('takes a true signature', () => {
    expect(codeFor(header)).toBeNull();
  });

  test.each([
    ['no header', null],
    ['another user', { ...header, userId: 'nobody' }],
    ['another signature', { ...header, signature: SIGNATURE.replace('f', '0') }],
    ['the signature in upper case', { ...header, signature: SIGNATURE.toUpperCase() }],
    ['a signature of another timestamp', { ...header, timestamp: '2010-04-09T14:04:55-07:00' }],
    ['a timestamp without an offset', signed('2010-04-09T14:04:54')],
    ['a timestamp that is none', signed('yesterday')],
  ])('rejects %s with 20014', (_, given) => {
    expect(codeFor(given)).toBe(20014);
  });

  test.each([-WINDOW_MS, WINDOW_MS])('takes a timestamp %i ms off', (offMs) => {
    expect(codeFor(header, NOW + offMs)).toBeNull();
  });

  test.each([-WINDOW_MS - 1, WINDOW_MS + 1])('rejects a timestamp %i ms off with 20016', (offMs) => {
    expect(codeFor(header, NOW + offMs)).toBe(20016);
  });

  function signed(timestamp: string) {
    return { userId: CREDENTIALS.userId, signature: sign(CREDENTIALS, timestamp), timestamp };
  }
});
