import type { Exchange } from '../transport.ts';

/** Of a request that never left, or is not known to have. `now` in epoch ms. */
export const unsentExchange = (url: string, now: number): Exchange => ({
  url,
  request: '',
  response: null,
  httpStatus: null,
  sentAt: null,
  endedAt: now,
  serverDate: null,
});
