import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createStoreClock, type StoreClock } from '../budget/store-clock.ts';
import type { Clock } from '../kernel/clock.ts';
import { isObject } from '../kernel/is-object.ts';

/** Reads the `Date` of every reply, of refusals too. Inside the SDK's retries and outside of nothing: each try is one exchange. */
export function watchStoreClock(client: DynamoDBClient, clock: Clock): StoreClock {
  const watch = createStoreClock();
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = clock();
      const result = await next(args);
      watch.observe({ sentAt, receivedAt: clock(), date: dateOf(result.response) });
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return watch;
}

/** Not a number if there is none. */
function dateOf(response: unknown): number {
  if (!isObject(response)) return Number.NaN;
  const headers = response['headers'];
  const date = isObject(headers) ? headers['date'] : undefined;
  return typeof date === 'string' ? Date.parse(date) : Number.NaN;
}
