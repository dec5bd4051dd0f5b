import { request } from 'node:http';

/** What is needed of a simulator to call its REST face. */
export interface RestFace {
  readonly restUrl: string;
  readonly identityUrl: string;
  readonly restCredentials: { readonly clientId: string; readonly clientSecret: string };
}

interface Sent {
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as it is, with `headers` to say what it is. */
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** An access token; a fresh one from identity, unless told. Null sends none. */
  readonly token?: string | null;
}

export interface RestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a request over a connection of its own; the path is sent as it stands. Rejects if no whole answer comes. */
export async function send(
  face: RestFace,
  method: string,
  path: string,
  { json, form, body, headers = {}, token }: Sent = {},
): Promise<RestReply> {
  const bearer = token === undefined ? await tokenOf(face) : token;
  const type =
    json !== undefined ? 'application/json' : form !== undefined ? 'application/x-www-form-urlencoded' : null;
  const content = json !== undefined ? JSON.stringify(json) : form !== undefined ? formText(form) : body;
  return exchange(
    new URL(face.restUrl),
    method,
    path,
    {
      ...(type === null ? {} : { 'content-type': type }),
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    content,
  );
}

const formText = (form: Readonly<Record<string, string>>): string => new URLSearchParams(form).toString();

/** The reply as JSON. */
export async function rest(face: RestFace, method: string, path: string, sent: Sent = {}): Promise<Body> {
  return JSON.parse((await send(face, method, path, sent)).text) as Body;
}

export interface Body {
  readonly requestId: string;
  readonly success: boolean;
  readonly result?: readonly Readonly<Record<string, unknown>>[];
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
  readonly warnings?: readonly unknown[];
  readonly nextPageToken?: string;
  readonly moreResult?: boolean;
}

/** The code of a response-level error, or null. */
export const errorCode = (body: Body): string | null => body.errors?.[0]?.code ?? null;

/** The code of each record's reason, or its status. */
export const outcomes = (body: Body): unknown[] =>
  (body.result ?? []).map((row) => reasonOf(row) ?? row['status']);

function reasonOf(row: Readonly<Record<string, unknown>>): string | undefined {
  const reasons = row['reasons'] as { code: string }[] | undefined;
  return reasons?.[0]?.code;
}

export async function identity(face: RestFace, query: Readonly<Record<string, string>>, method = 'GET') {
  const path = `/identity/oauth/token?${new URLSearchParams(query)}`;
  return exchange(new URL(face.identityUrl), method, path, {}, undefined);
}

export const goodQuery = ({ restCredentials }: RestFace) => ({
  grant_type: 'client_credentials',
  client_id: restCredentials.clientId,
  client_secret: restCredentials.clientSecret,
});

export async function tokenOf(face: RestFace): Promise<string> {
  const { text } = await identity(face, goodQuery(face));
  return (JSON.parse(text) as { access_token: string }).access_token;
}

function exchange(
  { hostname, port }: URL,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer | undefined,
): Promise<RestReply> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode, headers: given } = incoming;
        resolve({ status: statusCode ?? 0, headers: given, text: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
