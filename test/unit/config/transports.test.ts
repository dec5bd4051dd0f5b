import { expect, test } from 'vitest';
import { TRANSPORTS } from '../../../shared/config/transports.ts';
import { ENDPOINTS } from '../../../shared/marketo/rest/call/endpoints.ts';

test('over REST a call that nobody knows more of is waited for as long as the slowest endpoint may take', () => {
  const slowest = Math.max(...Object.values(ENDPOINTS).map(({ serverS }) => serverS));
  expect(TRANSPORTS.rest.serverDoneMs).toBe(slowest * 1_000);
});
