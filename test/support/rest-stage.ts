import type { Fault } from '../../shared/marketo/faults/fault.ts';
import { Session } from '../../shared/marketo/rest/call/session.ts';
import type { RestSettings } from '../../shared/marketo/rest/call/settings.ts';
import type { Directory } from '../../shared/marketo/rest/directory/directory.ts';
import type { Exchange, HttpReply, OutgoingRequest, Send, Target } from '../../shared/marketo/transport.ts';

/** One request that a mapping has made: `POST /rest/v1/leads.json` with its query decoded and its body read. */
export interface Seen {
  readonly line: string;
  readonly query: Readonly<Record<string, string>>;
  /** JSON where it is, else the text. */
  readonly body: unknown;
  readonly target: Target;
}

/** What the pretend Marketo answers: rows, an error by code, a fault of the wire, or a permit that is refused. */
export type Canned =
  | { readonly rows: readonly unknown[]; readonly nextPageToken?: string; readonly moreResult?: boolean }
  | { readonly error: number; readonly message?: string }
  | { readonly fault: Fault }
  | { readonly refusal: unknown };

export interface Stage {
  readonly session: Session;
  readonly seen: Seen[];
}

export const NO_SETTINGS: RestSettings = { foreignIdField: null, partitions: {}, onDuplicate: 'dead-letter' };

/** A session over canned replies, in order; a request without one fails the test. */
export function restStage(
  replies: readonly Canned[],
  over: {
    readonly settings?: Partial<RestSettings>;
    readonly workspace?: string | null;
    readonly directory?: Partial<Directory>;
    readonly now?: number;
  } = {},
): Stage {
  const seen: Seen[] = [];
  const left = [...replies];
  const now = over.now ?? Date.parse('2026-11-26T12:00:00Z');
  const send: Send<unknown> = async (target, perform) => {
    const canned = left.shift();
    if (canned === undefined) throw new Error(`no reply is left for ${target.url}`);
    if ('refusal' in canned) return { kind: 'refused', refusal: canned.refusal };
    if ('fault' in canned) {
      seen.push({ line: new URL(target.url).pathname, query: {}, body: '', target });
      return { kind: 'fault', fault: canned.fault, exchange: exchangeOf(target, '', null, now) };
    }
    let sent: OutgoingRequest | null = null;
    const reply = replyOf(canned);
    const read = await perform(async (request) => {
      sent = request;
      seen.push(seenOf(request, target));
      return reply;
    });
    const request = sent as OutgoingRequest | null;
    const exchange = exchangeOf(target, request?.body ?? '', reply.body, now);
    return { ...read, exchange };
  };
  const session = new Session({
    send,
    origin: 'https://a.mktorest.example.com',
    tokens: {
      authorize: async () => ({ kind: 'token', token: 'token' }),
      refuse: () => undefined,
      taken: () => undefined,
      refusedAgain: () => null,
    },
    directory: over.directory as Directory,
    settings: { ...NO_SETTINGS, ...over.settings },
    workspace: over.workspace ?? null,
    timeoutMs: null,
    clock: () => now,
    random: () => 0.5,
  });
  return { session, seen };
}

const replyOf = (canned: Extract<Canned, { rows: unknown } | { error: unknown }>): HttpReply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(
    'rows' in canned
      ? { requestId: 'a#1', success: true, ...pageOf(canned) }
      : {
          requestId: 'a#1',
          success: false,
          errors: [{ code: String(canned.error), message: canned.message ?? 'no' }],
        },
  ),
});

const pageOf = ({ rows, ...page }: Extract<Canned, { rows: unknown }>) => ({ result: rows, ...page });

function seenOf({ method, query = '', body }: OutgoingRequest, target: Target): Seen {
  const { pathname } = new URL(target.url);
  return {
    line: `${method} ${pathname}`,
    query: Object.fromEntries(new URLSearchParams(query)),
    body: bodyOf(body),
    target,
  };
}

function bodyOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

const exchangeOf = (target: Target, request: string, response: string | null, now: number): Exchange => ({
  url: target.url,
  request,
  response,
  httpStatus: response === null ? null : 200,
  sentAt: now,
  endedAt: now,
  serverDate: null,
});
