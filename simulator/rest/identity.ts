import { randomUUID } from 'node:crypto';
import type { Answer } from '../answer.ts';

export interface RestCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

interface Token {
  readonly text: string;
  expiresAt: number;
}

/** The tokens of one custom service. There is one alive at a time: asking again hands out the same one. */
export class TokenBook {
  private current: Token | null = null;
  /** Ended, and not used since: their first use is told apart from any later one. */
  private readonly ended = new Set<string>();

  token(now: number, lifeMs: number): Readonly<Token> {
    this.retire(now);
    this.current ??= { text: `${randomUUID()}:sim`, expiresAt: now + lifeMs };
    return this.current;
  }

  /** Null for a good token; 602 on the first use after its end, 601 ever after and for any other string. */
  problemWith(token: string, now: number): 601 | 602 | null {
    this.retire(now);
    if (this.current?.text === token) return null;
    return this.ended.delete(token) ? 602 : 601;
  }

  /** The current token ends at `at`. */
  endAt(at: number): void {
    if (this.current !== null) this.current.expiresAt = at;
  }

  /** The current token is no longer known. */
  revoke(): void {
    this.current = null;
    this.ended.clear();
  }

  private retire(now: number): void {
    if (this.current === null || now < this.current.expiresAt) return;
    this.ended.add(this.current.text);
    this.current = null;
  }
}

const JSON_TYPE = 'application/json;charset=UTF-8';
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** The token, or what is wrong with the query: every parameter stands there, of a POST as well. */
export function identityAnswer(
  query: URLSearchParams,
  credentials: RestCredentials,
  book: TokenBook,
  now: number,
  lifeMs: number,
): Answer & { kind: 'reply' } {
  const clientId = query.get('client_id');
  if (clientId === null) {
    return springError(401, 'unauthorized', 'Full authentication is required to access this resource');
  }
  if (clientId !== credentials.clientId) {
    return springError(401, 'unauthorized', `No client with requested id: ${clientId}`);
  }
  if (query.get('client_secret') !== credentials.clientSecret) {
    return springError(401, 'invalid_client', 'Bad client credentials');
  }
  const grant = query.get('grant_type');
  if (grant !== 'client_credentials') {
    return springError(400, 'unsupported_grant_type', `Unsupported grant type: ${grant ?? ''}`);
  }
  const { text, expiresAt } = book.token(now, lifeMs);
  return reply(200, {
    access_token: text,
    token_type: 'bearer',
    expires_in: Math.floor((expiresAt - now) / 1000),
    scope: 'api@simulator.example',
  });
}

export function springError(status: number, error: string, description: string): Answer & { kind: 'reply' } {
  return reply(status, { error, error_description: description });
}

function reply(status: number, value: unknown): Answer & { kind: 'reply' } {
  return { kind: 'reply', status, contentType: JSON_TYPE, body: JSON.stringify(value), headers: NO_STORE };
}
