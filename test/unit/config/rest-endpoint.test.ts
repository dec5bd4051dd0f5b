import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRestEndpoint } from '../../../shared/config/rest-endpoint.ts';

describe('the address of REST or identity', () => {
  test.each([
    ['rest', 'https://123-abc-456.mktorest.com/rest', 'https://123-abc-456.mktorest.com/rest'],
    ['rest', 'https://123-ABC-456.mktorest.com/rest/', 'https://123-abc-456.mktorest.com/rest'],
    ['rest', 'http://127.0.0.1:4001/rest', 'http://127.0.0.1:4001/rest'],
    ['rest', 'http://[::1]:4001/rest', 'http://[::1]:4001/rest'],
    ['identity', 'https://123-abc-456.mktorest.com/identity', 'https://123-abc-456.mktorest.com/identity'],
  ] as const)('%s is taken as %s', (kind, value, url) => {
    expect(readRestEndpoint(kind, value)).toEqual({ kind: 'endpoint', url, warning: null });
  });

  test.each([
    ['https://proxy.acme.example/marketo/rest', 'proxy.acme.example'],
    ['https://mktorest.com.evil.example/rest', 'mktorest.com.evil.example'],
    ['https://evilmktorest.com/rest', 'evilmktorest.com'],
  ])('%s is taken with a warning', (value, host) => {
    expect(readRestEndpoint('rest', value)).toMatchObject({
      kind: 'endpoint',
      warning: expect.stringContaining(`is at ${host}, which is not Marketo's own`),
    });
  });

  test.each([
    ['nothing', '', 'not an address'],
    ['another scheme', 'ftp://a.mktorest.com/rest', 'not an address'],
    ['http', 'http://a.mktorest.com/rest', 'in the clear'],
    ['a name that only looks like loopback', 'http://localhost.acme.example/rest', 'in the clear'],
    ['a password', 'https://me:pa55word@a.mktorest.com/rest', 'user name or a password'],
    ['a query', 'https://a.mktorest.com/rest?access_token=x', 'query or a fragment'],
    ['an empty query', 'https://a.mktorest.com/rest?', 'query or a fragment'],
    ['a fragment', 'https://a.mktorest.com/rest#x', 'query or a fragment'],
    ['no path', 'https://a.mktorest.com', 'does not end in /rest'],
    ['the other path', 'https://a.mktorest.com/identity', 'does not end in /rest'],
    ['a longer path', 'https://a.mktorest.com/rest/v1', 'does not end in /rest'],
    ['a path that only ends alike', 'https://a.mktorest.com/arest', 'does not end in /rest'],
    ['a double slash', 'https://a.mktorest.com//rest', 'does not end in /rest'],
  ])('with %s is refused', (_name, value, words) => {
    const read = readRestEndpoint('rest', value);
    expect(read).toMatchObject({ kind: 'problem', problem: expect.stringContaining(words) });
    expect(JSON.stringify(read)).not.toContain('pa55word');
  });

  test('never makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (value) => {
        const read = readRestEndpoint('identity', value);
        if (read.kind === 'endpoint') expect(new URL(read.url).pathname.endsWith('/identity')).toBe(true);
      }),
    );
  });
});
