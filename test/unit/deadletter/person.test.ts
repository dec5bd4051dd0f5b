import { describe, expect, test } from 'vitest';
import { personOf } from '../../../shared/deadletter/person.ts';

const ann = personOf('Ann.O+x@example.com');

describe('personOf', () => {
  test.each([
    'ann.o+x@example.com',
    '<Email>ANN.O+X@EXAMPLE.COM</Email>',
    '"Email":"ann.o+x\\u0040example.com"',
    '\\nann.o+x@example.com',
    '\\u003cann.o+x@example.com\\u003e',
    'Email=ann.o%2Bx%40example.com&x=1',
    '%3Dann.o%2bx%40example.com',
    'ann.o&#43;x&#64;example.com',
    'ann.o&#x2B;x&#x40;example.com',
    'wrote to ann.o+x@example.com.',
  ])('finds and replaces the address in %j', (text) => {
    expect(ann.isNamedIn(text)).toBe(true);
    const redacted = ann.redact(text);
    expect(redacted).toContain('[forgotten]');
    expect(redacted).not.toMatch(/ann/i);
  });

  test.each([
    'joann.o+x@example.com',
    'jo.ann.o+x@example.com',
    'ann.o+x@example.community',
    'ann.o+x@example.com.au',
    'annyo+x@example.com',
    'jo%2Bann.o%2Bx%40example.com',
  ])('leaves somebody else alone in %j', (text) => {
    expect(ann.isNamedIn(text)).toBe(false);
    expect(ann.redact(text)).toBe(text);
  });

  test('knows letters beyond ASCII in every escape, and characters that XML escapes', () => {
    const zoe = personOf("zoë&o'x@example.com");
    expect(zoe.isNamedIn('zo\\u00eb\\u0026o\\u0027x@example.com')).toBe(true);
    expect(zoe.isNamedIn('ZO%C3%8B%26O%27X@EXAMPLE.COM')).toBe(true);
    expect(zoe.isNamedIn('zo&#235;&amp;o&apos;x@example.com')).toBe(true);
    expect(zoe.isNamedIn('zoe&o@example.com')).toBe(false);
  });

  test('replaces every mention', () => {
    expect(ann.redact('ann.o+x@example.com, ANN.O+X@example.com')).toBe('[forgotten], [forgotten]');
  });
});
