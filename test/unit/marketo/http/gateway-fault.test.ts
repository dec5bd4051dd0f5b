import { describe, expect, test } from 'vitest';
import { gatewayFault } from '../../../../shared/marketo/http/gateway-fault.ts';

const NOW = 'Mon, 23 Nov 2026 18:00:00 GMT';

describe('the status of a server before Marketo', () => {
  test.each([413, 414])('%i is the request that is too large', (status) => {
    expect(gatewayFault(status, {})).toMatchObject({ kind: 'gateway', httpStatus: status });
  });

  test('429 counts with and without a Retry-After, 503 only with one', () => {
    expect(gatewayFault(429, {})).toMatchObject({ httpStatus: 429, retryAfterMs: null });
    expect(gatewayFault(503, {})).toBeNull();
    expect(gatewayFault(503, { 'retry-after': 'soon' })).toBeNull();
    expect(gatewayFault(503, { 'retry-after': '7' })).toMatchObject({ httpStatus: 503, retryAfterMs: 7_000 });
  });

  test('a Retry-After is read as seconds, or as a date by the clock of its sender', () => {
    const wait = (text: string, date?: string) =>
      gatewayFault(429, { 'retry-after': text, ...(date === undefined ? {} : { date }) })?.retryAfterMs;
    expect(wait(' 120 ')).toBe(120_000);
    expect(wait('Mon, 23 Nov 2026 18:01:30 GMT', NOW)).toBe(90_000);
    expect(wait('Mon, 23 Nov 2026 17:00:00 GMT', NOW)).toBe(0);
    expect(wait('Mon, 23 Nov 2026 18:01:30 GMT')).toBeNull();
  });

  test.each([200, 404, 500, 502, 504])('%i says nothing by itself', (status) => {
    expect(gatewayFault(status, { 'retry-after': '7' })).toBeNull();
  });
});
