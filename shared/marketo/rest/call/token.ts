import { assertNever } from '../../../kernel/assert-never.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Fault } from '../../faults/fault.ts';
import type { OutgoingRequest, Send, Sent, Target } from '../../transport.ts';
import { type IssuedToken, readIdentityReply } from './identity-reply.ts';

/** Who asks. Read before each identity request, so that a secret replaced at run time is used from the next one on. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A token, or why there is none: nothing of the request that waited for it has been sent. */
export type Authorization =
  | { readonly kind: 'token'; readonly token: string }
  | Exclude<Sent<never, unknown>, { readonly kind: 'answered' }>;

/** The process's token, renewed ahead of its end and shared by every call. */
export interface Tokens {
  /** The token of now, after an identity request of its own if there is none. */
  authorize(send: Send<unknown>): Promise<Authorization>;
  /** Marketo has refused it (601, 602): the next request asks for another, and uses what it gets, be it the same. */
  refuse(token: string): void;
  /** Marketo has taken a token. */
  taken(): void;
  /** A call's token was refused although it had just been renewed. After five calls in a row it is no matter of time: what it is then. */
  refusedAgain(): Extract<Fault, { kind: 'identity' }> | null;
}

interface TokenPorts {
  /** `https://X.mktorest.com/identity` */
  readonly identityEndpoint: string;
  readonly credentials: () => ClientCredentials;
  readonly clock: Clock;
  /** Total deadline of every request, where one is set; null: the usual one. */
  readonly timeoutMs: number | null;
}

interface Kept extends ClientCredentials {
  readonly token: string;
  readonly renewAt: number;
  readonly endsAt: number;
}

interface Renewal {
  readonly of: ClientCredentials;
  readonly answer: Promise<Sent<IssuedToken, unknown>>;
}

/** Ahead of its end: a permit may be waited for so long. */
const AHEAD_MS = 60_000;
/** Near its end Marketo gives the same token once more, with what is left of its life: it is used up, not asked for again and again. */
const LEAST_USE_MS = 2_000;
/** After a renewal that failed while the token is still good. */
const PAUSE_MS = 5_000;
const TIMEOUT_MS = 15_000;
const SERVER_DONE_MS = 60_000;
/** So many calls whose renewed token was refused, with none between them whose token was taken. */
const STRANGE_CALLS = 5;

/**
 * One renewal is under way at a time, by the send of whoever came first. What Marketo answered, a token or a refusal of the
 * credentials, is everybody's; that it could not be asked is the asker's alone, and the next one asks for itself.
 */
export function createTokens(ports: TokenPorts): Tokens {
  const { clock, credentials } = ports;
  let kept: Kept | null = null;
  let renewal: Renewal | null = null;
  let refusedCalls = 0;

  /** Of these credentials, good or about to end; null: there is none, or it has ended. */
  const living = (of: ClientCredentials): Kept | null =>
    kept !== null && isSame(kept, of) && clock() < kept.endsAt ? kept : null;

  const keep = (of: ClientCredentials, { token, lifeMs }: IssuedToken): void => {
    const now = clock();
    const ahead = Math.min(AHEAD_MS, lifeMs / 10);
    const renewAt = now + Math.max(LEAST_USE_MS, lifeMs - ahead);
    kept = { ...of, token, renewAt, endsAt: Math.max(renewAt, now + lifeMs) };
  };

  const ask = async (of: ClientCredentials, send: Send<unknown>): Promise<Sent<IssuedToken, unknown>> => {
    try {
      const sent = await send(targetOf(ports), async (post) => {
        const read = readIdentityReply(await post(requestOf(of)), of.clientSecret);
        return read.kind === 'answered' || isSame(of, credentials()) ? read : { ...read, outdated: true };
      });
      if (sent.kind === 'answered' && isSame(of, credentials())) keep(of, sent.value);
      return sent;
    } finally {
      // Not before the token is kept: whoever comes now would ask once more.
      if (renewal?.of === of) renewal = null;
    }
  };

  const begin = (of: ClientCredentials, send: Send<unknown>): Renewal['answer'] => {
    const answer = ask(of, send);
    renewal = { of, answer };
    return answer;
  };

  const authorize = async (send: Send<unknown>): Promise<Authorization> => {
    for (;;) {
      const of = credentials();
      const good = living(of);
      if (good !== null && clock() < good.renewAt) return { kind: 'token', token: good.token };
      const others = renewal !== null && isSame(renewal.of, of) ? renewal : null;
      const sent = await (others?.answer.catch(() => null) ?? begin(of, send));
      const isOutdated = !isSame(of, credentials());
      if (sent === null || isOutdated) continue;
      if (sent.kind === 'answered') return { kind: 'token', token: sent.value.token };
      if (isDefinite(sent)) return sent;
      if (others !== null) continue;
      const left = living(of);
      if (left === null) return unsent(sent);
      kept = { ...left, renewAt: Math.min(left.endsAt, clock() + PAUSE_MS) };
      return { kind: 'token', token: left.token };
    }
  };

  return {
    authorize,
    refuse: (token) => {
      if (kept?.token === token) kept = null;
    },
    taken: () => {
      refusedCalls = 0;
    },
    refusedAgain: () => {
      refusedCalls += 1;
      return refusedCalls < STRANGE_CALLS ? null : STRANGE;
    },
  };
}

const STRANGE: Extract<Fault, { kind: 'identity' }> = {
  kind: 'identity',
  message:
    'five calls in a row had a token refused that had just been issued: the identity and the REST endpoint are of different instances',
  httpStatus: 200,
};

const isSame = (one: ClientCredentials, other: ClientCredentials): boolean =>
  one.clientId === other.clientId && one.clientSecret === other.clientSecret;

const isDefinite = (sent: Exclude<Authorization, { kind: 'token' }>): boolean =>
  sent.kind === 'fault' && sent.fault.kind === 'identity';

const targetOf = ({ identityEndpoint, timeoutMs }: TokenPorts): Target => ({
  url: `${identityEndpoint}/oauth/token`,
  // Longer than the request it is for, it would not be begun where that still has the time.
  timeoutMs: Math.min(TIMEOUT_MS, timeoutMs ?? TIMEOUT_MS),
  serverDoneMs: SERVER_DONE_MS,
  changes: false,
  spends: false,
  announces: false,
});

/** The secret stands in its address, and a torn answer holds a token: nothing of either is kept. */
const requestOf = ({ clientId, clientSecret }: ClientCredentials): OutgoingRequest => ({
  method: 'GET',
  query: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  }).toString(),
  headers: { accept: 'application/json' },
  body: '',
  secrets: [clientSecret],
  captured: 'nothing',
});

/** Whatever kept the token away, the request that waited for it was never sent. */
function unsent(sent: Exclude<Authorization, { kind: 'token' }>): typeof sent {
  return sent.kind === 'refused' ? sent : { ...sent, fault: faultOfUnsent(sent.fault) };
}

function faultOfUnsent(fault: Fault): Fault {
  const message = `no token could be had: ${fault.message}`;
  switch (fault.kind) {
    case 'network':
    case 'internal':
      return { ...fault, sent: false, message };
    case 'gone':
      return { ...fault, httpStatus: null, message };
    case 'identity':
      return fault;
    case 'unreadable':
    case 'gateway':
    case 'marketo':
    case 'record':
    case 'decided':
      return { kind: 'network', sent: false, reason: 'other', message };
    default:
      return assertNever(fault);
  }
}
