import { describe, expect, test } from 'vitest';
import { requestSignature, sign } from '../../../../shared/marketo/soap/signature.ts';

const USER = 'bigcorp1_461839624B16E06BA2D663';
const KEY = '899756834129871744AAEE88DDCC77CDEEDEC1AAAD66';

describe('signature', () => {
  test('agrees with the vector of the documentation', () => {
    expect(requestSignature('2010-04-09T14:04:54-07:00', USER, KEY)).toBe(
      'ffbff4d4bef354807481e66dc7540f7890523a87',
    );
  });

  test('signs the moment it is told, as a W3C time with an offset', () => {
    const { timestamp, signature } = sign(USER, KEY, Date.parse('2010-04-09T21:04:54.999Z'));
    expect(timestamp).toBe('2010-04-09T21:04:54+00:00');
    expect(signature).toBe(requestSignature(timestamp, USER, KEY));
  });

  test('differs with the moment, the user and the key', () => {
    const signatures = [
      sign(USER, KEY, 0),
      sign(USER, KEY, 1_000),
      sign(`${USER}2`, KEY, 0),
      sign(USER, `${KEY}2`, 0),
    ].map((one) => one.signature);
    expect(new Set(signatures).size).toBe(4);
  });
});
