import type { Attempt } from '../job/attempt.ts';
import { classify, type Ended, type Failure } from '../marketo/faults/classify.ts';
import type { FaultClass } from '../marketo/faults/fault.ts';
import type { Exchange } from '../marketo/transport.ts';
import type { Deferred } from './decide.ts';
import type { SentRequest } from './send.ts';

interface Of {
  readonly callId: string;
  readonly startedAt: number;
  /** Of the request that decided. */
  readonly exchange: Exchange | null;
  /** How many jobs the call was for. */
  readonly shared: number;
}

/** A row keeps 200 attempts, and a call takes 60 requests at most, some of them again and again for a minute. */
const MOST_EARLIER = 6;

/**
 * A call as the attempts of its job: one, and before it one for each request that was refused for the age of its signature or
 * the account's pace alone, and made again. Of a call of several requests that failed, the attempt names those before the last.
 */
export function attemptsOf(
  requests: readonly SentRequest[],
  ended: Ended | Deferred,
  { callId, startedAt, exchange, shared }: Of,
): readonly Attempt[] {
  const of = { callId, ...(shared > 1 ? { shared } : {}) };
  const counting = requests.filter(({ target }) => target.spends);
  const earlier = counting.slice(0, -1);
  const before = earlier
    .filter(isMadeAgain)
    .slice(-MOST_EARLIER)
    .map((request) => ({ ...of, ...outcomeOf(refusalOf(request), request.exchange) }));
  if (ended.kind === 'deferred') return before;
  const steps = earlier.filter((request) => !isMadeAgain(request));
  const at = steps[0]?.exchange.sentAt ?? exchange?.sentAt ?? startedAt;
  const endedAt = exchange?.endedAt ?? at;
  const lines = ended.kind === 'failed' && steps.length > 0 ? { earlier: linesOf(steps) } : {};
  return [
    ...before,
    { ...of, ...outcomeOf(ended, exchange), at, durationMs: Math.max(0, endedAt - at), ...lines },
  ];
}

/** Whether it was more than the way to be let in: a token, a signature that was too old, a limit. */
export const hasDone = (request: SentRequest): boolean => request.target.spends && !isMadeAgain(request);

const MADE_AGAIN: ReadonlySet<FaultClass> = new Set([
  'expired-signature',
  'rate-limited',
  'concurrency-limited',
]);

const isMadeAgain = ({ fault }: SentRequest): boolean =>
  fault !== null && MADE_AGAIN.has(classify(fault, false).class);

const refusalOf = ({ fault }: SentRequest): Ended =>
  fault === null ? { kind: 'succeeded', result: null } : classify(fault, false);

const outcomeOf = (ended: Ended, exchange: Exchange | null): Omit<Attempt, 'callId'> => ({
  at: exchange?.sentAt ?? exchange?.endedAt ?? 0,
  durationMs: exchange === null ? 0 : Math.max(0, exchange.endedAt - (exchange.sentAt ?? exchange.endedAt)),
  class: ended.kind === 'failed' ? ended.class : null,
  code: ended.kind === 'failed' ? ended.code : null,
  httpStatus: exchange?.httpStatus ?? null,
  message: ended.kind === 'failed' ? ended.message : '',
  counted: false,
});

/** `GET /rest/v1/lists.json: answered`; no query, which may hold an address. */
function linesOf(steps: readonly SentRequest[]): readonly string[] {
  const lines = steps.slice(-MOST_EARLIER).map(({ method, target, fault }) => {
    const { pathname } = new URL(target.url);
    return `${method} ${pathname}: ${fault === null ? 'answered' : wordOf(classify(fault, false))}`;
  });
  const left = steps.length - lines.length;
  return left === 0 ? lines : [`${left} more before these`, ...lines];
}

const wordOf = ({ code, class: faultClass }: Failure): string =>
  code === null ? faultClass : `${faultClass} ${code}`;
