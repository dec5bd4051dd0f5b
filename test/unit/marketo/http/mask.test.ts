import { describe, expect, test } from 'vitest';
import { mask } from '../../../../shared/marketo/http/mask.ts';

describe('mask', () => {
  test('hides every occurrence of every secret', () => {
    expect(mask('a secret, a SECRET, a secret', ['secret', 'SECRET'])).toBe('a ***, a ***, a ***');
  });

  test('leaves a text without secrets as it is', () => {
    expect(mask('nothing here\r\n', ['secret'])).toBe('nothing here\r\n');
  });

  test('hides a secret that stands escaped for XML, JSON or a URL', () => {
    const secret = `k<&>"'\n /`;
    const xml = 'k&lt;&amp;&gt;&quot;&apos;\n /';
    const text = [xml, JSON.stringify(secret), encodeURIComponent(secret)].join(' | ');
    expect(mask(text, [secret])).toBe('*** | "***" | ***');
  });

  test('leaves no rest of a secret that contains another', () => {
    expect(mask('abcdef', ['abc', 'abcdef'])).toBe('***');
  });

  test('takes an empty secret for none, and a lone surrogate without throwing', () => {
    expect(mask('text', [''])).toBe('text');
    expect(mask('a\ud800b', ['\ud800'])).toBe('a***b');
  });
});
