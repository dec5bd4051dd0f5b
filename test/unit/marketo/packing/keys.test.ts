import { describe, expect, test } from 'vitest';
import { bytesOf, identity } from '../../../../shared/marketo/packing/identity.ts';
import { isSharedKey, keyIdentity, sharedKeyTypeOf } from '../../../../shared/marketo/packing/lead-keys.ts';

const key = (keyType: string, keyValue: string) => ({ keyType, keyValue });

describe('one spelling of a value', () => {
  test.each(['Éva', 'eva ', 'E\u0301VA', '\uFF25va'])('is the same for %j', (value) => {
    expect(identity('EMAIL', value)).toBe('EMAIL:eva');
  });

  test('keeps kinds apart', () => {
    expect(identity('IDNUM', '1')).not.toBe(identity('EMAIL', '1'));
  });
});

test('records are as long as their JSON in UTF-8', () => {
  expect(bytesOf([{ a: 'é' }])).toBe(12);
});

describe('a key that may go with others', () => {
  test.each([
    ['IDNUM', '7'],
    ['IDNUM', ' 007 '],
    ['IDNUM', '9'.repeat(15)],
    ['EMAIL', 'a@x.example'],
  ])('is %s %j', (keyType, keyValue) => {
    expect(isSharedKey(key(keyType, keyValue))).toBe(true);
  });

  test.each([
    ['IDNUM', ''],
    ['IDNUM', '7x'],
    ['IDNUM', 'x7'],
    ['IDNUM', '9'.repeat(16)],
    ['EMAIL', ' '],
    ['EMAIL', 'a,b@x.example'],
    ['COOKIE', 'id:1'],
  ])('is not %s %j', (keyType, keyValue) => {
    expect(isSharedKey(key(keyType, keyValue))).toBe(false);
  });

  test('is of one type with all the others', () => {
    expect(sharedKeyTypeOf([key('IDNUM', '1'), key('IDNUM', '2')])).toBe('IDNUM');
    expect(sharedKeyTypeOf([key('IDNUM', '1'), key('EMAIL', 'a@x.example')])).toBeNull();
    expect(sharedKeyTypeOf([key('IDNUM', '1'), key('IDNUM', 'x')])).toBeNull();
    expect(sharedKeyTypeOf([])).toBeNull();
  });

  test('is one lead in every spelling', () => {
    expect(keyIdentity(key('EMAIL', ' A@x.example'))).toBe('EMAIL:a@x.example');
    expect(keyIdentity(key('IDNUM', '007'))).toBe('IDNUM:7');
  });
});
