import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, deliver } from '../answer.ts';
import { perform, type Service } from '../perform.ts';
import { gatewayPage, type Replacing, troubleOfTransport } from '../trouble.ts';
import { identityAnswer, type RestCredentials, springError, type TokenBook } from './identity.ts';
import { httpRefusal, JSON_TYPE } from './rest-answer.ts';

export interface IdentitySettings {
  readonly credentials: RestCredentials;
  readonly tokens: TokenBook;
  readonly tokenLifeMs: number;
}

/** What rules and witness call a request for a token. */
const IDENTITY = 'identity';
const PATH = '/identity/oauth/token';

/** A request for a token: no limit counts it, and nothing of it is in the books but that it came. */
export async function serveIdentity(
  service: Service,
  settings: IdentitySettings,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { world, clock } = service;
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://simulator');
  const entry = world.arrive({ operation: IDENTITY, keys: [], fingerprint: '' }, clock(), false);
  const cue = service.script.cueFor(IDENTITY, `${incoming.method} ${pathname}`);
  const answer = await perform(service, {
    entry,
    cue,
    run: () => {
      if (cue.action.kind === 'short-token') shorten(settings, clock(), cue.action.lifeMs);
      const told = tell(settings, incoming.method ?? 'GET', pathname, searchParams, clock());
      if (told.status === 200) world.execute(entry, TOKEN_HANDED_OUT, clock());
      else world.end(entry, `rejected:${told.status}`);
      return told;
    },
    replaced: replacement,
  });
  await deliver(answer, response, () => world.replied(entry));
}

/** A token is not of the instance: there is nothing to run, and nothing to run again. */
const TOKEN_HANDED_OUT = {
  run: () => null,
  written: () => [],
  line: (seq: number, now: number) => ({ kind: 'executed-rest', seq, now, request: null }) as const,
};

function shorten({ tokens, tokenLifeMs }: IdentitySettings, now: number, lifeMs: number): void {
  tokens.token(now, tokenLifeMs);
  tokens.endAt(now + lifeMs);
}

function tell(
  { credentials, tokens, tokenLifeMs }: IdentitySettings,
  method: string,
  path: string,
  query: URLSearchParams,
  now: number,
): Answer & { kind: 'reply' } {
  if (path !== PATH) return httpRefusal(404);
  if (method !== 'GET' && method !== 'POST') return httpRefusal(405);
  return identityAnswer(query, credentials, tokens, now, tokenLifeMs);
}

function replacement(action: Replacing, answer: Answer | null): Answer {
  switch (action.kind) {
    case 'fault':
      return action.code === 401
        ? springError(401, 'invalid_client', action.message ?? 'Bad client credentials')
        : httpRefusal(action.code);
    case 'garbage':
      return garbage(action, answer);
    default:
      return troubleOfTransport(action, JSON_TYPE);
  }
}

function garbage(action: Extract<Replacing, { kind: 'garbage' }>, answer: Answer | null): Answer {
  const whole = answer?.kind === 'reply' ? answer.body : '{"access_token":"torn","token_type":"bearer"}';
  const said = (body: string): Answer => ({
    kind: 'reply',
    status: action.status ?? 200,
    contentType: JSON_TYPE,
    body,
  });
  switch (action.body) {
    case 'json':
    case 'other-operation':
      return said('{"status":"UP"}');
    case 'truncated':
    case 'truncated-xml':
      return said(whole.slice(0, -Math.ceil(whole.length / 4)));
    case 'empty':
      return said('');
    default:
      return gatewayPage(action.body, action.status);
  }
}
